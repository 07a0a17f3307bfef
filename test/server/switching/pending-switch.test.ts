import { describe, expect, test } from "bun:test";
import type { TimedUnit } from "#server/instances/publish.ts";
import { areLocked, type HeldUnit, PendingSwitch } from "#server/switching/pending-switch.ts";
import { FakeSource } from "#test/support/fake-source.ts";

/** Two sides that share a clock. The incoming one's last key frame was at 10 s, and its next one is due at 12 s. */
function pair(options: { offsetMs?: number | null } = {}): {
  outgoing: FakeSource;
  incoming: FakeSource;
  pending: PendingSwitch;
} {
  const { offsetMs = 0 } = options;
  const outgoing = new FakeSource("primary", 1);
  const incoming = new FakeSource("secondary", 2);
  outgoing.clockOffsetMs = 7000;
  incoming.clockOffsetMs = offsetMs === null ? null : 7000 + offsetMs;
  incoming.picture(8, 8000, { isKeyFrame: true });
  incoming.picture(10, 10_000, { isKeyFrame: true });
  incoming.picture(10.04, 10_040);
  return { outgoing, incoming, pending: new PendingSwitch(outgoing, incoming, "requested") };
}

const keyFrame = (source: FakeSource, seconds: number): TimedUnit =>
  source.picture(seconds, seconds * 1000, { isKeyFrame: true });

const timesOf = (held: readonly HeldUnit[]): number[] =>
  held.map(({ timed: { unit, track } }) => unit.dts / track.timescale);

describe("two sides share a clock", () => {
  test("where the same instant differs by 400 ms at most, whichever is ahead", () => {
    const { outgoing, incoming } = pair();
    for (const [offsetMs, expected] of [
      [0, true],
      [400, true],
      [-400, true],
      [401, false],
      [-401, false],
    ] as const) {
      incoming.clockOffsetMs = 7000 + offsetMs;
      expect(areLocked(outgoing, incoming)).toBe(expected);
      expect(areLocked(incoming, outgoing)).toBe(expected);
    }
  });

  test("not where nothing is known of one of them", () => {
    const { outgoing, incoming } = pair();
    incoming.clockOffsetMs = null;
    expect(areLocked(outgoing, incoming)).toBe(false);
    expect(areLocked(incoming, outgoing)).toBe(false);
  });

  test("and no longer do where one of their clocks jumps", () => {
    const { outgoing, incoming, pending } = pair();
    expect(pending.isLocked).toBe(true);
    incoming.clockOffsetMs = 50_000;
    expect(pending.isLocked).toBe(false);
    expect(pending.holds(outgoing.picture(12, 12_000), 12_000)).toBe(false);
  });
});

describe("the outgoing side is kept back", () => {
  test("from the moment on at which the incoming one's key frame is due, to within 5 ms, pictures and sound", () => {
    const { outgoing, pending } = pair();
    expect(pending.holds(outgoing.picture(11.994, 11_994), 11_994)).toBe(false);
    expect(pending.holds(outgoing.picture(11.995, 11_995), 11_995)).toBe(true);
    expect(pending.holds(outgoing.sound(11.99, 11_997), 11_997)).toBe(false);
    expect(pending.holds(outgoing.sound(12, 12_000), 12_000)).toBe(true);
    expect(timesOf(pending.takeHeld())).toEqual([11.995, 12]);
    expect(pending.takeHeld()).toEqual([]);
  });

  test("not where the sides have clocks of their own", () => {
    const { outgoing, pending } = pair({ offsetMs: 60_000 });
    expect(pending.holds(outgoing.picture(13, 13_000), 13_000)).toBe(false);
  });

  test("not where it is unknown how far key frames are apart, or none is there", () => {
    const { outgoing, incoming } = pair();
    incoming.joinIntervalSeconds = null;
    const unknown = new PendingSwitch(outgoing, incoming, "requested");
    expect(unknown.holds(outgoing.picture(13, 13_000), 13_000)).toBe(false);
    const empty = new FakeSource("secondary", 2);
    empty.clockOffsetMs = 7000;
    const none = new PendingSwitch(outgoing, empty, "requested");
    expect(none.holds(outgoing.picture(13, 13_000), 13_000)).toBe(false);
    incoming.joinIntervalSeconds = 2;
    incoming.tracks = [];
    const trackless = new PendingSwitch(outgoing, incoming, "requested");
    expect(trackless.holds(outgoing.picture(13, 13_000), 13_000)).toBe(false);
  });

  test("for a second, then sent after all and not kept back any more", () => {
    const { outgoing, pending } = pair();
    pending.holds(outgoing.picture(12, 12_100), 12_100);
    pending.holds(outgoing.picture(12.5, 12_600), 12_600);
    expect(pending.takeOverdue(13_099)).toEqual([]);
    expect(timesOf(pending.takeOverdue(13_100))).toEqual([12, 12.5]);
    expect(pending.holds(outgoing.picture(13, 13_100), 13_100)).toBe(false);
    expect(pending.takeOverdue(20_000)).toEqual([]);
  });

  test("and what of it comes after the joint is left to the other, to within 5 ms", () => {
    const { outgoing, pending } = pair();
    for (const seconds of [12, 12.04, 12.074, 12.075, 12.12]) {
      pending.holds(outgoing.picture(seconds, seconds * 1000), seconds * 1000);
    }
    expect(timesOf(pending.takeHeldBefore(12.08))).toEqual([12, 12.04, 12.074]);
    expect(pending.takeHeld()).toEqual([]);
  });
});

describe("the incoming side's key frame", () => {
  test("is the joint at once where the sides have clocks of their own", () => {
    const { incoming, pending } = pair({ offsetMs: 60_000 });
    expect(pending.mayJoinAt(keyFrame(incoming, 12), 5, 12_000)).toBe(true);
    expect(pending.readySeconds).toBeNull();
  });

  test("is the joint at once where the programme has no pictures yet", () => {
    const { incoming, pending } = pair();
    expect(pending.mayJoinAt(keyFrame(incoming, 12), null, 12_000)).toBe(true);
  });

  test("is the joint where the programme has come to it, to within 5 ms, or is past it", () => {
    for (const [endSeconds, expected] of [
      [11.994, false],
      [11.995, true],
      [12, true],
      [12.3, true],
    ] as const) {
      const { incoming, pending } = pair();
      expect(pending.mayJoinAt(keyFrame(incoming, 12), endSeconds, 12_000)).toBe(expected);
      expect(pending.readySeconds).toBe(expected ? null : 12);
    }
  });

  test("has the outgoing side kept back from it on where that has still to come to it, also where none was due", () => {
    const { outgoing, incoming } = pair();
    incoming.joinIntervalSeconds = null;
    const pending = new PendingSwitch(outgoing, incoming, "reverted");
    pending.mayJoinAt(keyFrame(incoming, 12), 11.8, 12_000);
    expect(pending.holds(outgoing.picture(11.96, 12_100), 12_100)).toBe(false);
    expect(pending.holds(outgoing.picture(12, 12_140), 12_140)).toBe(true);
  });

  test("is waited for no longer than a second where the programme does not come to it", () => {
    const { incoming, pending } = pair();
    expect(pending.isReadyTooLong(99_000)).toBe(false);
    pending.mayJoinAt(keyFrame(incoming, 12), 11.8, 12_000);
    expect(pending.isReadyTooLong(12_999)).toBe(false);
    expect(pending.isReadyTooLong(13_000)).toBe(true);
  });

  test("stays the joint when the next one comes before the programme is there", () => {
    const { incoming, pending } = pair();
    pending.mayJoinAt(keyFrame(incoming, 12), 11.7, 12_000);
    expect(pending.mayJoinAt(keyFrame(incoming, 12.2), 11.9, 12_200)).toBe(false);
    expect(pending.readySeconds).toBe(12);
    expect(pending.isReadyTooLong(13_000)).toBe(true);
  });

  test("of a clock that jumped is the joint instead", () => {
    const { incoming, pending } = pair();
    pending.mayJoinAt(keyFrame(incoming, 12), 11.7, 12_000);
    incoming.jumps();
    incoming.clockOffsetMs = 12_200;
    expect(pending.mayJoinAt(keyFrame(incoming, 0), 11.9, 12_200)).toBe(true);
  });
});

test("a pending switch says where to and why", () => {
  const { outgoing, incoming } = pair();
  const pending = new PendingSwitch(outgoing, incoming, "reverted");
  expect([pending.to, pending.cause]).toEqual([incoming, "reverted"]);
});

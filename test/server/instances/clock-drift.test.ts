import { describe, expect, test } from "bun:test";
import { ClockDrift } from "#server/instances/clock-drift.ts";
import { seededRandom } from "#test/support/damage.ts";

const STEP_MS = 40;

interface Course {
  readonly seconds: number;
  /** By how much of its time the encoder's clock loses. */
  readonly slowBy?: number;
  /** How much later than it was sent a unit of this second comes. */
  readonly delayMs?: (second: number) => number;
}

function send({ seconds, slowBy = 0, delayMs = () => 0 }: Course, drift: Pick<ClockDrift, "push">): void {
  let nowMs = 0;
  for (let ms = 0; ms <= seconds * 1000; ms += STEP_MS) {
    nowMs = Math.max(nowMs, 1_000_000 + ms + delayMs(ms / 1000)); // One connection: nothing overtakes.
    drift.push(77_000_000 + ms * (1 - slowBy), nowMs);
  }
}

function driftAfter(course: Course): ClockDrift {
  const drift = new ClockDrift();
  send(course, drift);
  return drift;
}

/** All that the clock is taken for on the way. */
function sharesOf(course: Course, drift = new ClockDrift()): Set<number | null> {
  const seen = new Set<number | null>();
  const push = (encoderMs: number, nowMs: number) => {
    drift.push(encoderMs, nowMs);
    seen.add(drift.share);
  };
  send(course, { push });
  return seen;
}

const NEVER = new Set([null]);

describe("a drift is certain", () => {
  test("after a minute of it, and not before", () => {
    expect(driftAfter({ seconds: 69, slowBy: 0.02 }).share).toBeNull();
    expect(driftAfter({ seconds: 71, slowBy: 0.02 }).share).toBeCloseTo(0.02, 6);
  });

  test("when it is beyond half a second altogether, which less of it takes longer for", () => {
    expect(driftAfter({ seconds: 250, slowBy: 0.002 }).share).toBeNull();
    expect(driftAfter({ seconds: 270, slowBy: 0.002 }).share).toBeCloseTo(0.002, 6);
    expect(driftAfter({ seconds: 520, slowBy: 0.001 }).share).toBeCloseTo(0.001, 6);
    expect(driftAfter({ seconds: 610, slowBy: 0.00086 }).share).toBeCloseTo(0.00086, 6);
  });

  test("of a clock that is fast as of one that is slow", () => {
    expect(driftAfter({ seconds: 100, slowBy: -0.01 }).share).toBeCloseTo(-0.01, 6);
    expect(driftAfter({ seconds: 100, slowBy: -1 }).share).toBeCloseTo(-1, 6);
  });

  test("under a jitter of 200 ms to both sides", () => {
    const random = seededRandom(7);
    const share = driftAfter({ seconds: 590, slowBy: 0.001, delayMs: () => (random() - 0.5) * 400 }).share;
    expect(share).toBeGreaterThan(0.0009);
    expect(share).toBeLessThan(0.0011);
  });
});

describe("a clock that runs well is not taken to drift", () => {
  test.each([1, 2, 3, 4, 5])("for a jitter of 200 ms to both sides (%i)", (seed) => {
    const random = seededRandom(seed);
    expect(sharesOf({ seconds: 1800, delayMs: () => (random() - 0.5) * 400 })).toEqual(NEVER);
  });

  test.each([40, 90, 200, 600, 1500])("for one that wanders by as much in %i s", (periodSeconds) => {
    const delayMs = (second: number) => 200 * Math.sin((second / periodSeconds) * 2 * Math.PI);
    expect(sharesOf({ seconds: 1800, delayMs })).toEqual(NEVER);
  });

  test("for a stall of half a minute and the burst after it", () => {
    for (const at of [15, 45, 75, 150]) {
      const delayMs = (second: number) => (second >= at && second < at + 30 ? (at + 30 - second) * 1000 : 0);
      for (const seconds of [80, 120, 200, 400]) expect(driftAfter({ seconds, delayMs }).share).toBeNull();
    }
  });

  test("for a way that becomes two seconds longer, or shorter, whenever that was", () => {
    for (const byMs of [2000, -2000]) {
      for (let at = 10; at < 600; at += 10) {
        const delayMs = (second: number) => (second < at ? 0 : byMs);
        expect([at, driftAfter({ seconds: 600, delayMs }).share]).toEqual([at, null]);
      }
    }
  });

  test("for a clock that jumped, of which nothing before counts", () => {
    const drift = driftAfter({ seconds: 120, slowBy: 0.02 });
    expect(drift.share).not.toBeNull();
    drift.clockJumped();
    expect(drift.share).toBeNull();
    expect(sharesOf({ seconds: 200 }, drift)).toEqual(NEVER);
  });

  test("for a clock that jumped within a stretch of ten seconds, whose beginning does not count either", () => {
    const drift = new ClockDrift();
    for (let ms = 0; ms < 5000; ms += STEP_MS) drift.push(900_000 + ms, 1_000_000 + ms);
    drift.clockJumped();
    const seen = new Set<number | null>();
    for (let ms = 0; ms < 65_000; ms += STEP_MS) {
      drift.push(ms * 0.98, 1_050_000 + ms);
      seen.add(drift.share);
    }
    expect(seen).toEqual(NEVER);
  });

  test("for a way that becomes longer and shorter again", () => {
    const delayMs = (second: number) => (second < 300 ? second * 15 : 4500 - (second - 300) * 11);
    expect(driftAfter({ seconds: 590, delayMs }).share).toBeNull();
  });

  test("for so little that it takes more than ten minutes to be seen", () => {
    expect(sharesOf({ seconds: 1500, slowBy: 0.0006 })).toEqual(NEVER);
  });

  test("for what it did more than ten minutes ago", () => {
    const drift = driftAfter({ seconds: 300, slowBy: 0.01 });
    const endMs = 300_000;
    for (let ms = 0; ms <= 620_000; ms += STEP_MS) {
      drift.push(77_000_000 + endMs * 0.99 + ms, 1_000_000 + endMs + ms);
    }
    expect(drift.share).toBeNull();
  });
});

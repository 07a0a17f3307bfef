import { describe, expect, test } from "bun:test";
import type { Track } from "#media/track/track.ts";
import type { CachedUnit } from "#server/instances/gop-cache.ts";
import {
  isSuperfluous,
  joinSeconds,
  reaches,
  secondsOf,
  soundSeconds,
} from "#server/switching/join-point.ts";
import { FakeSource } from "#test/support/fake-source.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

const tracks: Map<number, Track> = new Map([videoTrack, audioTrack].map((track) => [track.id, track]));

/** Units since a key frame at 10 s that arrived 100 ms after they were made: a picture every 40 ms, a sound between two. */
function cached(): readonly CachedUnit[] {
  const source = new FakeSource("primary", 1);
  for (let picture = 0; picture < 10; picture += 1) {
    const seconds = 10 + picture * 0.04;
    source.picture(seconds, Math.round(seconds * 1000) + 100, { isKeyFrame: picture === 0 });
    source.sound(seconds + 0.02, Math.round(seconds * 1000) + 120);
  }
  return source.unitsFrom(() => true);
}

const joinAt = (point: Parameters<typeof joinSeconds>[2]): number => joinSeconds(cached(), tracks, point);

describe("the first picture that is seen", () => {
  test("is the first that arrived after a time of the server's clock", () => {
    expect(joinAt({ afterArrivalMs: 0 })).toBe(10);
    expect(joinAt({ afterArrivalMs: 10_179 })).toBe(10.08);
    expect(joinAt({ afterArrivalMs: 10_180 })).toBe(10.12);
  });

  test("is the first from a time of the encoder's clock on, to within 5 ms", () => {
    expect(joinAt({ fromSeconds: 10.08, isSameClock: true })).toBe(10.08);
    expect(joinAt({ fromSeconds: 10.085, isSameClock: true })).toBe(10.08);
    expect(joinAt({ fromSeconds: 10.086, isSameClock: true })).toBe(10.12);
  });

  test("is the next one to come where all that are kept were seen", () => {
    expect(joinAt({ afterArrivalMs: 10_460 })).toBeCloseTo(10.4, 9);
    expect(joinAt({ fromSeconds: 10.38, isSameClock: true })).toBeCloseTo(10.4, 9);
  });

  test("is one to come that the programme has still to show, where the side is late", () => {
    expect(joinAt({ fromSeconds: 10.6, isSameClock: true })).toBe(10.6);
  });

  test("is the next one to come where a late side would be more than 1.5 s behind: a clock jumped", () => {
    expect(joinAt({ fromSeconds: 11.89, isSameClock: true })).toBe(11.89);
    expect(joinAt({ fromSeconds: 11.91, isSameClock: true })).toBeCloseTo(10.4, 9);
  });

  test("follows at the distance of none where one picture alone is kept", () => {
    const [keyFrame] = cached();
    expect(joinSeconds(keyFrame === undefined ? [] : [keyFrame], tracks, { afterArrivalMs: 20_000 })).toBe(
      10,
    );
    expect(joinSeconds([], tracks, { afterArrivalMs: 20_000 })).toBe(0);
  });

  test("is a picture, whatever sound there is", () => {
    const sound = cached().filter(({ unit }) => unit.trackId === audioTrack.id);
    expect(joinSeconds(sound, tracks, { afterArrivalMs: 0 })).toBe(0);
  });
});

describe("a key frame is early enough", () => {
  const [keyFrame] = cached();
  const isEnough = (point: Parameters<typeof joinSeconds>[2]): boolean =>
    keyFrame !== undefined && reaches(keyFrame, tracks, point);

  test("that arrived by then", () => {
    expect(isEnough({ afterArrivalMs: 10_100 })).toBe(true);
    expect(isEnough({ afterArrivalMs: 10_099 })).toBe(false);
  });

  test("whose time is not after it, to within 5 ms", () => {
    expect(isEnough({ fromSeconds: 9.995, isSameClock: true })).toBe(true);
    expect(isEnough({ fromSeconds: 9.994, isSameClock: true })).toBe(false);
  });
});

describe("a picture need not even be decoded", () => {
  const source = new FakeSource("primary", 1);

  test("that is shown before the joint and that no other needs", () => {
    const before = source.picture(10, 0, { isDisposable: true }).unit;
    expect(isSuperfluous(before, videoTrack, 10.04)).toBe(true);
    expect(isSuperfluous(before, videoTrack, 10)).toBe(false);
    const shownLater = source.picture(10, 0, { isDisposable: true, reorderSeconds: 0.08 }).unit;
    expect(isSuperfluous(shownLater, videoTrack, 10.04)).toBe(false);
  });

  test("but those that others need must be, and sound is another matter", () => {
    expect(isSuperfluous(source.picture(10, 0).unit, videoTrack, 10.04)).toBe(false);
    const sound = {
      ...source.sound(10, 0).unit,
      data: source.picture(10, 0, { isDisposable: true }).unit.data,
    };
    expect(isSuperfluous(sound, audioTrack, 10.04)).toBe(false);
  });
});

test("decoding times are seconds of their own track", () => {
  const source = new FakeSource("primary", 1);
  expect(secondsOf(source.picture(7, 0).unit, tracks)).toBe(7);
  expect(secondsOf(source.sound(7, 0).unit, tracks)).toBe(7);
});

test("the latest sound is the latest one, in whatever order they came, and no picture", () => {
  const source = new FakeSource("primary", 1);
  source.picture(10, 0, { isKeyFrame: true });
  source.sound(12.5, 1);
  source.sound(11, 2);
  source.picture(13, 3);
  expect(
    soundSeconds(
      source.unitsFrom(() => true),
      tracks,
    ),
  ).toBe(12.5);
  expect(
    soundSeconds(
      cached().filter(({ unit }) => unit.trackId === videoTrack.id),
      tracks,
    ),
  ).toBe(Number.NEGATIVE_INFINITY);
});

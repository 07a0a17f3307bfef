import { expect, test } from "bun:test";
import { BurstPace } from "#server/programme/burst-pace.ts";

/** Frames in each burst. */
function burstsOf(pace: BurstPace, framesPerSecond: number, frames: number): number[] {
  const bursts: number[] = [];
  let length = 0;
  for (let frame = 0; frame < frames; frame += 1) {
    length += 1;
    if (!pace.isCompleteAt(Math.round((frame * 1000) / framesPerSecond))) continue;
    bursts.push(length);
    length = 0;
    pace.restart();
  }
  return bursts;
}

test.each([
  [25, 3], // of 40 ms: the fourth would come after 120 ms
  [30, 3], // of 33 ms: the fourth would come after 100 ms
  [60, 6], // of 17 ms: the seventh would come after 100 ms
  [5, 1], // of 200 ms
])("at %d frames a second a burst of 90 ms is complete with %d", (framesPerSecond, expected) => {
  const [, ...bursts] = burstsOf(new BurstPace(90), framesPerSecond, 60);
  expect(new Set(bursts)).toEqual(new Set([expected]));
});

test("a burst that was sent for another reason begins anew", () => {
  const pace = new BurstPace(90);
  expect([0, 33, 67].map((timestampMs) => pace.isCompleteAt(timestampMs))).toEqual([false, false, true]);
  pace.restart();
  expect(pace.isCompleteAt(100)).toBe(false);
  pace.restart();
  expect([133, 167, 200].map((timestampMs) => pace.isCompleteAt(timestampMs))).toEqual([false, false, true]);
});

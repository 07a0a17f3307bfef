import { expect, test } from "bun:test";
import { datesOf, spanBetween } from "#server/recording/footage-dates.ts";

const at = (programDateTimeMs: number, durationSeconds: number) => ({
  ...{ msn: 0, initializationId: 0, discontinuity: false, independent: true, programDateTimeMs },
  ...{ durationSeconds, byteLength: 1, partCount: 1, frameRate: null },
});

/** Four seconds, nothing for six, two more. */
const SEGMENTS = [at(10_000, 2), at(12_000, 2), at(20_000, 2)];

test.each([
  ["within a segment", 10_500, 11_500, 0.5, 1.5],
  ["across segments", 11_000, 13_000, 1, 3],
  ["across a hole", 13_000, 21_000, 3, 5],
  ["from a hole", 16_000, 21_000, 4, 5],
  ["into a hole", 13_500, 17_000, 3.5, 4],
  ["from before to behind", 0, 99_000, 0, 6],
])("a span %s", (_, startAtMs, endAtMs, startSeconds, endSeconds) => {
  expect(spanBetween(SEGMENTS, { startAtMs, endAtMs })).toEqual({ startSeconds, endSeconds });
});

test.each([
  [14_000, 20_000],
  [14_500, 19_000],
  [0, 10_000],
  [22_000, 30_000],
])("nothing is recorded between %p and %p", (startAtMs, endAtMs) => {
  expect(spanBetween(SEGMENTS, { startAtMs, endAtMs })).toBeNull();
});

test("it begins with the first segment and ends with the last one", () => {
  expect(datesOf(SEGMENTS)).toEqual({ startAtMs: 10_000, endAtMs: 22_000 });
});

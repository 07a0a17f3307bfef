import { describe, expect, test } from "bun:test";
import { aheadSeconds, dateMsAt, endOf, ownDateMs, type Ranges } from "#server/web/pages/media-times.ts";

function ranges(...each: readonly (readonly [number, number])[]): Ranges {
  return {
    length: each.length,
    start: (index) => each[index]?.[0] ?? 0,
    end: (index) => each[index]?.[1] ?? 0,
  };
}

describe("dates of times", () => {
  const fragments = [
    { start: 10, programDateTime: 1_000_000 },
    { start: 12, programDateTime: 1_002_000 },
    { start: 14, programDateTime: 1_060_000 }, // A gap of nearly a minute before it.
  ];

  test.each([
    [9, 999_000],
    [10, 1_000_000],
    [13.9, 1_003_900],
    [14, 1_060_000],
    [20, 1_066_000],
  ])("of %d s", (seconds, dateMs) => {
    expect(dateMsAt(fragments, seconds)).toBe(dateMs);
  });

  test("nobody knows where there are no dates, or nothing at all", () => {
    expect([dateMsAt([], 1), dateMsAt([{ start: 0, programDateTime: null }], 1)]).toEqual([null, null]);
  });

  test("a browser's own HLS tells where its time begins, or nothing", () => {
    const video = (startMs: number) => ({ currentTime: 2.5, getStartDate: () => new Date(startMs) });
    expect(ownDateMs(video(1000))).toBe(3500);
    expect([ownDateMs(video(Number.NaN)), ownDateMs({ currentTime: 2.5 })]).toEqual([null, null]);
  });
});

describe("ranges", () => {
  test("the end of the last one", () => {
    expect([endOf(ranges()), endOf(ranges([0, 4], [6, 9]))]).toEqual([null, 9]);
  });

  test("what is loaded ahead ends at the first hole", () => {
    const buffered = ranges([0, 4], [6, 9]);
    expect([3, 4, 5, 6, 9].map((currentTime) => aheadSeconds({ buffered, currentTime }))).toEqual([
      1, 0, 0, 3, 0,
    ]);
  });
});

import { describe, expect, test } from "bun:test";
import { KeyFrameRhythm } from "#server/instances/key-frame-rhythm.ts";

/** Key frames this far apart, from a time on. */
function rhythmOf(intervals: readonly number[], fromSeconds = 1000): KeyFrameRhythm {
  const rhythm = new KeyFrameRhythm();
  add(rhythm, intervals, fromSeconds);
  return rhythm;
}

function add(rhythm: KeyFrameRhythm, intervals: readonly number[], fromSeconds: number): void {
  let seconds = fromSeconds;
  rhythm.push(seconds, false);
  for (const interval of intervals) {
    seconds += interval;
    rhythm.push(seconds, false);
  }
}

function repeated(interval: number, times: number): number[] {
  return new Array<number>(times).fill(interval);
}

describe("the usual interval", () => {
  test("is not known before the third key frame", () => {
    expect(rhythmOf([4]).usualSeconds).toBeNull();
    expect(rhythmOf([4, 4]).usualSeconds).toBe(4);
  });

  test("is the middle one of the newest three", () => {
    expect(rhythmOf([9, 9, 9, 2, 4, 3]).usualSeconds).toBe(3);
    expect(rhythmOf([9, 9, 9, 2, 9, 2]).usualSeconds).toBe(2);
  });

  test("is not measured across a jump of the clock", () => {
    const rhythm = rhythmOf([4]);
    rhythm.clockJumped();
    add(rhythm, [], 5000);
    expect(rhythm.usualSeconds).toBeNull();
    add(rhythm, [4], 5000);
    expect(rhythm.usualSeconds).toBe(4);
  });

  test("is none of time that stands still", () => {
    expect(rhythmOf([4, 0, 0]).usualSeconds).toBeNull();
  });
});

describe("intervals are uneven", () => {
  test("when three of the newest ten are, and not when two are", () => {
    expect(rhythmOf([...repeated(2, 8), 0.5, 1.5]).uneven).toBeNull();
    expect(rhythmOf([...repeated(2, 7), 0.5, 1, 0.6]).uneven).toEqual({ shortest: 0.5, longest: 2 });
    expect(rhythmOf([0.5, ...repeated(2, 8), 1, 0.6]).uneven).toBeNull();
  });

  test("by more than a tenth of the usual one, longer or shorter", () => {
    for (const [odd, isUneven] of [
      [1.81, false],
      [1.79, true],
      [2.19, false],
      [2.21, true],
    ] as const) {
      expect([odd, rhythmOf([...repeated(2, 5), odd, odd, odd]).uneven !== null]).toEqual([odd, isUneven]);
    }
  });

  test("by more than a tenth of a second where a tenth of the usual one is less", () => {
    expect(rhythmOf([...repeated(0.5, 5), 0.59, 0.59, 0.59]).uneven).toBeNull();
    expect(rhythmOf([...repeated(0.5, 5), 0.61, 0.61, 0.61]).uneven).not.toBeNull();
  });

  test("never before there are any", () => {
    expect(new KeyFrameRhythm().uneven).toBeNull();
  });
});

test("GOPs are open when two of the newest five are, and not when one is", () => {
  const areOpen = (...gops: readonly boolean[]) => {
    const rhythm = new KeyFrameRhythm();
    for (const [index, isOpen] of gops.entries()) rhythm.push(index, isOpen);
    return rhythm.areGopsOpen;
  };
  expect(areOpen()).toBe(false);
  expect(areOpen(true)).toBe(false);
  expect(areOpen(true, false, false, false, true)).toBe(true);
  expect(areOpen(true, false, false, false, false, true)).toBe(false);
});

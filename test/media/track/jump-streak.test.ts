import { expect, test } from "bun:test";
import { JumpStreak } from "#media/track/jump-streak.ts";

/** Which of the units complete a clock. */
function clocksOf(...timesMs: readonly number[]): boolean[] {
  const streak = new JumpStreak();
  return timesMs.map((ms, ordinal) => streak.add(ms, ordinal));
}

test("three units that go forward are a clock, and then it begins again", () => {
  expect(clocksOf(1000, 1040, 1080, 1120, 1160, 1200)).toEqual([false, false, true, false, false, true]);
});

test("a time that stands still, runs backwards or is scattered is none", () => {
  expect(clocksOf(1000, 1000, 1000, 1000)).not.toContain(true);
  expect(clocksOf(9000, 8960, 8920, 8880, 7900, 7860)).not.toContain(true);
  expect(clocksOf(9e6, 5e6, 7e6, 3e6, 8e6)).not.toContain(true);
});

test("steps of ten seconds are still of one clock", () => {
  expect(clocksOf(0, 10_000, 20_000)).toEqual([false, false, true]);
  expect(clocksOf(0, 10_001, 20_002)).not.toContain(true);
});

test("a second back is disorder of one clock, more is the beginning of another", () => {
  expect(clocksOf(5000, 5040, 4040, 5080)).toEqual([false, false, false, true]);
  expect(clocksOf(5000, 5040, 4039, 5080)).toEqual([false, false, false, false]);
});

test("a clock can begin anywhere, and go on by a millisecond", () => {
  expect(clocksOf(50_000, 50_001, 50_002)).toEqual([false, false, true]);
  expect(clocksOf(50_000, 50_001, 90_000, 90_001, 90_002)).toEqual([false, false, false, false, true]);
});

test("a unit that did not jump ends the streak", () => {
  const streak = new JumpStreak();
  streak.add(1000, 7);
  streak.add(1040, 8);
  streak.end();
  expect(streak.add(1080, 10)).toBe(false);
  expect(streak.since).toBe(10);
});

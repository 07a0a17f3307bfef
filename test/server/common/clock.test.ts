import { expect, test } from "bun:test";
import { SystemClock } from "#server/common/clock.ts";

function clockAt(startMs: number) {
  const sources = { wall: startMs, monotonic: 500 };
  const clock = new SystemClock({ wallMs: () => sources.wall, monotonicMs: () => sources.monotonic });
  const pass = (milliseconds: number): void => {
    sources.wall += milliseconds;
    sources.monotonic += milliseconds;
  };
  return { sources, clock, pass };
}

test("the clock shows wall time, in whole milliseconds", () => {
  const { clock, pass } = clockAt(1_700_000_000_000);
  expect(clock.nowMs()).toBe(1_700_000_000_000);
  pass(1500.7);
  expect(clock.nowMs()).toBe(1_700_000_001_500);
});

test("a wall clock that is set back by an hour takes the clock back at no reading", () => {
  const { sources, clock, pass } = clockAt(1_700_000_000_000);
  let before = clock.nowMs();
  sources.wall -= 3_600_000;
  for (let second = 0; second < 100; second++) {
    pass(1000);
    const now = clock.nowMs();
    expect(now - before).toBe(950);
    before = now;
  }
});

test("a wall clock that is set forward by an hour is caught up with, a twentieth of the time that passes", () => {
  const { sources, clock, pass } = clockAt(1_700_000_000_000);
  clock.nowMs();
  sources.wall += 3_600_000;
  pass(1000);
  expect(clock.nowMs()).toBe(1_700_000_001_050);
  pass(20 * 3_600_000);
  expect(clock.nowMs()).toBe(sources.wall);
});

import { expect, test } from "bun:test";
import { ProgramClock } from "#media/hls/program-clock.ts";

const START_MS = Date.UTC(2026, 0, 1);

test("begins with the server's clock and goes on by media time", () => {
  const clock = new ProgramClock();
  expect(clock.read(100, START_MS)).toBe(START_MS);
  expect(clock.read(102, START_MS + 2000)).toBe(START_MS + 2000);
});

test("an encoder clock 50 ppm off for a week of input stays within a second of the server's (T5)", () => {
  for (const drift of [50e-6, -50e-6]) {
    const clock = new ProgramClock();
    let worstMs = 0;
    for (let seconds = 0; seconds <= 7 * 24 * 3600; seconds += 2) {
      const wallMs = START_MS + seconds * 1000;
      worstMs = Math.max(worstMs, Math.abs(clock.read(seconds * (1 + drift), wallMs) - wallMs));
    }
    expect(worstMs).toBeLessThan(1000);
  }
});

test("a burst that arrives three seconds late moves the date by milliseconds", () => {
  const clock = new ProgramClock();
  clock.read(0, START_MS);
  expect(clock.read(2, START_MS + 5000)).toBe(START_MS + 2002);
});

test("one that came early, as much the other way", () => {
  const clock = new ProgramClock();
  clock.read(0, START_MS);
  expect(clock.read(2, START_MS + 1000)).toBe(START_MS + 1998);
});

test("where media time starts anew it is the server's clock again", () => {
  const clock = new ProgramClock();
  clock.read(0, START_MS);
  clock.restart();
  expect(clock.read(0, START_MS + 60_000)).toBe(START_MS + 60_000);
});

test("what was before a new beginning has ended when that is dated", () => {
  const clock = new ProgramClock();
  clock.read(10, START_MS);
  clock.ended(12);
  clock.restart();
  expect(clock.read(0, START_MS + 1800)).toBe(START_MS + 2000);
  clock.ended(1);
  clock.restart();
  expect(clock.read(0, START_MS + 3100)).toBe(START_MS + 3100);
});

test("media time that runs back holds the date", () => {
  const clock = new ProgramClock();
  clock.read(100, START_MS);
  expect(clock.read(99, START_MS + 40)).toBe(START_MS);
});

test("a date is the nearest whole millisecond, and what is left of it is not lost", () => {
  const clock = new ProgramClock();
  clock.read(0, START_MS);
  expect(clock.read(0.0007, START_MS)).toBe(START_MS + 1);
  expect(clock.read(0.0014, START_MS)).toBe(START_MS + 1);
  expect(clock.read(0.0028, START_MS)).toBe(START_MS + 3);
});

test("never runs back, even where the server's clock does", () => {
  const clock = new ProgramClock();
  const before = clock.read(0, START_MS);
  clock.restart();
  expect(clock.read(0, START_MS - 60_000)).toBe(before);
});

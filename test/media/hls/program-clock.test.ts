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
  const late = clock.read(2, START_MS + 5000);
  expect(late - START_MS).toBeLessThanOrEqual(2002);
});

test("never runs back, even where the server's clock does", () => {
  const clock = new ProgramClock();
  const before = clock.read(0, START_MS);
  clock.restart();
  expect(clock.read(0, START_MS - 60_000)).toBe(before);
});

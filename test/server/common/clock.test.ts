import { expect, test } from "bun:test";
import { Glob } from "bun";
import { SystemClock } from "#server/common/clock.ts";
import { ROOT } from "#test/support/imports.ts";

const DAY_MS = 86_400_000;

/** A clock on sources that the test moves: both where time passes, the date alone where it is set. */
function clockAt(startMs: number) {
  const sources = { date: startMs, monotonic: 500.25 };
  const clock = new SystemClock({ dateMs: () => sources.date, monotonicMs: () => sources.monotonic });
  const pass = (milliseconds: number): void => {
    sources.date += milliseconds;
    sources.monotonic += milliseconds;
  };
  return { sources, clock, pass };
}

test("what lasts is measured by the time that passes, in whole milliseconds, however the date is set", () => {
  const { sources, clock, pass } = clockAt(1_700_000_000_000);
  expect(clock.monotonicMs()).toBe(500);
  for (const setByMs of [200 * DAY_MS, -201 * DAY_MS, 3_600_000, -3_600_000]) {
    const beforeMs = clock.monotonicMs();
    sources.date += setByMs;
    pass(1000);
    expect(clock.monotonicMs() - beforeMs).toBe(1000);
  }
});

test("the date is the system's, in whole milliseconds, from the moment it is set", () => {
  const { sources, clock, pass } = clockAt(1_700_000_000_000);
  pass(1500.7);
  expect(clock.dateMs()).toBe(1_700_000_001_500);
  sources.date = 1_717_280_000_000;
  expect(clock.dateMs()).toBe(1_717_280_000_000);
  sources.date = 1_600_000_000_000;
  expect(clock.dateMs()).toBe(1_600_000_000_000);
});

test("what happened while the date was wrong has the right one as soon as it is known", () => {
  const { sources, clock, pass } = clockAt(1_700_000_000_000);
  const connectedAtMs = clock.monotonicMs();
  pass(60_000);
  expect(clock.dateOf(connectedAtMs)).toBe(1_700_000_000_000);
  sources.date += 200 * DAY_MS;
  expect(clock.dateOf(connectedAtMs)).toBe(1_700_000_000_000 + 200 * DAY_MS);
  sources.date -= 200 * DAY_MS + 3_600_000;
  expect(clock.dateOf(connectedAtMs)).toBe(1_700_000_000_000 - 3_600_000);
});

test("the date of a moment does not waver by roundings, nor by a clock that is led gently", () => {
  const { sources, clock, pass } = clockAt(1_700_000_000_000.9);
  const atMs = clock.monotonicMs();
  const first = clock.dateOf(atMs);
  for (let step = 0; step < 1000; step += 1) {
    pass(33.37);
    sources.date = Math.floor(sources.date);
    if (step % 500 === 0) sources.date -= 4;
    if (step < 3) expect(clock.dateOf(atMs)).toBe(first);
  }
  expect(Math.abs(clock.dateOf(clock.monotonicMs()) - clock.dateMs())).toBeLessThanOrEqual(11);
});

test("a process that was stopped between the two readings takes nothing from them", () => {
  let monotonic = 0;
  let stoppedMs = 0;
  const dateMs = (): number => {
    const atMs = 1_700_000_000_000 + monotonic;
    monotonic += stoppedMs;
    return atMs;
  };
  const clock = new SystemClock({ dateMs, monotonicMs: () => monotonic });
  stoppedMs = 8000;
  expect(clock.dateOf(0)).toBe(1_700_000_000_000);
  stoppedMs = 0;
  expect(clock.dateOf(0)).toBe(1_700_000_000_000);
});

test("by default it is the clock of this machine", () => {
  const clock = new SystemClock();
  const beforeMs = Date.now();
  const atMs = clock.monotonicMs();
  expect(clock.dateMs()).toBeGreaterThanOrEqual(beforeMs);
  expect(Math.abs(clock.dateOf(atMs) - beforeMs)).toBeLessThan(1000);
});

test("nothing else in the server asks what date it is", async () => {
  const asking: string[] = [];
  for await (const file of new Glob("server/**/*.{ts,tsx}").scan(ROOT)) {
    if (file === "server/common/clock.ts" || file.startsWith("server/web/console/")) continue; // In a browser.
    const text = await Bun.file(`${ROOT}/${file}`).text();
    if (/\bDate\.now\b|new Date\(\)|timeOrigin/.test(text)) asking.push(file);
  }
  expect(asking).toEqual([]);
});

test("the dates of a tenth of a second are by one comparison; what came before it is by one of its own", () => {
  const { sources, clock, pass } = clockAt(1_700_000_000_000);
  const firstMs = clock.monotonicMs();
  clock.dateOf(firstMs);
  sources.date += DAY_MS;
  pass(99);
  expect(clock.dateOf(clock.monotonicMs())).toBe(1_700_000_000_099);
  pass(1);
  expect(clock.dateOf(clock.monotonicMs())).toBe(1_700_000_000_100 + DAY_MS);
  sources.date += DAY_MS;
  expect(clock.dateOf(firstMs)).toBe(1_700_000_000_000 + 2 * DAY_MS);
});

test("what is held is read once, and stands still until it is released", () => {
  const { clock, pass } = clockAt(1_700_000_000_000);
  const heldMs = clock.monotonicMs();
  clock.hold();
  pass(50);
  expect(clock.monotonicMs()).toBe(heldMs);
  clock.release();
  expect(clock.monotonicMs()).toBe(heldMs + 50);
});

import { expect, test } from "bun:test";
import { ViewerSessions } from "#server/stats/viewer-sessions.ts";

const WINDOW_MS = 15_000;

test("a session that asks many times is one", () => {
  const sessions = new ViewerSessions();
  for (let nowMs = 0; nowMs < 60_000; nowMs += 2000) sessions.seen("a", WINDOW_MS, nowMs);
  expect(sessions.count(58_000)).toBe(1);
});

test("a session is gone once it has not asked for longer than the window", () => {
  const sessions = new ViewerSessions();
  sessions.seen("a", WINDOW_MS, 0);
  sessions.seen("b", WINDOW_MS, 5000);
  expect(sessions.count(15_000)).toBe(2);
  expect(sessions.count(15_001)).toBe(1);
  expect(sessions.count(20_001)).toBe(0);
});

test("a session that asks again stays, whoever came after it", () => {
  const sessions = new ViewerSessions();
  sessions.seen("a", WINDOW_MS, 0);
  sessions.seen("b", WINDOW_MS, 1000);
  sessions.seen("a", WINDOW_MS, 10_000);
  expect(sessions.count(16_001)).toBe(1);
  expect(sessions.count(25_001)).toBe(0);
});

test("the count heals by itself: a thousand that never said goodbye are gone with the window (V1)", () => {
  const sessions = new ViewerSessions();
  for (let each = 0; each < 1000; each += 1) sessions.seen(`session ${each}`, WINDOW_MS, each);
  expect(sessions.count(1000)).toBe(1000);
  expect(sessions.count(16_500)).toBe(0);
});

test("beyond the bound sessions are not counted, and those that are in stay in", () => {
  const sessions = new ViewerSessions();
  for (let each = 0; each < 100_500; each += 1) sessions.seen(`session ${each}`, WINDOW_MS, 0);
  expect(sessions.count(0)).toBe(100_000);
  sessions.seen("session 5", WINDOW_MS, 14_000);
  expect(sessions.count(15_001)).toBe(1);
  sessions.seen("late", WINDOW_MS, 15_002);
  expect(sessions.count(15_002)).toBe(2);
});

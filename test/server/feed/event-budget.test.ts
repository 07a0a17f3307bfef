import { expect, test } from "bun:test";
import { EventBudget } from "#server/feed/event-budget.ts";

const MINUTE_MS = 60_000;

/** How many of these are kept. */
function kept(budget: EventBudget, count: number, nowMs: number, livestreamId = "show"): number {
  let taken = 0;
  for (let each = 0; each < count; each += 1) if (budget.take(livestreamId, nowMs)) taken += 1;
  return taken;
}

test("a thousand are kept at once, and then twenty a minute, however many come", () => {
  const budget = new EventBudget();
  expect(kept(budget, 5000, 0)).toBe(1000);
  expect(kept(budget, 5000, MINUTE_MS / 20 - 1)).toBe(0);
  expect(kept(budget, 5000, MINUTE_MS / 20)).toBe(1);
  expect(kept(budget, 5000, MINUTE_MS / 20 + MINUTE_MS)).toBe(20);
});

test("a thousand events a second for a day are thirty thousand that are kept", () => {
  const budget = new EventBudget();
  let count = 0;
  for (let second = 0; second < 86_400; second += 10) count += kept(budget, 10, second * 1000);
  expect(count).toBeGreaterThan(29_700);
  expect(count).toBeLessThan(29_900);
});

test("what is not used is saved, but for no more than a thousand", () => {
  const budget = new EventBudget();
  expect(kept(budget, 1000, 0)).toBe(1000);
  expect(kept(budget, 1000, 10 * MINUTE_MS)).toBe(200);
  expect(kept(budget, 5000, 1000 * MINUTE_MS)).toBe(1000);
});

test("each livestream has its own, and a new one when it begins anew", () => {
  const budget = new EventBudget();
  kept(budget, 1000, 0);
  expect(kept(budget, 5, 0, "other")).toBe(5);
  expect(kept(budget, 5, 0)).toBe(0);
  budget.forget("show");
  expect(kept(budget, 5, 0)).toBe(5);
});

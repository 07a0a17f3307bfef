import { expect, test } from "bun:test";
import { PageWalks } from "#server/stats/page-walks.ts";

test("a walk that nobody began sees what there is, and goes on with that", () => {
  const walks = new PageWalks();
  expect(walks.endOf("a", 3, 100, 0)).toBe(100);
  expect(walks.endOf("a", 4, 110, 0)).toBe(100);
});

test("what was removed meanwhile is not promised", () => {
  const walks = new PageWalks();
  walks.endOf("a", 0, 100, 0);
  expect(walks.endOf("a", 1, 0, 0)).toBe(0);
});

test("walks are bounded: of more than ten thousand the one that rests longest is forgotten", () => {
  const walks = new PageWalks();
  for (let each = 0; each <= 10_001; each += 1) walks.endOf(`walker ${each}`, 0, 100, 0);
  walks.endOf("one more", 0, 100, 0);
  expect(walks.endOf("walker 0", 1, 200, 0)).toBe(200);
  expect(walks.endOf("walker 9000", 1, 200, 0)).toBe(100);
});

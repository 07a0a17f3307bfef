import { expect, test } from "bun:test";
import { median } from "#server/common/median.ts";

test("it is the middle value by size, as numbers are compared, and leaves the list as it was", () => {
  const values = [100, 9, 20];
  expect(median(values)).toBe(20);
  expect(values).toEqual([100, 9, 20]);
});

test("of two in the middle it is the upper one, and of none not a number", () => {
  expect(median([4, 1, 3, 2])).toBe(3);
  expect(median([])).toBeNaN();
});

import { expect, test } from "bun:test";
import { UsualLevel } from "#server/instances/usual-level.ts";

/** A level that has seen these amounts, one a second. */
function levelOf(amounts: readonly number[], lowShare = 0.5): UsualLevel {
  const level = new UsualLevel(lowShare);
  for (const amount of amounts) level.add(amount, true);
  return level;
}

const seconds = (count: number, amount: number): number[] => Array.from({ length: count }, () => amount);

test("what is usual is known once five seconds came before the two that are compared with it", () => {
  expect(levelOf(seconds(6, 100)).recentShare).toBeNull();
  expect(levelOf(seconds(7, 100)).recentShare).toBe(1);
  expect(levelOf([...seconds(4, 100), 1, 1]).isLow).toBe(false);
  expect(levelOf([...seconds(5, 100), 1, 1]).isLow).toBe(true);
});

test("the two newest seconds are compared together", () => {
  expect(levelOf([...seconds(10, 100), 30, 50]).recentShare).toBe(0.4);
  expect(levelOf([...seconds(10, 100), 0, 100]).recentShare).toBe(0.5);
});

test("a level is low below the share, not at it", () => {
  expect(levelOf([...seconds(10, 100), 50, 50]).isLow).toBe(false);
  expect(levelOf([...seconds(10, 100), 50, 49]).isLow).toBe(true);
  expect(levelOf([...seconds(10, 100), 50, 49], 0.25).isLow).toBe(false);
});

test("however long a level is low, it is not usual", () => {
  const level = levelOf([...seconds(10, 100), ...seconds(1000, 40)]);
  expect(level.recentShare).toBe(0.4);
  level.add(100, true);
  level.add(100, true);
  expect(level.recentShare).toBe(1);
  level.add(100, true);
  expect(level.recentShare).toBe(1);
});

test("what is usual is the mean of the last thirty seconds that were", () => {
  const level = levelOf([...seconds(30, 50), ...seconds(17, 100)]);
  expect(level.recentShare).toBeCloseTo(100 / 75, 9);
  for (const amount of seconds(15, 100)) level.add(amount, true);
  expect(level.recentShare).toBe(1);
});

test("seconds that say nothing of what is usual are compared with it, and are none of it", () => {
  const level = levelOf(seconds(10, 100));
  level.add(60, false);
  level.add(60, false);
  expect(level.recentShare).toBe(0.6);
  level.add(100, true);
  level.add(100, true);
  level.add(100, true);
  expect(level.recentShare).toBe(1);
});

test("where nothing is usual, nothing is low", () => {
  const level = levelOf(seconds(10, 0));
  expect(level.recentShare).toBeNull();
  expect(level.isLow).toBe(false);
});

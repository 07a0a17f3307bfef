import { expect, test } from "bun:test";
import { Coverage } from "#server/recording/coverage.ts";
import { seededRandom } from "#test/support/damage.ts";

test("what touches is one, in whatever order it comes", () => {
  const random = seededRandom(1);
  for (let round = 0; round < 50; round += 1) {
    const pieces = Array.from({ length: 20 }, (_, index) => ({ offset: index * 10, order: random() }));
    const coverage = new Coverage();
    for (const { offset } of pieces.sort((a, b) => a.order - b.order)) coverage.add(offset, 10);
    expect([coverage.holes(), coverage.until]).toEqual([[], 200]);
  }
});

test("holes are told, and one at the beginning is one", () => {
  const coverage = new Coverage();
  expect([coverage.holes(), coverage.until]).toEqual([[], 0]);
  coverage.add(10, 10);
  coverage.add(30, 10);
  coverage.add(35, 10);
  expect(coverage.holes()).toEqual([
    { from: 0, until: 10 },
    { from: 20, until: 30 },
  ]);
  expect(coverage.until).toBe(45);
  coverage.add(0, 30);
  expect(coverage.holes()).toEqual([]);
});

import { expect, test } from "bun:test";
import { AFRESH_MS, StillPicture } from "#server/web/console/state/still-picture.ts";

test("a picture that has not come, or stopped, is due after fifteen seconds, and again after as many", () => {
  expect(AFRESH_MS).toBe(15_000);
  const picture = new StillPicture(1000);
  expect(picture.isDue(0, 1000 + AFRESH_MS - 1)).toBe(false);
  expect(picture.isDue(0, 1000 + AFRESH_MS)).toBe(true);
  expect(picture.isDue(0, 1000 + 2 * AFRESH_MS - 1)).toBe(false);
  expect(picture.isDue(0, 1000 + 2 * AFRESH_MS)).toBe(true);
});

test("one that moves, forwards or back, is not due, however little it moves", () => {
  const picture = new StillPicture(0);
  expect(picture.isDue(5, AFRESH_MS)).toBe(false);
  expect(picture.isDue(4.9, 2 * AFRESH_MS)).toBe(false);
  expect(picture.isDue(4.9, 3 * AFRESH_MS - 1)).toBe(false);
  expect(picture.isDue(4.9, 3 * AFRESH_MS)).toBe(true);
});

test("the time in which nobody looked does not count", () => {
  const picture = new StillPicture(0);
  picture.looksAgain(100_000);
  expect(picture.isDue(0, 100_000 + AFRESH_MS - 1)).toBe(false);
  expect(picture.isDue(0, 100_000 + AFRESH_MS)).toBe(true);
});

import { expect, test } from "bun:test";
import { pagesOf, visibleRows } from "#server/web/console/state/visible-rows.ts";

test("of a thousand rows those are drawn that are seen, and a few around them", () => {
  expect(visibleRows(-200, 900, 76, 1000)).toEqual({ first: 0, end: 16 });
  expect(visibleRows(0, 900, 76, 1000)).toEqual({ first: 0, end: 18 });
  expect(visibleRows(38_000, 900, 76, 1000)).toEqual({ first: 494, end: 518 });
  expect(visibleRows(76_000, 900, 76, 1000)).toEqual({ first: 994, end: 1000 });
  expect(visibleRows(1_000_000, 900, 76, 1000)).toEqual({ first: 1000, end: 1000 });
  expect(visibleRows(0, 900, 76, 0)).toEqual({ first: 0, end: 0 });
});

test("their pages are asked for, and at least one", () => {
  expect(pagesOf({ first: 0, end: 0 })).toEqual([0]);
  expect(pagesOf({ first: 0, end: 50 })).toEqual([0]);
  expect(pagesOf({ first: 49, end: 51 })).toEqual([0, 1]);
  expect(pagesOf({ first: 100, end: 118 })).toEqual([2]);
});

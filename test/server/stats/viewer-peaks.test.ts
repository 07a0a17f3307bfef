import { beforeEach, expect, test } from "bun:test";
import { ViewerPeaks } from "#server/stats/viewer-peaks.ts";

let nowMs = 0;
let told: string[] = [];
let peaks: ViewerPeaks;

beforeEach(() => {
  nowMs = 5_000_000;
  told = [];
  peaks = new ViewerPeaks({
    tell: (id, { viewers, positionSeconds }) => told.push(`${viewers} of ${id} at ${positionSeconds}`),
    monotonicMs: () => nowMs,
  });
});

function watch(viewers: number, positionSeconds = 0, livestreamId = "show"): void {
  peaks.observe(livestreamId, { viewers, positionSeconds });
}

test("the first who watches is told of at once, nobody is nothing, and so are as many as before", () => {
  watch(0);
  expect(told).toEqual([]);
  watch(1, 4);
  watch(1, 5);
  watch(0, 6);
  nowMs += 60_000;
  watch(1, 66);
  expect(told).toEqual(["1 of show at 4"]);
});

test("what rises is told once a minute: the highest of it, with its place", () => {
  watch(10, 1);
  watch(50, 2);
  watch(40, 3);
  nowMs += 59_999;
  watch(30, 61);
  expect(told).toEqual(["10 of show at 1"]);
  nowMs += 1;
  watch(30, 62);
  expect(told).toEqual(["10 of show at 1", "50 of show at 2"]);
});

test("less than a tenth more is told at the end only", () => {
  watch(100, 1);
  nowMs += 60_000;
  watch(109, 61);
  watch(105, 62);
  expect(told).toEqual(["100 of show at 1"]);
  watch(110, 63);
  expect(told.at(-1)).toBe("110 of show at 63");
  nowMs += 60_000;
  watch(112, 123);
  peaks.end("show");
  peaks.end("show");
  expect(told.slice(2)).toEqual(["112 of show at 123"]);
});

test("after a restart what was told before is no news", () => {
  peaks.resume("show", 100);
  watch(100);
  expect(told).toEqual([]);
  watch(120, 9);
  peaks.resume("show", 50);
  nowMs += 60_000;
  watch(125);
  expect(told).toEqual(["120 of show at 9"]);
});

test("each livestream has its own", () => {
  watch(5, 1);
  watch(3, 1, "other");
  expect(told).toEqual(["5 of show at 1", "3 of other at 1"]);
});

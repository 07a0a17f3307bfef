import { expect, test } from "bun:test";
import { JoinPoints } from "#media/track/join-points.ts";
import type { AccessUnit } from "#media/track/track.ts";

type Picture = Pick<AccessUnit, "isSync" | "hints">;

const KEY: Picture = { isSync: true };
const INTER: Picture = { isSync: false };
const RECOVERY: Picture = { isSync: false, hints: { isRecoveryPoint: true } };

/** Of each picture, whether whoever has nothing yet begins there. */
function begins(points: JoinPoints, ...pictures: readonly Picture[]): boolean[] {
  return pictures.map((picture) => points.push(picture));
}

test("one begins with a picture that is right from the start, and with no other while such come", () => {
  const points = new JoinPoints();
  expect(begins(points, INTER, KEY, INTER, KEY, KEY, INTER)).toEqual([false, true, false, true, true, false]);
  expect(points.areMissing).toBe(false);
});

test("one begins with recovery points from the second one in a row on, whatever pictures are in between", () => {
  const points = new JoinPoints();
  expect(begins(points, INTER, RECOVERY, INTER, INTER)).toEqual([false, false, false, false]);
  expect(points.areMissing).toBe(false);
  expect(begins(points, RECOVERY, INTER, RECOVERY, RECOVERY)).toEqual([true, false, true, true]);
  expect(points.areMissing).toBe(true);
});

test("a picture that is right from the start is better than all recovery points before it, which count anew", () => {
  const points = new JoinPoints();
  begins(points, RECOVERY, RECOVERY, RECOVERY);
  expect(begins(points, KEY)).toEqual([true]);
  expect(points.areMissing).toBe(false);
  expect(begins(points, RECOVERY, INTER)).toEqual([false, false]);
  expect(points.areMissing).toBe(false);
  expect(begins(points, RECOVERY)).toEqual([true]);
  expect(points.areMissing).toBe(true);
});

test("one recovery point between key frames, time after time, is a hint too many", () => {
  const points = new JoinPoints();
  for (let each = 0; each < 5; each += 1) {
    expect(begins(points, KEY, INTER, RECOVERY)).toEqual([true, false, false]);
    expect(points.areMissing).toBe(false);
  }
});

test("a key frame that is called a recovery point, too, is a key frame", () => {
  const points = new JoinPoints();
  const both: Picture = { isSync: true, hints: { isRecoveryPoint: true } };
  expect(begins(points, RECOVERY, both, RECOVERY)).toEqual([false, true, false]);
  expect(points.areMissing).toBe(false);
});

test("pictures that are something else are no recovery points: open groups, and those that show the last one on", () => {
  const points = new JoinPoints();
  const open: Picture = { isSync: false, hints: { isOpenGop: true } };
  const filler: Picture = { isSync: false, hints: { isFiller: true } };
  expect(begins(points, open, filler, open, filler)).toEqual([false, false, false, false]);
  expect(points.areMissing).toBe(false);
});

test("of another encoder, or another time of it, nothing is known", () => {
  const points = new JoinPoints();
  begins(points, RECOVERY, RECOVERY);
  points.reset();
  expect(points.areMissing).toBe(false);
  expect(begins(points, RECOVERY)).toEqual([false]);
  expect(begins(points, RECOVERY)).toEqual([true]);
});

import { expect, test } from "bun:test";
import { JoinPoints } from "#media/track/join-points.ts";

const sync = { isSync: true };
const recovery = { isSync: false, hints: { isRecoveryPoint: true } } as const;
const other = { isSync: false };

function pushed(joinPoints: JoinPoints, ...units: readonly Parameters<JoinPoints["push"]>[0][]): boolean[] {
  return units.map((unit) => joinPoints.push(unit));
}

test("a picture that decoding begins with is one, always; others are not", () => {
  const joinPoints = new JoinPoints();
  expect(joinPoints.areMissing).toBe(false);
  expect(pushed(joinPoints, sync, other, sync, other)).toEqual([true, false, true, false]);
  expect(joinPoints.areMissing).toBe(false);
});

test("one recovery point is not enough, the second is, with whatever comes between them", () => {
  const joinPoints = new JoinPoints();
  expect(pushed(joinPoints, recovery, other, other)).toEqual([false, false, false]);
  expect(joinPoints.areMissing).toBe(false);
  expect(pushed(joinPoints, recovery, other, recovery)).toEqual([true, false, true]);
  expect(joinPoints.areMissing).toBe(true);
});

test("a better one begins the count anew, and so does another encoder", () => {
  const joinPoints = new JoinPoints();
  expect(pushed(joinPoints, recovery, sync, recovery, recovery)).toEqual([false, true, false, true]);
  joinPoints.push(sync);
  expect(joinPoints.areMissing).toBe(false);
  pushed(joinPoints, recovery, recovery);
  joinPoints.reset();
  expect(joinPoints.areMissing).toBe(false);
  expect(pushed(joinPoints, recovery, recovery)).toEqual([false, true]);
});

test("one that is both is what decoding begins with; other hints are none", () => {
  const joinPoints = new JoinPoints();
  const both = { isSync: true, hints: { isRecoveryPoint: true } } as const;
  expect(pushed(joinPoints, both, recovery)).toEqual([true, false]);
  const open = { isSync: false, hints: { isOpenGop: true } } as const;
  const filler = { isSync: false, hints: { isFiller: true } } as const;
  expect(pushed(joinPoints, open, filler, open)).toEqual([false, false, false]);
  expect(joinPoints.push(recovery)).toBe(true);
});

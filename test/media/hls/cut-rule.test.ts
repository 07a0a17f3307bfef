import { expect, test } from "bun:test";
import { CutRule, type Progress } from "#media/hls/cut-rule.ts";

function at(elapsedSeconds: number, rest: Partial<Progress> = {}): Progress {
  return { elapsedSeconds, frameSeconds: 0.04, byteLength: 1000, keyFrameIntervalSeconds: null, ...rest };
}

test("cuts at the first key frame from the target on, give or take half a frame", () => {
  const rule = new CutRule(2, null);
  expect(rule.cutsAtKeyFrame(at(1.96))).toBe(false);
  expect(rule.cutsAtKeyFrame(at(1.985))).toBe(true);
  expect(rule.cutsAtKeyFrame(at(2))).toBe(true);
});

test.each([
  { first: 2, target: 2, promised: 2 },
  { first: 2.05, target: 2, promised: 2 },
  { first: 2.4, target: 2, promised: 3 },
  { first: 10, target: 2, promised: 10 },
  { first: 1, target: 4, promised: 4 },
  { first: 4.6, target: 0.5, promised: 5 },
])(
  "a first segment of $first s with a target of $target s fixes the target duration at $promised",
  ({ first, target, promised }) => {
    const rule = new CutRule(target, null);
    expect(rule.targetDurationAfter(first, null)).toBe(promised);
    expect(rule.targetDurationAfter(first + 5, null)).toBe(promised);
    expect(Math.round(first)).toBeLessThanOrEqual(promised);
  },
);

test("without key frames the first segment ends at ten seconds, later ones before EXTINF rounds above the target duration", () => {
  const rule = new CutRule(2, null);
  expect(rule.mustCut(at(9.9))).toBe(false);
  expect(rule.mustCut(at(9.98))).toBe(true);
  const promised = new CutRule(2, 4);
  expect(promised.mustCut(at(4.4))).toBe(false);
  expect(promised.mustCut(at(4.47))).toBe(true);
});

test("a key frame before the target is taken where waiting for the next would break the promise", () => {
  const rule = new CutRule(2, 3);
  expect(rule.cutsAtKeyFrame(at(1.5, { keyFrameIntervalSeconds: 2.5 }))).toBe(true);
  expect(rule.cutsAtKeyFrame(at(1.5, { keyFrameIntervalSeconds: 1.5 }))).toBe(false);
  expect(rule.cutsAtKeyFrame(at(0.2, { keyFrameIntervalSeconds: 10 }))).toBe(false);
});

test("a segment of 32 MiB is cut whatever comes next", () => {
  expect(new CutRule(2, null).mustCut(at(0.1, { byteLength: 32 * 1024 * 1024 }))).toBe(true);
});

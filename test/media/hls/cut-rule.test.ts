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
  { first: 2.1, target: 2, promised: 2 },
  { first: 2.2, target: 2, promised: 3 },
  { first: 2.4, target: 2, promised: 3 },
  { first: 1, target: 2.2, promised: 3 },
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

test("a segment of 32 MiB is cut whatever comes next, one of less is not", () => {
  expect(new CutRule(2, null).mustCut(at(0.1, { byteLength: 33_554_432 }))).toBe(true);
  expect(new CutRule(2, null).mustCut(at(0.1, { byteLength: 33_554_431 }))).toBe(false);
});

test("half a frame before the target is near enough", () => {
  const rule = new CutRule(2, null);
  expect(rule.cutsAtKeyFrame(at(1.75, { frameSeconds: 0.5 }))).toBe(true);
  expect(rule.cutsAtKeyFrame(at(1.74, { frameSeconds: 0.5 }))).toBe(false);
});

test("an early cut leaves a quarter of the target at least", () => {
  const rule = new CutRule(2, 3);
  expect(rule.cutsAtKeyFrame(at(0.5, { keyFrameIntervalSeconds: 10 }))).toBe(true);
  expect(rule.cutsAtKeyFrame(at(0.49, { keyFrameIntervalSeconds: 10 }))).toBe(false);
});

test("an early cut is made only where EXTINF would be rounded above what is promised", () => {
  const rule = new CutRule(2, 3);
  expect(rule.cutsAtKeyFrame(at(1.5, { keyFrameIntervalSeconds: 2 }))).toBe(true);
  expect(rule.cutsAtKeyFrame(at(1.5, { keyFrameIntervalSeconds: 1.9 }))).toBe(false);
});

test("before anything is promised, a key frame is taken early where the next would be too late for what would be promised", () => {
  const rule = new CutRule(2, null);
  expect(rule.cutsAtKeyFrame(at(1.5, { keyFrameIntervalSeconds: 3 }))).toBe(true);
  expect(rule.cutsAtKeyFrame(at(0.6, { keyFrameIntervalSeconds: 2.5 }))).toBe(false);
});

test("a segment may be ten seconds before anything is promised, then up to half a second more than that", () => {
  expect([10, 10.001].map((seconds) => new CutRule(2, null).exceeds(seconds))).toEqual([false, true]);
  expect([4.499, 4.5].map((seconds) => new CutRule(2, 4).exceeds(seconds))).toEqual([false, true]);
  expect([new CutRule(2, null).maxFrameSeconds, new CutRule(2, 4).maxFrameSeconds]).toEqual([10, 4]);
});

test("a first segment shorter than the key frames are apart promises what those to come will need", () => {
  expect(new CutRule(2, null).targetDurationAfter(1, 5)).toBe(5);
  expect(new CutRule(2, null).targetDurationAfter(5, 1)).toBe(5);
  expect(new CutRule(2, null).targetDurationAfter(1, 60)).toBe(10);
});

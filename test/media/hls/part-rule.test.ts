import { expect, test } from "bun:test";
import { PartRule } from "#media/hls/part-rule.ts";

const ruleOf = (targetSeconds: number | null, wantedSeconds = 0.2, maxTargetSeconds = 2) =>
  new PartRule({ wantedSeconds, maxTargetSeconds, targetSeconds });

test("a target is chosen by the part that is as long as wanted, once", () => {
  const rule = ruleOf(null);
  rule.choose(0.16, 0.04);
  expect(rule.targetSeconds).toBeNull();
  rule.choose(0.2, 0.04);
  expect(rule.targetSeconds).toBe(0.2);
  rule.choose(1, 1);
  rule.chooseNow(1);
  expect(rule.targetSeconds).toBe(0.2);
});

test("a frame that is longer is a part, up to a second, or up to what was wanted or allowed", () => {
  const chosen = (rule: PartRule, frameSeconds: number) => {
    rule.chooseNow(frameSeconds);
    return rule.targetSeconds;
  };
  expect(chosen(ruleOf(null), 0.9)).toBe(0.9);
  expect(chosen(ruleOf(null), 1.1)).toBe(1);
  expect(chosen(ruleOf(null, 1.5), 0.1)).toBe(1.5);
  expect(chosen(ruleOf(null, 5, 2), 0.04)).toBe(2);
});

test("without a wanted length there are no parts", () => {
  const rule = ruleOf(0.2, 0);
  rule.chooseNow(0.04);
  expect([rule.targetSeconds, rule.exceeds(100), rule.isFull(100)]).toEqual([null, false, false]);
});

test("a part is full from 85 % of the target on, and exceeds it beyond what adding up times leaves", () => {
  const rule = ruleOf(0.2);
  expect([rule.isFull(0.1699), rule.isFull(0.17)]).toEqual([false, true]);
  expect([rule.exceeds(0.2 + 5e-8), rule.exceeds(0.200001)]).toEqual([false, true]);
  expect(rule.leastSeconds).toBeCloseTo(0.17, 9);
});

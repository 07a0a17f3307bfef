import { expect, test } from "bun:test";
import { FrameRate } from "#media/track/frame-rate.ts";
import { seededRandom } from "#test/support/damage.ts";

/** Times of `count` pictures, `stepMs` apart, as whole milliseconds. */
function evenTimes(rate: number, count: number, round: (ms: number) => number = Math.round): number[] {
  return Array.from({ length: count }, (_, index) => round(7_000_000 + (index * 1000) / rate));
}

function measured(times: readonly number[], declared: number | null = null): number | null {
  const frameRate = new FrameRate(declared);
  for (const timeMs of times) frameRate.push(timeMs);
  return frameRate.perSecond;
}

function threeDecimals(times: readonly number[], declared: number | null = null): string | undefined {
  return measured(times, declared)?.toFixed(3);
}

test.each([
  [24_000 / 1001, "23.976"],
  [24, "24.000"],
  [25, "25.000"],
  [30_000 / 1001, "29.970"],
  [30, "30.000"],
  [50, "50.000"],
  [60_000 / 1001, "59.940"],
  [60, "60.000"],
  [120_000 / 1001, "119.880"],
  [120, "120.000"],
  [12.5, "12.500"],
  [15, "15.000"],
])("a second and a half of %p pictures a second in whole milliseconds is exactly that", (rate, expected) => {
  const count = Math.ceil(rate * 1.5);
  for (const round of [Math.round, Math.floor, Math.ceil]) {
    expect(threeDecimals(evenTimes(rate, count, round))).toBe(expected);
    expect(threeDecimals(evenTimes(rate, 1000, round))).toBe(expected);
  }
});

test.each([
  ...[5, 6, 7.5, 8, 10, 12, 12.5, 15, 18, 20, 24_000 / 1001, 24, 25, 30_000 / 1001, 30, 40, 48, 50],
  ...[60_000 / 1001, 60, 72, 75, 90, 100, 120_000 / 1001, 120, 144, 240],
])("%p pictures a second are known for it where the last one is a little late", (rate) => {
  const times = evenTimes(rate, Math.ceil(rate * 1.5), (ms) => ms);
  const last = times.pop() ?? 0;
  expect(measured([...times, last + 0.9])).toBe(rate);
});

test("a common rate, and a declared one, is that of times that are a rounding away from it", () => {
  expect(measured([0, 26])).toBe(40);
  expect(measured([0, 27])).toBe(1000 / 27);
  expect(measured([0, 33], 31.25)).toBe(31.25);
  expect(measured([0, 34], 31.25)).toBe(30_000 / 1001);
});

test("the newest thousand pictures are measured, and what was before them is forgotten", () => {
  const even = (count: number) => Array.from({ length: count }, (_, index) => 50 + index * 5);
  expect(measured([0, ...even(1000)])).toBe(200);
  expect(measured([0, ...even(999)])).toBeLessThan(200);
});

test("a picture ten seconds ago is measured, and one before that is forgotten", () => {
  const even = Array.from({ length: 51 }, (_, index) => 5000 + index * 100);
  expect(measured([0, ...even])).toBe(5.1);
  expect(measured([-1, ...even])).toBe(10);
});

test("a rate is as exact after a century", () => {
  const century = 100 * 365 * 86_400_000;
  expect(threeDecimals(evenTimes(30_000 / 1001, 300).map((ms) => century + ms))).toBe("29.970");
  expect(threeDecimals(evenTimes(29.98, 300).map((ms) => century + ms))).toBe("29.980");
});

test("one picture has no rate, two have the common one that is as far from each other", () => {
  expect(measured([100])).toBeNull();
  expect(measured([100, 133])).toBe(30);
  expect(measured([100, 117])).toBe(60_000 / 1001);
});

test("what the bitstream declares is believed while the times cannot tell, and no longer", () => {
  expect(threeDecimals(evenTimes(30_000 / 1001, 10), 30_000 / 1001)).toBe("29.970");
  expect(threeDecimals(evenTimes(30, 10), 30_000 / 1001)).toBe("29.970");
  expect(threeDecimals(evenTimes(30, 60), 30_000 / 1001)).toBe("30.000");
  expect(threeDecimals(evenTimes(30, 60), 60)).toBe("30.000");
  expect(threeDecimals(evenTimes(27, 60), 27)).toBe("27.000");
});

test("a rate that nobody is used to is what it measures", () => {
  expect(Math.abs((measured(evenTimes(27.3, 270)) ?? 0) - 27.3)).toBeLessThan(0.001);
  expect(threeDecimals(evenTimes(29.98, 300))).toBe("29.980");
});

test("times that jitter around an even step are of that step", () => {
  const random = seededRandom(3);
  const times = evenTimes(30, 300).map((ms) => ms + Math.round((random() - 0.5) * 10));
  expect(measured(times)).toBe(30);
  const ntsc = evenTimes(30_000 / 1001, 300).map((ms) => ms + Math.round((random() - 0.5) * 10));
  expect(threeDecimals(ntsc)).toBe("29.970");
});

test("pictures that are not evenly spaced have their mean", () => {
  const tenthMissing = evenTimes(30, 301).filter((_, index) => index % 10 !== 9);
  expect(threeDecimals(tenthMissing)).toBe("27.000");
  const oneMissing = evenTimes(25, 251).filter((_, index) => index !== 100);
  expect(threeDecimals(oneMissing, 25)).toBe("24.900");
  const halved = [...evenTimes(50, 251), ...evenTimes(25, 251).slice(126, 251)];
  expect(threeDecimals(halved)).toBe("37.500");
});

test("the rate is that of the last ten seconds", () => {
  const slowed = [...evenTimes(50, 500), ...evenTimes(25, 600).slice(250)];
  expect(measured(slowed)).toBe(25);
});

test("pictures that come faster than anybody can watch are a bounded number of times", () => {
  const times = Array.from({ length: 20_000 }, (_, index) => index / 4);
  expect(measured(times)).toBeCloseTo(4000, 6);
});

test("times before a jump say nothing of those after it", () => {
  const frameRate = new FrameRate(null);
  for (const timeMs of evenTimes(50, 100)) frameRate.push(timeMs);
  frameRate.clear();
  expect(frameRate.perSecond).toBeNull();
  for (const timeMs of evenTimes(25, 100)) frameRate.push(timeMs - 7_000_000);
  expect(frameRate.perSecond).toBe(25);
});

import { expect, test } from "bun:test";
import { RateMeter } from "#media/hls/rate-meter.ts";
import type { Segment } from "#media/hls/segment.ts";
import { segment } from "#test/support/listed-segments.ts";

/** Segments of the target duration of 2 s and 1000 bytes, but for what is said of each. */
function metered(...facts: readonly Partial<Segment>[]): RateMeter {
  const meter = new RateMeter();
  for (const [msn, rest] of facts.entries()) meter.push(segment(msn, rest), 2);
  return meter;
}

test("before the first segment nothing was measured", () => {
  const { peakBitsPerSecond, averageBitsPerSecond, frameRate } = new RateMeter();
  expect([peakBitsPerSecond, averageBitsPerSecond, frameRate]).toEqual([0, 0, null]);
});

test("bandwidth is the largest segment's, a stub at a discontinuity counted with the segment before", () => {
  const meter = metered({}, {}, {}, { byteLength: 2000 });
  expect(meter.peakBitsPerSecond).toBe(8000);
  meter.push(segment(4, { durationSeconds: 0.1, byteLength: 2000 }), 2);
  expect(meter.peakBitsPerSecond).toBeCloseTo((4000 * 8) / 2.1, 6);
  expect(meter.averageBitsPerSecond).toBeCloseTo((7000 * 8) / 8.1, 6);
});

test("the bandwidth is that of segments in a row that are long enough to tell, not of a burst at the beginning", () => {
  const meter = metered({ durationSeconds: 0.1 });
  expect(meter.peakBitsPerSecond).toBeCloseTo(80_000, 6);
  meter.push(segment(1), 2); // 2.1 s, 2000 bytes
  expect(meter.peakBitsPerSecond).toBeCloseTo(16_000 / 2.1, 6);
  for (let msn = 2; msn < 6; msn += 1) meter.push(segment(msn, { durationSeconds: 0.5 }), 2);
  expect(meter.peakBitsPerSecond).toBeCloseTo(16_000, 6);
});

test("the bandwidth is never below the average", () => {
  const meter = new RateMeter();
  for (let msn = 0; msn < 8; msn += 1) {
    meter.push(segment(msn, { durationSeconds: msn % 2 === 0 ? 0.9 : 2.4 }), 2);
    if (msn % 2 === 1) expect(meter.peakBitsPerSecond).toBeGreaterThanOrEqual(meter.averageBitsPerSecond);
  }
});

test("the average is that of the last thirty segments, the peak that of all", () => {
  const meter = metered({ byteLength: 4000 }, ...Array.from({ length: 30 }, () => ({})));
  expect(meter.averageBitsPerSecond).toBe(4000);
  expect(meter.peakBitsPerSecond).toBe(16_000);
});

test("the frame rate is the newest segment's, passing over those without pictures, and unknown without any", () => {
  expect(metered({ frameRate: 25 }, { frameRate: 50 }).frameRate).toBe(50);
  expect(metered({ frameRate: 25 }, { frameRate: null }).frameRate).toBe(25);
  expect(metered({ frameRate: null }).frameRate).toBeNull();
});

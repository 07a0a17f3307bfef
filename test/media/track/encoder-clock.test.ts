import { expect, test } from "bun:test";
import { RTMP_CLOCK } from "#media/flv/rtmp-clock.ts";
import { EncoderClock } from "#media/track/encoder-clock.ts";

/** Unwraps and trusts each in turn. */
function unwrapAll(...timestampsMs: readonly number[]): number[] {
  const clock = new EncoderClock(RTMP_CLOCK, timestampsMs[0] ?? 0);
  return timestampsMs.map((timestampMs) => {
    const ms = clock.unwrap(timestampMs);
    clock.trust(timestampMs, ms);
    return ms;
  });
}

test("an encoder that keeps 31 bits starts over at 2^31", () => {
  expect(unwrapAll(2147483600, 52, 152)).toEqual([2147483600, 2 ** 31 + 52, 2 ** 31 + 152]);
});

test("an encoder that keeps 32 bits passes 2^31 and starts over at 2^32", () => {
  expect(unwrapAll(2147483600, 2147483700)).toEqual([2147483600, 2147483700]);
  expect(unwrapAll(4294967200, 4, 104)).toEqual([4294967200, 2 ** 32 + 4, 2 ** 32 + 104]);
});

test("the other track's last units before a wrap are before it", () => {
  expect(unwrapAll(2147483640, 20, 2147483645, 40)).toEqual([
    2147483640,
    2 ** 31 + 20,
    2147483645,
    2 ** 31 + 40,
  ]);
  expect(unwrapAll(4294967290, 20, 4294967294, 40)).toEqual([
    4294967290,
    2 ** 32 + 20,
    4294967294,
    2 ** 32 + 40,
  ]);
});

test("each wrap of several is counted", () => {
  const quarters = [0, 2 ** 29, 2 ** 30, 3 * 2 ** 29];
  const sent = [...quarters, ...quarters, ...quarters];
  expect(unwrapAll(...sent)).toEqual(sent.map((_, index) => index * 2 ** 29));
});

test("a start a little below zero is a negative time beside one that starts at zero", () => {
  expect(unwrapAll(0, 4294967280, 20)).toEqual([0, -16, 20]);
});

test("nothing happens at the first extended timestamp", () => {
  expect(unwrapAll(0xfffffe, 0xffffff, 0x1000000)).toEqual([0xfffffe, 0xffffff, 0x1000000]);
});

test("a value that nobody trusted is not what later ones are unwrapped from", () => {
  const clock = new EncoderClock(RTMP_CLOCK, 7);
  expect(clock.unwrap(2 ** 30)).toBe(2 ** 30);
  expect(clock.unwrap(2 ** 31 - 1)).toBe(-1);
});

test("a step of half the values is taken as it was sent, one of more as the other way around", () => {
  const forward = new EncoderClock(RTMP_CLOCK, 0);
  expect(forward.unwrap(2 ** 30)).toBe(2 ** 30);
  expect(forward.unwrap(2 ** 30 + 1)).toBe(2 ** 30 + 1 - 2 ** 31);
  const backward = new EncoderClock(RTMP_CLOCK, 2 ** 30 + 1);
  expect(backward.unwrap(1)).toBe(1);
  expect(backward.unwrap(0)).toBe(2 ** 31);
});

test("a clock has 32 bits from the first value on that 31 cannot say, also once it is over", () => {
  const clock = new EncoderClock(RTMP_CLOCK, 2 ** 31);
  expect(clock.unwrap(1)).toBe(1);
  clock.trust(2 ** 31 - 1, 2 ** 31 - 1);
  expect(clock.unwrap(1)).toBe(1);
  expect(new EncoderClock(RTMP_CLOCK, 2 ** 31 - 1).unwrap(1)).toBe(2 ** 31 + 1);
});

test("a value that its bits cannot say is taken as it is", () => {
  const clock = new EncoderClock({ timescale: 90_000, wrapBits: [33] }, 5);
  expect(clock.unwrap(2 ** 33 + 7)).toBe(2 ** 33 + 7);
});

test("a clock of 33 bits at 90 kHz starts over after 26.5 hours", () => {
  const mpeg = { timescale: 90_000, wrapBits: [33] } as const;
  const clock = new EncoderClock(mpeg, 2 ** 33 - 3600);
  expect(clock.unwrap(0)).toBe(2 ** 33);
  clock.trust(0, 2 ** 33);
  expect(clock.unwrap(2 ** 33 - 1)).toBe(2 ** 33 - 1);
  expect(clock.unwrap(3600)).toBe(2 ** 33 + 3600);
});

test("the least number of values that does not include a value is none that it is of", () => {
  expect(new EncoderClock(RTMP_CLOCK, 5).unwrap(2 ** 31)).toBe(2 ** 31);
  const clock = new EncoderClock(RTMP_CLOCK, 5);
  clock.trust(2 ** 31, 2 ** 31);
  expect(clock.unwrap(1)).toBe(1);
});

import { expect, test } from "bun:test";
import { isDisposable, joinNalUnits, nalUnitsOf } from "#media/codecs/h264/nal-units.ts";
import { hex } from "#test/support/hex.ts";

test("lengths that fill the frame exactly are right, in each size", () => {
  for (const [frame, lengthSize] of [
    [hex`00 00 00 02 09 f0  00 00 00 03 65 88 84`, 4],
    [hex`00 02 09 f0  00 03 65 88 84`, 2],
    [hex`02 09 f0  03 65 88 84`, 1],
  ] as const) {
    const { nalUnits, isDense } = nalUnitsOf(frame, lengthSize);
    expect(nalUnits).toEqual([hex`09 f0`, hex`65 88 84`]);
    expect(nalUnits.every(({ buffer }) => buffer === frame.buffer)).toBe(true);
    expect(isDense).toBe(true);
    expect(joinNalUnits(nalUnits, lengthSize)).toEqual(frame);
  }
});

test("NAL units of no bytes are left out, wherever they are", () => {
  const frame = hex`00 00 00 00  00 00 00 01 09  00 00 00 00 00 00 00 00  00 00 00 02 65 88  00 00 00 00`;
  expect(nalUnitsOf(frame, 4)).toEqual({ nalUnits: [hex`09`, hex`65 88`], isDense: false });
  expect(nalUnitsOf(hex`00 00  00 00`, 2)).toEqual({ nalUnits: [], isDense: false });
});

test("a length past the end is refused, and so is one beyond 31 bits", () => {
  expect(() => nalUnitsOf(hex`00 00 00 03 65 88`, 4)).toThrow("NAL unit of 3 bytes where 2 remain");
  expect(() => nalUnitsOf(hex`ff ff ff ff 65 88`, 4)).toThrow("NAL unit of 4294967295 bytes");
});

test("a length cut off is refused", () => {
  expect(() => nalUnitsOf(hex`00 00 00 01 65  00 00 00`, 4)).toThrow("length cut off, 3 of 4 bytes");
});

test("start codes instead of lengths are refused", () => {
  expect(() => nalUnitsOf(hex`00 00 00 01 65 88 84 00 33 ff`, 4)).toThrow("NAL unit of");
});

test("a frame that no other is predicted from is told by its first slice", () => {
  expect(isDisposable(hex`00 00 00 02 09 f0  00 00 00 03 01 9e 00`, 4)).toBe(true);
  expect(isDisposable(hex`00 00 00 02 09 f0  00 00 00 03 41 9a 00`, 4)).toBe(false);
  expect(isDisposable(hex`00 00 00 03 65 88 84`, 4)).toBe(false);
  expect(isDisposable(hex`00 00 00 02 09 f0`, 4)).toBe(false);
  expect(isDisposable(hex`00 00`, 4)).toBe(false);
});

test("a NAL unit goes with the longest length that its size can say, and with no longer one", () => {
  const longest = new Uint8Array(255).fill(7);
  expect(joinNalUnits([longest], 1)).toEqual(Uint8Array.of(255, ...longest));
  expect(() => joinNalUnits([new Uint8Array(256)], 1)).toThrow(
    "NAL unit of 256 bytes where lengths are of 1",
  );
  expect(joinNalUnits([new Uint8Array(65_536)], 4).subarray(0, 4)).toEqual(hex`00 01 00 00`);
});

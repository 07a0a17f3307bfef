import { expect, test } from "bun:test";
import { isDisposable, pictureOf, wholeNalUnits } from "#media/codecs/h264/nal-units.ts";
import { hex } from "#test/support/hex.ts";

test("lengths that fill the frame exactly are right, in each size", () => {
  for (const [frame, lengthSize] of [
    [hex`00 00 00 02 09 f0  00 00 00 03 65 88 84`, 4],
    [hex`00 02 09 f0  00 03 65 88 84`, 2],
    [hex`02 09 f0  03 65 88 84`, 1],
  ] as const) {
    expect(wholeNalUnits(frame, lengthSize)).toBe(frame);
  }
});

test("NAL units of no bytes are left out, wherever they are", () => {
  const frame = hex`00 00 00 00  00 00 00 01 09  00 00 00 00 00 00 00 00  00 00 00 02 65 88  00 00 00 00`;
  expect(wholeNalUnits(frame, 4)).toEqual(hex`00 00 00 01 09  00 00 00 02 65 88`);
  expect(wholeNalUnits(hex`00 00  00 00`, 2)).toEqual(new Uint8Array());
});

test("a length past the end is refused, and so is one beyond 31 bits", () => {
  expect(() => wholeNalUnits(hex`00 00 00 03 65 88`, 4)).toThrow("NAL unit of 3 bytes where 2 remain");
  expect(() => wholeNalUnits(hex`ff ff ff ff 65 88`, 4)).toThrow("NAL unit of 4294967295 bytes");
});

test("a length cut off is refused", () => {
  expect(() => wholeNalUnits(hex`00 00 00 01 65  00 00 00`, 4)).toThrow("length cut off, 3 of 4 bytes");
});

test("start codes instead of lengths are refused", () => {
  expect(() => wholeNalUnits(hex`00 00 00 01 65 88 84 00 33 ff`, 4)).toThrow("NAL unit of");
});

test("a frame that no other is predicted from is told by its first slice", () => {
  expect(isDisposable(hex`00 00 00 02 09 f0  00 00 00 03 01 9e 00`, 4)).toBe(true);
  expect(isDisposable(hex`00 00 00 02 09 f0  00 00 00 03 41 9a 00`, 4)).toBe(false);
  expect(isDisposable(hex`00 00 00 03 65 88 84`, 4)).toBe(false);
  expect(isDisposable(hex`00 00 00 02 09 f0`, 4)).toBe(false);
  expect(isDisposable(hex`00 00`, 4)).toBe(false);
});

test("parameter sets, SEI and delimiters alone are no picture; an IDR slice is one to begin with", () => {
  expect(pictureOf(hex`00 00 00 02 09 f0  00 00 00 03 65 88 84`, 4)).toBe("idr");
  expect(pictureOf(hex`00 00 00 03 06 05 01  00 00 00 02 41 9a`, 4)).toBe("other");
  expect(pictureOf(hex`00 02 09 f0  00 03 06 05 01  00 02 67 42  00 02 68 ce`, 2)).toBeNull();
  expect(pictureOf(new Uint8Array(), 4)).toBeNull();
});

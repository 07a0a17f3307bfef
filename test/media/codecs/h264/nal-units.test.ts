import { expect, test } from "bun:test";
import { holdsPicture, isDisposable, requireWholeNalUnits } from "#media/codecs/h264/nal-units.ts";
import { hex } from "#test/support/hex.ts";

test("lengths that fill the frame exactly are right, in each size", () => {
  requireWholeNalUnits(hex`00 00 00 02 09 f0  00 00 00 03 65 88 84`, 4);
  requireWholeNalUnits(hex`00 02 09 f0  00 03 65 88 84`, 2);
  requireWholeNalUnits(hex`02 09 f0  03 65 88 84`, 1);
  requireWholeNalUnits(hex`00 00 00 00  00 00 00 01 65`, 4);
});

test("a length past the end is refused, and so is one beyond 31 bits", () => {
  expect(() => requireWholeNalUnits(hex`00 00 00 03 65 88`, 4)).toThrow("NAL unit of 3 bytes where 2 remain");
  expect(() => requireWholeNalUnits(hex`ff ff ff ff 65 88`, 4)).toThrow("NAL unit of 4294967295 bytes");
});

test("a length cut off is refused", () => {
  expect(() => requireWholeNalUnits(hex`00 00 00 01 65  00 00 00`, 4)).toThrow(
    "length cut off, 3 of 4 bytes",
  );
});

test("start codes instead of lengths are refused", () => {
  expect(() => requireWholeNalUnits(hex`00 00 00 01 65 88 84 00 33 ff`, 4)).toThrow("NAL unit of");
});

test("a frame that no other is predicted from is told by its first slice", () => {
  expect(isDisposable(hex`00 00 00 02 09 f0  00 00 00 03 01 9e 00`, 4)).toBe(true);
  expect(isDisposable(hex`00 00 00 02 09 f0  00 00 00 03 41 9a 00`, 4)).toBe(false);
  expect(isDisposable(hex`00 00 00 03 65 88 84`, 4)).toBe(false);
  expect(isDisposable(hex`00 00 00 02 09 f0`, 4)).toBe(false);
  expect(isDisposable(hex`00 00`, 4)).toBe(false);
});

test("parameter sets, SEI, delimiters and empty NAL units alone are no picture", () => {
  expect(holdsPicture(hex`00 00 00 02 09 f0  00 00 00 03 65 88 84`, 4)).toBe(true);
  expect(holdsPicture(hex`00 00 00 00  00 00 00 02 41 9a`, 4)).toBe(true);
  expect(holdsPicture(hex`00 02 09 f0  00 03 06 05 01  00 02 67 42  00 02 68 ce`, 2)).toBe(false);
  expect(holdsPicture(hex`00 00 00 00`, 4)).toBe(false);
  expect(holdsPicture(hex`00 00 00 00  00 00 00 00`, 4)).toBe(false);
});

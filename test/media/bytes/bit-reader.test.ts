import { expect, test } from "bun:test";
import { BitReader } from "#media/bytes/bit-reader.ts";
import { EndOfBytesError } from "#media/bytes/byte-reader.ts";
import { hex } from "#test/support/hex.ts";

test("fields are read most significant bit first, across byte boundaries", () => {
  const bits = new BitReader(hex`a5 5a ff 00`);
  expect(bits.flag()).toBe(true);
  expect(bits.bits(3)).toBe(0b010);
  expect(bits.bits(8)).toBe(0x55);
  bits.skip(4);
  expect(bits.bits(16)).toBe(0xff00);
  expect(bits.remaining).toBe(0);
});

test("a field of 32 bits is unsigned", () => {
  expect(new BitReader(hex`ff ff ff ff`).bits(32)).toBe(0xffffffff);
  const bits = new BitReader(hex`7f ff ff ff 80`);
  bits.skip(1);
  expect(bits.bits(32)).toBe(0xffffffff);
});

test("Exp-Golomb codes are those of table 9-2", () => {
  const bits = new BitReader(hex`a6 42 98 e2 04 8a`); // 1 010 011 00100 00101 00110 00111 0001000 0001001 0001010
  expect(Array.from({ length: 9 }, () => bits.unsignedExpGolomb())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test("signed Exp-Golomb codes alternate in sign", () => {
  const bits = new BitReader(hex`a6 42 98 e2 04 8a`);
  expect(Array.from({ length: 9 }, () => bits.signedExpGolomb() + 0)).toEqual([
    0, 1, -1, 2, -2, 3, -3, 4, -4,
  ]);
});

test("the largest 32-bit Exp-Golomb code is read, a longer prefix is refused", () => {
  expect(new BitReader(hex`00 00 00 00 80 00 00 00 00`).unsignedExpGolomb()).toBe(2 ** 32 - 1);
  expect(() => new BitReader(hex`00 00 00 00 40 00 00 00 00`).unsignedExpGolomb()).toThrow(RangeError);
});

test("alignment goes to the next byte, or nowhere", () => {
  const bits = new BitReader(hex`80 42`);
  bits.alignToByte();
  bits.skip(1);
  bits.alignToByte();
  expect(bits.bits(8)).toBe(0x42);
});

test("a field that reaches past the end is refused and reads nothing", () => {
  const bits = new BitReader(hex`ff`);
  expect(() => bits.bits(9)).toThrow(EndOfBytesError);
  expect(bits.bits(8)).toBe(0xff);
  expect(() => bits.skip(1)).toThrow(EndOfBytesError);
  expect(() => bits.unsignedExpGolomb()).toThrow(EndOfBytesError);
});

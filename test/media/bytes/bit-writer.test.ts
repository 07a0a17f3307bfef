import { expect, test } from "bun:test";
import { BitReader } from "#media/bytes/bit-reader.ts";
import { BitWriter } from "#media/bytes/bit-writer.ts";
import { seededRandom } from "#test/support/damage.ts";
import { toHex } from "#test/support/hex.ts";

test("fields are written most significant bit first, across byte boundaries", () => {
  const bits = new BitWriter().flag(true).bits(0b010, 3).bits(0x55, 8).flag(false).bits(0b111, 3);
  expect(toHex(bits.bits(0xff00, 16).take())).toBe("a557ff00");
});

test("a field of 32 bits is unsigned, wherever in a byte it begins", () => {
  expect(toHex(new BitWriter().bits(0xfedcba98, 32).take())).toBe("fedcba98");
  expect(toHex(new BitWriter().bits(0, 1).bits(0xffffffff, 32).take())).toBe("7fffffff80");
});

test("a field of no bits is nothing", () => {
  expect(toHex(new BitWriter().bits(0, 0).bits(0xab, 8).bits(0, 0).take())).toBe("ab");
});

test("the largest value of a field fits, one more is refused and writes nothing", () => {
  const bits = new BitWriter().bits(7, 3);
  expect(() => bits.bits(8, 3)).toThrow("8 does not fit 3 bits");
  expect(() => bits.bits(2 ** 32, 32)).toThrow(RangeError);
  expect(() => bits.bits(-1, 3)).toThrow(RangeError);
  expect(() => bits.bits(0.5, 3)).toThrow(RangeError);
  expect(() => bits.bits(1, 0)).toThrow(RangeError);
  expect(toHex(bits.bits(0, 5).take())).toBe("e0");
});

test("Exp-Golomb codes are those of table 9-2", () => {
  const bits = new BitWriter();
  for (let value = 0; value <= 8; value += 1) bits.unsignedExpGolomb(value);
  expect(toHex(bits.take())).toBe("a64298e20480"); // 1 010 011 00100 00101 00110 00111 0001000 0001001
});

test("signed Exp-Golomb codes alternate in sign", () => {
  const bits = new BitWriter();
  for (const value of [0, 1, -1, 2, -2, 3, -3, 4, -4]) bits.signedExpGolomb(value);
  expect(toHex(bits.take())).toBe("a64298e20480");
});

test("the largest 32-bit Exp-Golomb code is written, what is beyond or below is refused", () => {
  expect(toHex(new BitWriter().unsignedExpGolomb(2 ** 32 - 1).take())).toBe("000000008000000000");
  expect(toHex(new BitWriter().unsignedExpGolomb(2 ** 32 - 2).take())).toBe("00000001fffffffe");
  expect(() => new BitWriter().unsignedExpGolomb(2 ** 32)).toThrow(RangeError);
  expect(() => new BitWriter().unsignedExpGolomb(-1)).toThrow("-1 has no Exp-Golomb code of 32 bits");
});

test("alignment fills a byte with zeros, and a whole one not at all", () => {
  const bits = new BitWriter().alignToByte().bits(1, 1).alignToByte().alignToByte();
  expect(toHex(bits.bits(0x42, 8).take())).toBe("8042");
});

test("taking fills the last byte, and the next bytes are fresh", () => {
  const bits = new BitWriter(1).bits(0xabc, 12);
  expect(toHex(bits.take())).toBe("abc0");
  expect(toHex(bits.take())).toBe("");
  expect(toHex(bits.bits(1, 4).take())).toBe("10");
});

test("what is written is what a reader reads", () => {
  const random = seededRandom(7);
  const fields = Array.from({ length: 2000 }, () => {
    const count = Math.floor(random() * 33);
    return { count, value: Math.floor(random() * 2 ** count) };
  });
  const writer = new BitWriter();
  for (const { value, count } of fields) writer.bits(value, count).unsignedExpGolomb(value % 4_294_967_295);
  for (const { value } of fields) writer.signedExpGolomb((value % 1000) - 500);
  const reader = new BitReader(writer.take());
  for (const { value, count } of fields) {
    expect(reader.bits(count)).toBe(value);
    expect(reader.unsignedExpGolomb()).toBe(value % 4_294_967_295);
  }
  for (const { value } of fields) expect(reader.signedExpGolomb() + 0).toBe((value % 1000) - 500);
  expect(reader.remaining).toBeLessThan(8);
});

import { expect, test } from "bun:test";
import { ByteReader, EndOfBytesError } from "#media/bytes/byte-reader.ts";
import { ByteWriter } from "#media/bytes/byte-writer.ts";

test("a field written is the field read", () => {
  const writer = new ByteWriter(1);
  writer
    .u8(1)
    .u16(0x0203)
    .u24(0x040506)
    .u32(0x0708090a)
    .u32LittleEndian(5)
    .u64(2 ** 40 + 7)
    .f64(1.5);
  const reader = new ByteReader(writer.take());
  expect(reader.u8()).toBe(1);
  expect(reader.u16()).toBe(0x0203);
  expect(reader.u24()).toBe(0x040506);
  expect(reader.u32()).toBe(0x0708090a);
  expect(reader.u32LittleEndian()).toBe(5);
  expect(reader.u64()).toBe(2 ** 40 + 7);
  expect(reader.f64()).toBe(1.5);
  expect(reader.remaining).toBe(0);
});

test("a 24-bit field with its top bit set is negative when read as signed", () => {
  expect(new ByteReader(Uint8Array.of(0xff, 0xff, 0xfe)).i24()).toBe(-2);
});

test("a field that reaches past the end is refused and reads nothing", () => {
  const reader = new ByteReader(Uint8Array.of(1, 2));
  expect(() => reader.u32()).toThrow(EndOfBytesError);
  expect(reader.u16()).toBe(0x0102);
});

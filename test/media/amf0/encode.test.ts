import { expect, test } from "bun:test";
import { decodeAmf0 } from "#media/amf0/decode.ts";
import { encodeAmf0 } from "#media/amf0/encode.ts";
import { Amf0Date, type Amf0Value, EcmaArray } from "#media/amf0/value.ts";
import { hex } from "#test/support/hex.ts";

test("a command is encoded value by value", () => {
  const information = new Map<string, Amf0Value>([["level", "status"]]);
  expect(encodeAmf0(["onStatus", 0, null, information])).toEqual(hex`
    02 0008 6f6e537461747573        // "onStatus"
    00 0000000000000000             // transaction 0
    05                              // no command object
    03                              // information
      0005 6c6576656c               //   level
      02 0006 737461747573          //     "status"
      0000 09                       // end
  `);
});

test("an ECMA array goes with the count of its properties", () => {
  expect(encodeAmf0([new EcmaArray([["a", true]])])).toEqual(hex`08 00000001  0001 61 01 01  0000 09`);
});

test("what was encoded is what is decoded", () => {
  const values: Amf0Value[] = [
    0.1,
    false,
    "é𝄞",
    null,
    undefined,
    [1, ["two"], []],
    new Amf0Date(1304098749440),
    new EcmaArray([["inner", new Map<string, Amf0Value>([["", -1]])]]),
  ];
  expect(decodeAmf0(encodeAmf0(values))).toEqual(values);
});

test("a string is a long string from 65536 bytes of UTF-8 on", () => {
  const short = encodeAmf0(["x".repeat(65_535)]);
  expect(short.subarray(0, 3)).toEqual(hex`02 ffff`);
  const long = encodeAmf0(["é".repeat(32_768)]);
  expect(long.subarray(0, 5)).toEqual(hex`0c 00010000`);
  expect(decodeAmf0(long)).toEqual(["é".repeat(32_768)]);
});

test("a property name of more than 65535 bytes is our own mistake", () => {
  expect(() => encodeAmf0([new Map([["x".repeat(65_536), null]])])).toThrow("65535");
});

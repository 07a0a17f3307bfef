import { expect, test } from "bun:test";
import { rawByteSequence } from "#media/codecs/h264/raw-byte-sequence.ts";
import { hex } from "#test/support/hex.ts";

test("a 3 after two zeros is taken out, wherever it stands", () => {
  expect(rawByteSequence(hex`00 00 03 01 00 00 03 00 00 03`)).toEqual(hex`00 00 01 00 00 00 00`);
});

test("other threes stay", () => {
  expect(rawByteSequence(hex`03 00 03 01 00 00 01 03`)).toEqual(hex`03 00 03 01 00 00 01 03`);
});

test("zeros before a removed byte do not count for the next", () => {
  expect(rawByteSequence(hex`00 00 03 00 03`)).toEqual(hex`00 00 00 03`);
});

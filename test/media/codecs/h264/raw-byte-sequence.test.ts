import { expect, test } from "bun:test";
import { escapedByteSequence, rawByteSequence } from "#media/codecs/h264/raw-byte-sequence.ts";
import { seededRandom } from "#test/support/damage.ts";
import { hex, toHex } from "#test/support/hex.ts";

test("a 3 after two zeros is taken out, wherever it stands", () => {
  expect(rawByteSequence(hex`00 00 03 01 00 00 03 00 00 03`)).toEqual(hex`00 00 01 00 00 00 00`);
});

test("other threes stay", () => {
  expect(rawByteSequence(hex`03 00 03 01 00 00 01 03`)).toEqual(hex`03 00 03 01 00 00 01 03`);
});

test("zeros before a removed byte do not count for the next", () => {
  expect(rawByteSequence(hex`00 00 03 00 03`)).toEqual(hex`00 00 00 03`);
});

test("a 3 is put before what two zeros would make a start code, a 3 that is put in, or two zeros more", () => {
  for (const last of [0, 1, 2, 3])
    expect(escapedByteSequence(Uint8Array.of(5, 0, 0, last, 7))).toEqual(Uint8Array.of(5, 0, 0, 3, last, 7));
  for (const last of [4, 255])
    expect(escapedByteSequence(Uint8Array.of(0, 0, last))).toEqual(Uint8Array.of(0, 0, last));
  expect(escapedByteSequence(hex`00 01 00 02 01 00 03`)).toEqual(hex`00 01 00 02 01 00 03`);
});

test("zeros alone become half as many bytes again, and nothing stays nothing", () => {
  expect(escapedByteSequence(new Uint8Array(7))).toEqual(hex`00 00 03 00 00 03 00 00 03 00`);
  expect(escapedByteSequence(hex``)).toEqual(hex``);
  expect(escapedByteSequence(hex`00 00`)).toEqual(hex`00 00`);
});

test("what is escaped comes back, and has no start code in it", () => {
  const random = seededRandom(4);
  for (let index = 0; index < 2000; index += 1) {
    const raw = Uint8Array.from({ length: Math.floor(random() * 30) }, () => Math.floor(random() * 5));
    const escaped = escapedByteSequence(raw);
    expect(rawByteSequence(escaped)).toEqual(raw);
    expect(toHex(escaped)).not.toMatch(/^(..)*0000(00|01|02)/);
  }
});

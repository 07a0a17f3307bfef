import { describe, expect, test } from "bun:test";
import { BitReader } from "#media/bytes/bit-reader.ts";
import { BitWriter } from "#media/bytes/bit-writer.ts";
import { EndOfBytesError } from "#media/bytes/byte-reader.ts";
import { ParameterSets } from "#media/codecs/h264/parameter-sets.ts";
import { copyBits, copySliceData } from "#media/codecs/h264/slice-data.ts";
import { type PpsFields, pps, sps } from "#test/support/h264-syntax.ts";
import { hex, toHex } from "#test/support/hex.ts";

interface Tail {
  readonly picture: PpsFields;
  readonly qpDelta: number;
  /** disable_deblocking_filter_idc and, if it is not 1, its offsets. */
  readonly deblocking: readonly number[];
  readonly data: string;
}

/** The end of a slice, behind a head of `headBits`: as it is, and as it should be behind a head of another length. */
function tail(headBits: number, { picture, qpDelta, deblocking, data }: Tail): Uint8Array {
  const writer = new BitWriter();
  for (let left = headBits; left > 0; left -= 1) writer.flag(true);
  writer.signedExpGolomb(qpDelta);
  const [disable = 0, ...offsets] = deblocking;
  if (picture.hasDeblockingControl === true) writer.unsignedExpGolomb(disable);
  if (picture.hasDeblockingControl === true) for (const offset of offsets) writer.signedExpGolomb(offset);
  if (picture.isArithmetic === true) writer.alignToByte(1);
  for (const digit of data) writer.flag(digit === "1");
  return writer.flag(true).take();
}

function copied(raw: Uint8Array, fromBits: number, toBits: number, picture: PpsFields): Uint8Array {
  const sets = new ParameterSets();
  sets.take(sps());
  sets.take(pps(picture));
  const bits = new BitReader(raw);
  bits.skip(fromBits);
  const writer = new BitWriter();
  for (let left = toBits; left > 0; left -= 1) writer.flag(true);
  copySliceData(bits, raw, writer, sets.of(0));
  return writer.take();
}

const DEBLOCKINGS = [[1], [0, 1, -1], [2, -6, 6], [0, 0, 0]] as const;

describe.each([true, false])("where arithmetic coding is %p", (isArithmetic) => {
  test("everything is there behind a head of any other length, its alignment included", () => {
    for (const deblocking of DEBLOCKINGS)
      for (const hasDeblockingControl of [true, false])
        for (let from = 8; from < 16; from += 1)
          for (let to = 8; to < 16; to += 1) {
            const picture = { isArithmetic, hasDeblockingControl };
            const parts = { picture, qpDelta: from - to, deblocking, data: "0111011100000000110" };
            expect(toHex(copied(tail(from, parts), from, to, picture))).toBe(toHex(tail(to, parts)));
          }
  });
});

test("codes end with their last bit that is 1, wherever in a byte it is", () => {
  const picture = { isArithmetic: false };
  for (let length = 0; length < 20; length += 1) {
    const parts = { picture, qpDelta: 0, deblocking: [], data: "0".repeat(length) };
    expect(toHex(copied(tail(8, parts), 8, 13, picture))).toBe(toHex(tail(13, parts)));
  }
});

test("zeros behind the end are left out with codes, and stay with arithmetic coding", () => {
  const ended = hex`ff 98 00 00`; // slice_qp_delta 0, two codes, rbsp_stop_one_bit
  for (let zeros = 0; zeros <= 2; zeros += 1)
    expect(copied(ended.subarray(0, 2 + zeros), 8, 8, { isArithmetic: false })).toEqual(hex`ff 98`);
  expect(copied(hex`ff ff 98 00 00`, 8, 8, { isArithmetic: true })).toEqual(hex`ff ff 98 00 00`);
});

test("a slice without any end is refused", () => {
  expect(() => copied(hex`ff`, 8, 8, {})).toThrow(EndOfBytesError);
  expect(() => copied(hex`ff 00 00`, 8, 8, {})).toThrow(EndOfBytesError);
});

test("bits are copied one for one, and no more of them than asked for", () => {
  const bytes = hex`a5 5a c3 3c`;
  for (let count = 0; count <= 29; count += 1) {
    const bits = new BitReader(bytes);
    bits.skip(3);
    const writer = new BitWriter();
    copyBits(bits, writer, count);
    expect(bits.position).toBe(3 + count);
    const copy = new BitReader(writer.take());
    expect(copy.bits(count)).toBe(expectedBits(bytes, 3, count));
  }
});

test("bits are copied however many they are", () => {
  const bytes = hex`a5 5a c3 3c 0f f0 12 34 56 78 9a bc de`;
  const writer = new BitWriter();
  copyBits(new BitReader(bytes), writer, 101);
  expect(writer.take()).toEqual(hex`a5 5a c3 3c 0f f0 12 34 56 78 9a bc d8`);
});

function expectedBits(bytes: Uint8Array, from: number, count: number): number {
  const digits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return Number.parseInt(digits.slice(from, from + count) || "0", 2);
}

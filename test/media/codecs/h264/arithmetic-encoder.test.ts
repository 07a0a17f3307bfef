// What is encoded comes out of a decoder that is written here after ITU-T H.264 §9.3.3.2, with tables of its own.

import { describe, expect, test } from "bun:test";
import { BitReader } from "#media/bytes/bit-reader.ts";
import { BitWriter } from "#media/bytes/bit-writer.ts";
import { ArithmeticEncoder, Context } from "#media/codecs/h264/arithmetic-encoder.ts";
import { seededRandom } from "#test/support/damage.ts";
import { hex, toHex } from "#test/support/hex.ts";

/** rangeTabLPS of table 9-44, a column of qCodIRangeIdx a line. */
const LEAST_RANGES = [
  `128 128 128 123 116 111 105 100 95 90 85 81 77 73 69 66 62 59 56 53 51 48 46 43 41 39 37 35 33 32 30 29
   27 26 24 23 22 21 20 19 18 17 16 15 14 14 13 12 12 11 11 10 10 9 9 8 8 7 7 7 6 6 6 2`,
  `176 167 158 150 142 135 128 122 116 110 104 99 94 89 85 80 76 72 69 65 62 59 56 53 50 48 45 43 41 39 37 35
   33 31 30 28 27 26 24 23 22 21 20 19 18 17 16 15 14 14 13 12 12 11 11 10 9 9 9 8 8 7 7 2`,
  `208 197 187 178 169 160 152 144 137 130 123 117 111 105 100 95 90 86 81 77 73 69 66 63 59 56 54 51 48 46 43 41
   39 37 35 33 32 30 29 27 26 25 23 22 21 20 19 18 17 16 15 15 14 13 12 12 11 11 10 10 9 9 8 2`,
  `240 227 216 205 195 185 175 166 158 150 142 135 128 122 116 110 104 99 94 89 85 80 76 72 69 65 62 59 56 53 50 48
   45 43 41 39 37 35 33 31 30 28 27 25 24 23 22 21 20 19 18 17 16 15 14 14 13 12 12 11 11 10 9 2`,
].map((column) => column.trim().split(/\s+/).map(Number));

/** transIdxLPS of table 9-45. */
const AFTER_LEAST = `0 0 1 2 2 4 4 5 6 7 8 9 9 11 11 12 13 13 15 15 16 16 18 18 19 19 21 21 22 22 23 24
  24 25 26 26 27 27 28 29 29 30 30 30 31 32 32 33 33 33 34 34 35 35 35 36 36 36 37 37 37 38 38 63`
  .trim()
  .split(/\s+/)
  .map(Number);

class Decoder {
  readonly bits: BitReader;
  #range = 510;
  #offset: number;
  /** Each state and quarter of the range that a bin was read with. */
  readonly seen = new Set<string>();

  constructor(bytes: Uint8Array) {
    this.bits = new BitReader(bytes);
    this.#offset = this.bits.bits(9);
  }

  decode(context: { state: number; mostProbable: 0 | 1 }): 0 | 1 {
    const quarter = (this.#range >> 6) & 3;
    const least = LEAST_RANGES[quarter]?.[context.state] ?? Number.NaN;
    const { state, mostProbable } = context;
    this.#range -= least;
    const isLeast = this.#offset >= this.#range;
    this.seen.add(`${state} ${quarter} ${isLeast}`);
    const bin = isLeast ? (mostProbable === 1 ? 0 : 1) : mostProbable;
    if (isLeast) {
      this.#offset -= this.#range;
      this.#range = least;
      if (state === 0) context.mostProbable = bin;
      context.state = AFTER_LEAST[state] ?? Number.NaN;
    } else if (state < 62) context.state += 1;
    this.#renormalise();
    return bin;
  }

  decodeEnd(): boolean {
    this.#range -= 2;
    if (this.#offset >= this.#range) return true;
    this.#renormalise();
    return false;
  }

  #renormalise(): void {
    while (this.#range < 256) {
      this.#range *= 2;
      this.#offset = this.#offset * 2 + this.bits.bits(1);
    }
  }
}

/** m and n of a context that is 0 or 1 with the same probability, 1 first. */
const MOST_PROBABLE_1 = [0, 64] as const;

/** Bins, an end_of_slice_flag behind every so many, come out as they went in; says what the decoder saw. */
function comesBack(
  bins: readonly (0 | 1)[],
  [m, n]: readonly [number, number] = MOST_PROBABLE_1,
  everyBins = 1,
): Decoder {
  const hasEnd = (index: number) => index === bins.length - 1 || index % everyBins === 0;
  const writer = new BitWriter();
  const encoder = new ArithmeticEncoder(writer);
  const context = new Context(m, n, 0);
  const { state, mostProbable } = context;
  for (const [index, bin] of bins.entries()) {
    encoder.encode(context, bin);
    if (hasEnd(index)) encoder.encodeEnd(index === bins.length - 1);
  }
  const bytes = writer.take();
  const decoder = new Decoder(bytes);
  const decoded = { state, mostProbable };
  for (const [index, bin] of bins.entries()) {
    expect(decoder.decode(decoded)).toBe(bin);
    if (hasEnd(index)) expect(decoder.decodeEnd()).toBe(index === bins.length - 1);
  }
  expect(decoded).toEqual({ state: context.state, mostProbable: context.mostProbable });
  // What was read last is rbsp_stop_one_bit.
  const digits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  expect(digits.lastIndexOf("1")).toBe(decoder.bits.position - 1);
  return decoder;
}

describe("what is encoded is decoded", () => {
  test("bins at random, with every probability, through every state and every quarter of the range", () => {
    const random = seededRandom(3);
    const seen = new Set<string>();
    for (let share = 1; share <= 60; share += 1) {
      const bins = Array.from({ length: 1600 }, (): 0 | 1 => (random() < 1 / share ** 1.2 ? 0 : 1));
      for (const place of comesBack(bins, MOST_PROBABLE_1, share % 5 || 1000).seen) seen.add(place);
      const opposite = bins.map((bin): 0 | 1 => (bin === 1 ? 0 : 1));
      for (const place of comesBack(opposite).seen) seen.add(place);
    }
    const missing: string[] = [];
    for (let state = 0; state <= 62; state += 1)
      for (let quarter = 0; quarter < 4; quarter += 1)
        for (const isLeast of [true, false])
          if (!seen.has(`${state} ${quarter} ${isLeast}`)) missing.push(`${state} ${quarter} ${isLeast}`);
    expect(missing).toEqual([]);
  });

  test("one bin after a run of others, however long that is", () => {
    for (let run = 0; run < 200; run += 1)
      for (const last of [0, 1] as const) comesBack([...new Array<1>(run).fill(1), last]);
  });

  test("from every state that a context begins in", () => {
    for (let n = 1; n <= 126; n += 1)
      for (const bin of [0, 1] as const) comesBack([bin, 0, 1, bin, bin, 1, 0, 0], [0, n]);
  });
});

test("the end alone is two bits and rbsp_stop_one_bit, behind the first bit that is never written", () => {
  const writer = new BitWriter();
  new ArithmeticEncoder(writer).encodeEnd(true);
  expect(toHex(writer.take())).toBe("fe80");
});

test("its bits follow what was written before", () => {
  const writer = new BitWriter().bytes(hex`41 9a`);
  const encoder = new ArithmeticEncoder(writer);
  encoder.encodeEnd(false);
  encoder.encodeEnd(true);
  expect(toHex(writer.take()).slice(0, 4)).toBe("419a");
});

describe("a context begins (§9.3.1.1)", () => {
  test.each([
    ["in the middle, less probable", 0, 63, 0, { state: 0, mostProbable: 0 }],
    ["in the middle, more probable", 0, 64, 0, { state: 0, mostProbable: 1 }],
    ["at its least", 0, 1, 0, { state: 62, mostProbable: 0 }],
    ["no lower than that", 0, 0, 0, { state: 62, mostProbable: 0 }],
    ["nor lower", 0, -40, 0, { state: 62, mostProbable: 0 }],
    ["at its most", 0, 126, 0, { state: 62, mostProbable: 1 }],
    ["no higher than that", 0, 127, 0, { state: 62, mostProbable: 1 }],
    ["by its quantiser", 23, 33, 26, { state: 6, mostProbable: 1 }],
    ["by a slope that falls, rounded down", -3, 70, 6, { state: 4, mostProbable: 1 }],
    ["by a quantiser of 0 at least", 16, 64, -5, { state: 0, mostProbable: 1 }],
    ["by one of 1", 16, 64, 1, { state: 1, mostProbable: 1 }],
    ["by one of 51", 16, 64, 51, { state: 51, mostProbable: 1 }],
    ["and of 51 at most", 16, 64, 52, { state: 51, mostProbable: 1 }],
  ] as const)("%s", (_what, m, n, qp, expected) => {
    const { state, mostProbable } = new Context(m, n, qp);
    expect({ state, mostProbable }).toEqual(expected);
  });
});

// What is left of a slice's marking operations, against slices written field by field without the ones that must go.

import { describe, expect, test } from "bun:test";
import { CodecError } from "#media/codecs/codec-error.ts";
import { ParameterSets } from "#media/codecs/h264/parameter-sets.ts";
import { withoutEarlierReferences } from "#media/codecs/h264/reference-marking.ts";
import { damaged } from "#test/support/damage.ts";
import {
  type PpsFields,
  pps,
  type SliceFields,
  type SpsFields,
  slice,
  sps,
  TYPE,
} from "#test/support/h264-syntax.ts";
import { toHex } from "#test/support/hex.ts";

function setsOf(sequence: SpsFields = {}, picture: PpsFields = {}): ParameterSets {
  const sets = new ParameterSets();
  sets.take(sps(sequence));
  sets.take(pps(picture));
  return sets;
}

const DATA = "110010100000000000000000000000001101110010111010101010101001100";

/** Forgets the short-term picture `back` frames (or fields) ago. */
const forget = (back: number) => [1, back - 1];

type Marking = readonly (readonly number[])[] | null;

/** A slice of frame 4, and what becomes of it. */
function left(marking: Marking, fields: SliceFields = {}): string {
  const whole = slice({ frameNum: 4, data: DATA, marking, ...fields });
  return toHex(withoutEarlierReferences(whole, setsOf(fields.sps, fields.pps)));
}

function written(marking: Marking, fields: SliceFields = {}): string {
  return toHex(slice({ frameNum: 4, data: DATA, marking, ...fields }));
}

describe("of the pictures that a frame forgets", () => {
  test.each<[string, Marking, Marking]>([
    ["the IDR picture, number 0, is forgotten", [forget(4)], [forget(4)]],
    ["the one before it is not told of", [forget(5)], null],
    ["only what is before it goes", [forget(3), forget(9), forget(5), forget(1)], [forget(3), forget(1)]],
    ["none is left", [forget(5), forget(6)], null],
  ])("%s", (_what, before, after) => {
    expect(left(before)).toBe(written(after));
  });

  test.each([1, 2, 3, 15])("the number that counts is that of frame %d", (frameNum) => {
    expect(left([forget(frameNum)], { frameNum })).toBe(written([forget(frameNum)], { frameNum }));
    expect(left([forget(frameNum + 1)], { frameNum })).toBe(written(null, { frameNum }));
  });

  test.each(["top", "bottom"] as const)("fields count twice as many, and one more: a %s field", (field) => {
    const fields = { sps: { isFrameOnly: false }, field };
    expect(left([forget(9)], fields)).toBe(written([forget(9)], fields));
    expect(left([forget(10)], fields)).toBe(written(null, fields));
    expect(left([forget(8), forget(10)], fields)).toBe(written([forget(8)], fields));
  });
});

test("operations of other kinds stay, with all that they say", () => {
  const others = [[2, 7], [3, 9, 1], [4, 3], [5], [6, 2]];
  expect(left([forget(7), ...others, forget(8)])).toBe(written(others));
  for (const other of others) expect(left([forget(7), other])).toBe(written([other]));
});

test("each operation has its operands: the ones after it are read as what they are", () => {
  for (const other of [[2, 7], [3, 0, 1], [4, 1], [5], [6, 1]])
    expect(left([other, forget(2), forget(9)])).toBe(written([other, forget(2)]));
});

/** Behind a bit that is 1, it reads like a marking that forgets a picture long before. */
const LIKE_MARKING = `010${"000010101"}1${DATA}`;

describe("nothing is written anew", () => {
  test.each<[string, SliceFields]>([
    ["where nothing is forgotten", { marking: [] }],
    ["where references slide", { marking: null }],
    ["where all are still there", { marking: [forget(2), [2, 30]] }],
    ["of a picture that no other refers to", { refIdc: 0, data: LIKE_MARKING }],
    ["of an IDR picture", { nalType: 5, sliceType: TYPE.I, idrFlags: 2, data: LIKE_MARKING.slice(2) }],
  ])("%s", (_what, fields) => {
    const whole = slice({ frameNum: 4, data: DATA, ...fields });
    expect(withoutEarlierReferences(whole, setsOf())).toBe(whole);
  });
});

const weight = { luma: [3, -4], chroma: [1, 2, -3, 4] } as const;
const lumaWeight = { luma: [3, -4], chroma: null } as const;
const chromaWeight = { luma: null, chroma: [1, 2, -3, 4] } as const;
const noWeight = { luma: null, chroma: null } as const;
const weighted = { hasWeightedPrediction: true };
const grey = { profileIdc: 100, chromaFormatIdc: 0 };

describe("the marking is found behind", () => {
  test.each<[string, SliceFields]>([
    ["nothing, of an I slice", { sliceType: TYPE.I }],
    ["a redundant picture's number", { pps: { hasRedundantPictures: true }, redundantPicCnt: 3 }],
    [
      "a redundant I picture's number",
      { pps: { hasRedundantPictures: true }, redundantPicCnt: 3, sliceType: TYPE.I },
    ],
    ["a number of references of its own", { references: [5] }],
    [
      "a list in another order",
      {
        modifications: [
          [
            [0, 4],
            [1, 0],
            [2, 6],
          ],
        ],
      },
    ],
    ["an order and a number", { references: [3], modifications: [[[0, 11]]] }],
    ["the two lists of a B slice", { sliceType: TYPE.B }],
    ["the same of temporal prediction", { sliceType: TYPE.B, isDirectSpatial: false }],
    ["two numbers of references", { sliceType: TYPE.B, references: [3, 9] }],
    [
      "two orders",
      {
        sliceType: TYPE.B,
        modifications: [
          [[0, 3]],
          [
            [1, 4],
            [0, 2],
          ],
        ],
      },
    ],
    ["an order of the second list only", { sliceType: TYPE.B, modifications: [[], [[1, 4]]] }],
    ["weights", { pps: weighted, weights: [weight] }],
    [
      "weights of one kind or none",
      { pps: { ...weighted, references: 3 }, weights: [lumaWeight, chromaWeight, noWeight] },
    ],
    [
      "as many weights as its own number",
      { pps: { ...weighted, references: 3 }, references: [2], weights: [weight, lumaWeight] },
    ],
    [
      "weights without chroma",
      { sps: grey, pps: { ...weighted, references: 2 }, weights: [lumaWeight, noWeight] },
    ],
    [
      "weights in both directions",
      {
        ...{ sliceType: TYPE.B, weights: [weight, noWeight, chromaWeight] },
        pps: { weightedBipredIdc: 1, references: 1, backwardReferences: 2 },
      },
    ],
    [
      "as many of them as its own numbers",
      {
        ...{ sliceType: TYPE.B, references: [2, 1], weights: [weight, noWeight, chromaWeight] },
        pps: { weightedBipredIdc: 1, references: 3, backwardReferences: 4 },
      },
    ],
    ["no weights, where B slices have implied ones", { sliceType: TYPE.B, pps: { weightedBipredIdc: 2 } }],
    ["no weights, where P slices alone have them", { sliceType: TYPE.B, pps: weighted }],
    ["no weights, where B slices alone have them", { pps: { weightedBipredIdc: 1 } }],
  ])("%s", (_what, fields) => {
    for (const isArithmetic of [false, true]) {
      const all = { ...fields, pps: { ...fields.pps, isArithmetic }, cabacInitIdc: 2, qpDelta: -3 };
      expect(left([forget(6), forget(2)], all)).toBe(written([forget(2)], all));
      expect(left([forget(6)], all)).toBe(written(null, all));
    }
  });
});

test("the marking of SP and SI slices is found, too: they are never of arithmetic coding", () => {
  for (const fields of [
    { sliceType: TYPE.SP },
    { sliceType: TYPE.SP, references: [3] },
    { sliceType: TYPE.SI },
  ])
    expect(left([forget(6), forget(2)], fields)).toBe(written([forget(2)], fields));
  const fields = { sliceType: TYPE.SP, pps: weighted, weights: [weight] };
  expect(left([forget(6)], fields)).toBe(written(null, fields));
});

test("what follows is taken over, of whatever length it and the operations are", () => {
  for (const isArithmetic of [false, true])
    for (const hasDeblockingControl of [false, true])
      for (let back = 5; back < 300; back += 23) {
        const fields = { pps: { isArithmetic, hasDeblockingControl }, alphaOffset: 2, cabacInitIdc: 1 };
        expect(left([forget(back), [4, 1]], fields)).toBe(written([[4, 1]], fields));
      }
});

test("what ends before its marking, or is of unknown sets, is refused", () => {
  const whole = slice({ frameNum: 4, marking: [forget(6)] });
  for (let length = 0; length < 4; length += 1)
    expect(() => withoutEarlierReferences(whole.subarray(0, length), setsOf())).toThrow(CodecError);
  expect(() => withoutEarlierReferences(slice({ pps: { id: 1 } }), setsOf())).toThrow("is not known");
});

test("damage is a codec error or a slice", () => {
  const picture = { weightedBipredIdc: 1, references: 2 };
  const whole = slice({
    ...{
      pps: picture,
      sliceType: TYPE.B,
      weights: [weight, noWeight, weight],
      modifications: [[[0, 3]], [[1, 4]]],
    },
    ...{ frameNum: 4, marking: [forget(6), [3, 1, 1]], data: DATA },
  });
  const sets = setsOf({}, picture);
  for (const bytes of damaged(whole, 5000)) {
    try {
      withoutEarlierReferences(bytes, sets);
    } catch (error) {
      expect(error).toBeInstanceOf(CodecError);
    }
  }
});

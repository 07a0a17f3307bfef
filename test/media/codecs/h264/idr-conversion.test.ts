// What each field of a slice becomes, against slices written field by field with the values they should have then.

import { describe, expect, test } from "bun:test";
import { CodecError } from "#media/codecs/codec-error.ts";
import { idrSlice, renumberedSlice } from "#media/codecs/h264/idr-conversion.ts";
import { ParameterSets } from "#media/codecs/h264/parameter-sets.ts";
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
import { hex, toHex } from "#test/support/hex.ts";

function setsOf(sequence: SpsFields = {}, picture: PpsFields = {}): ParameterSets {
  const sets = new ParameterSets();
  sets.take(sps(sequence));
  sets.take(pps(picture));
  return sets;
}

/** Bits that would show if one were lost: 61 of them, with a start code's zeros among them. */
const DATA = "1100101000000000000000000000000011011100101110101010101010011";

/** The I slice before and the IDR slice after, which differ in nothing else. */
function converted(fields: SliceFields, idrPicId = 3): { is: string; shouldBe: string } {
  const before = slice({ sliceType: TYPE.allI, frameNum: 9, lsb: 10, data: DATA, ...fields });
  const { sps: sequence, pps: picture } = fields;
  const after = slice({
    ...{ data: DATA, ...fields, sliceType: TYPE.I, nalType: 5, idrPicId, frameNum: 0, lsb: 0 },
    idrFlags: 0,
  });
  return { is: toHex(idrSlice(before, setsOf(sequence, picture), idrPicId)), shouldBe: toHex(after) };
}

const deblocking = { hasDeblockingControl: true };
const interlaced = { isFrameOnly: false };

describe("an I slice becomes one of an IDR picture", () => {
  test.each<[string, SliceFields]>([
    ["of a frame", {}],
    ["of all reference idcs", { refIdc: 3 }],
    ["that does not begin its picture", { firstMacroblock: 6 }],
    ["by another parameter set", { pps: { id: 7 } }],
    [
      "with numbers of 16 bits",
      { sps: { log2MaxFrameNum: 16, log2MaxLsb: 16 }, frameNum: 65_535, lsb: 65_534 },
    ],
    [
      "with numbers of different widths",
      { sps: { log2MaxFrameNum: 5, log2MaxLsb: 11 }, frameNum: 31, lsb: 2000 },
    ],
    ["of a frame that could be fields", { sps: interlaced }],
    ["of a top field", { sps: interlaced, field: "top" }],
    ["of a bottom field", { sps: interlaced, field: "bottom" }],
    ["with an order of its bottom field", { pps: { hasBottomFieldOrder: true }, deltaBottom: -3 }],
    [
      "of a field, which has no such order",
      { sps: interlaced, pps: { hasBottomFieldOrder: true }, field: "top" },
    ],
    ["with an order by a cycle", { sps: { pictureOrderType: 1 }, deltas: [5, 0] }],
    [
      "with two orders by a cycle",
      { sps: { pictureOrderType: 1 }, pps: { hasBottomFieldOrder: true }, deltas: [-4, 6] },
    ],
    [
      "of a field with an order by a cycle",
      {
        sps: { pictureOrderType: 1, ...interlaced },
        pps: { hasBottomFieldOrder: true },
        deltas: [-4, 0],
        field: "bottom",
      },
    ],
    ["whose cycle has no differences", { sps: { pictureOrderType: 1, isDeltaAlwaysZero: true } }],
    [
      "whose cycle has no differences, of a bottom field either",
      { sps: { pictureOrderType: 1, isDeltaAlwaysZero: true }, pps: { hasBottomFieldOrder: true } },
    ],
    ["in the order of decoding", { sps: { pictureOrderType: 2 } }],
    [
      "in the order of decoding, with bottom field orders that are not there",
      { sps: { pictureOrderType: 2 }, pps: { hasBottomFieldOrder: true } },
    ],
    ["of a redundant picture", { pps: { hasRedundantPictures: true }, redundantPicCnt: 2 }],
    ["with a step of its quantiser", { qpDelta: -7 }],
    ["without deblocking", { pps: deblocking, disableDeblocking: 1 }],
    ["with deblocking of its own", { pps: deblocking, alphaOffset: 3, betaOffset: -2 }],
    [
      "with deblocking of its own inside of the slice",
      { pps: deblocking, disableDeblocking: 2, alphaOffset: -6, betaOffset: 6 },
    ],
    ["in arithmetic coding", { pps: { isArithmetic: true } }],
    ["in arithmetic coding with deblocking", { pps: { isArithmetic: true, ...deblocking }, alphaOffset: 1 }],
    ["whose data ends on a byte", { data: `${DATA}000` }],
    ["whose data ends with zeros", { data: `${DATA}0000000000000000` }],
    ["of hardly any data", { data: "1" }],
  ])("%s", (_what, fields) => {
    const { is, shouldBe } = converted(fields);
    expect(is).toBe(shouldBe);
  });

  test.each([
    ["an operation of every kind", [[1, 0], [2, 3], [3, 1, 2], [4, 5], [5], [6, 7]]],
    ["no operation", []],
    ["what ends all", [[5]]],
    ["how many long-term ones there are", [[4, 0]]],
    ["one", [[3, 300, 1]]],
  ])("without what it said of references: %s", (_what, marking) => {
    const { is, shouldBe } = converted({ marking });
    expect(is).toBe(shouldBe);
  });

  test("with every number that tells IDR pictures apart", () => {
    for (const idrPicId of [0, 1, 65_535]) {
      const { is, shouldBe } = converted({}, idrPicId);
      expect(is).toBe(shouldBe);
    }
  });

  test("also one that is an IDR picture's already: its flags are gone, its number is another", () => {
    const fields = { nalType: 5, sliceType: TYPE.I, data: DATA };
    for (const idrFlags of [0, 1, 2, 3])
      expect(idrSlice(slice({ ...fields, idrPicId: 8, idrFlags }), setsOf(), 9)).toEqual(
        slice({ ...fields, idrPicId: 9 }),
      );
  });

  test("wherever its data begins within a byte", () => {
    for (let qpDelta = -20; qpDelta <= 20; qpDelta += 1)
      for (const isArithmetic of [true, false]) {
        const { is, shouldBe } = converted({ qpDelta, pps: { isArithmetic } });
        expect(is).toBe(shouldBe);
      }
  });
});

describe("a slice with other numbers", () => {
  test.each([
    [
      "counts from the IDR picture",
      { frameNum: 9, lsb: 12 },
      { frameNum: 5, picOrderCntLsb: 8 },
      { frameNum: 4, lsb: 4 },
    ],
    ["wraps", { frameNum: 1, lsb: 2 }, { frameNum: 15, picOrderCntLsb: 14 }, { frameNum: 2, lsb: 4 }],
    [
      "is that picture itself",
      { frameNum: 9, lsb: 12 },
      { frameNum: 9, picOrderCntLsb: 12 },
      { frameNum: 0, lsb: 0 },
    ],
    [
      "is just before it",
      { frameNum: 9, lsb: 12 },
      { frameNum: 10, picOrderCntLsb: 13 },
      { frameNum: 15, lsb: 15 },
    ],
    [
      "stays as it is",
      { frameNum: 9, lsb: 12 },
      { frameNum: 0, picOrderCntLsb: 0 },
      { frameNum: 9, lsb: 12 },
    ],
  ])("%s", (_what, before, by, after) => {
    const fields = { sliceType: TYPE.P, data: DATA };
    expect(toHex(renumberedSlice(slice({ ...fields, ...before }), setsOf(), by))).toBe(
      toHex(slice({ ...fields, ...after })),
    );
  });

  test("has them at whatever width and place they stand", () => {
    for (const log2MaxFrameNum of [4, 7, 8, 9, 16])
      for (const log2MaxLsb of [4, 8, 13, 16])
        for (const firstMacroblock of [0, 1, 5]) {
          const sequence = { log2MaxFrameNum, log2MaxLsb, ...interlaced };
          const fields = { sps: sequence, field: "bottom", firstMacroblock, data: DATA } as const;
          const [frames, orders] = [2 ** log2MaxFrameNum, 2 ** log2MaxLsb];
          const before = slice({ ...fields, frameNum: 6, lsb: 10 });
          const by = { frameNum: frames - 1, picOrderCntLsb: orders - 2 };
          expect(renumberedSlice(before, setsOf(sequence), by)).toEqual(
            slice({ ...fields, frameNum: 7, lsb: 12 }),
          );
        }
  });

  test("has no picture order to change where the stream counts otherwise", () => {
    const sequence = { pictureOrderType: 2 };
    const before = slice({ sps: sequence, frameNum: 7, data: DATA });
    expect(renumberedSlice(before, setsOf(sequence), { frameNum: 5, picOrderCntLsb: 0 })).toEqual(
      slice({ sps: sequence, frameNum: 2, data: DATA }),
    );
  });

  test("has its escapes where its new bytes need them", () => {
    const sequence = { log2MaxFrameNum: 16, log2MaxLsb: 16 };
    const before = slice({ sps: sequence, frameNum: 0x7fff, lsb: 0x7fff, data: DATA });
    const by = { frameNum: 0x7fff, picOrderCntLsb: 0x7fff };
    const after = slice({ sps: sequence, data: DATA });
    expect(renumberedSlice(before, setsOf(sequence), by)).toEqual(after);
    expect(after.byteLength).toBeGreaterThan(before.byteLength);
  });
});

test("slices that end too soon, or of sets that did not come, are refused", () => {
  const whole = slice({ sliceType: TYPE.allI, marking: [[1, 0]] });
  for (let length = 0; length < 3; length += 1) {
    expect(() => idrSlice(whole.subarray(0, length), setsOf(), 0)).toThrow(CodecError);
    expect(() => renumberedSlice(whole.subarray(0, length), setsOf(), NOTHING)).toThrow(CodecError);
  }
  const stranger = slice({ sliceType: TYPE.allI, pps: { id: 1 } });
  expect(() => idrSlice(stranger, setsOf(), 0)).toThrow("picture parameter set 1 is not known");
  expect(() => renumberedSlice(stranger, setsOf(), NOTHING)).toThrow("picture parameter set 1 is not known");
});

const NOTHING = { frameNum: 0, picOrderCntLsb: 0 };

test("damage is a codec error or a slice", () => {
  const whole = slice({
    sliceType: TYPE.allI,
    marking: [
      [1, 0],
      [3, 1, 2],
    ],
    data: DATA,
    sps: interlaced,
  });
  for (const bytes of damaged(whole, 3000)) {
    onlyThrows(() => idrSlice(bytes, setsOf(interlaced), 1));
    onlyThrows(() => renumberedSlice(bytes, setsOf(interlaced), { frameNum: 3, picOrderCntLsb: 5 }));
  }
  onlyThrows(() => idrSlice(hex``, setsOf(), 1));
});

function onlyThrows(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(CodecError);
  }
}

test("a slice of slice groups, whose head is not read whole, is refused", () => {
  const sets = new ParameterSets();
  sets.take(sps());
  sets.take(pps({ sliceGroups: 2 }));
  expect(() => idrSlice(slice({ sliceType: TYPE.I }), sets, 1)).toThrow("slice groups");
});

import { describe, expect, test } from "bun:test";
import { CodecError } from "#media/codecs/codec-error.ts";
import { ParameterSets } from "#media/codecs/h264/parameter-sets.ts";
import {
  isSamePicture,
  isSecondField,
  parseSliceHeader,
  type SliceHeader,
} from "#media/codecs/h264/slice-header.ts";
import { damaged } from "#test/support/damage.ts";
import { pps, type SliceFields, slice, sps, TYPE } from "#test/support/h264-syntax.ts";
import { hex } from "#test/support/hex.ts";

const PLAIN: SliceHeader = {
  ...{ refIdc: 2, isIdr: false, firstMacroblock: 0, sliceType: "P", pictureParameterSetId: 0, frameNum: 0 },
  ...{ isField: false, isBottomField: false, idrPicId: 0, picOrderCntLsb: 0, deltaPicOrderCntBottom: 0 },
  ...{ deltaPicOrderCnt: [0, 0], frameNumAt: 11, picOrderCntLsbAt: 15 },
};

function parsed(fields: SliceFields): SliceHeader {
  const sets = new ParameterSets();
  sets.take(sps(fields.sps));
  sets.take(pps(fields.pps));
  return parseSliceHeader(slice(fields), sets);
}

const interlaced = { isFrameOnly: false };
const cycle = { pictureOrderType: 1 };
const bottomOrder = { hasBottomFieldOrder: true };

describe("each field is read where it is", () => {
  test.each<[SliceFields, Partial<SliceHeader>]>([
    [{}, {}],
    [{ refIdc: 0 }, { refIdc: 0 }],
    [{ refIdc: 3 }, { refIdc: 3 }],
    [
      { frameNum: 13, lsb: 9 },
      { frameNum: 13, picOrderCntLsb: 9 },
    ],
    [{ firstMacroblock: 7 }, { firstMacroblock: 7, frameNumAt: 17, picOrderCntLsbAt: 21 }],
    [{ pps: { id: 2 } }, { pictureParameterSetId: 2, frameNumAt: 13, picOrderCntLsbAt: 17 }],
    [
      { nalType: 5, sliceType: TYPE.I, idrPicId: 6 },
      { isIdr: true, sliceType: "I", idrPicId: 6, frameNumAt: 13, picOrderCntLsbAt: 22 },
    ],
    [{ nalType: 2 }, {}],
    [{ sps: interlaced }, { picOrderCntLsbAt: 16 }],
    [
      { sps: interlaced, field: "top" },
      { isField: true, picOrderCntLsbAt: 17 },
    ],
    [
      { sps: interlaced, field: "bottom", lsb: 3 },
      { isField: true, isBottomField: true, picOrderCntLsb: 3, picOrderCntLsbAt: 17 },
    ],
    [{ pps: bottomOrder, deltaBottom: -2 }, { deltaPicOrderCntBottom: -2 }],
    [
      { sps: interlaced, pps: bottomOrder, field: "top" },
      { isField: true, picOrderCntLsbAt: 17 },
    ],
    [{ sps: cycle, deltas: [3, 0] }, { deltaPicOrderCnt: [3, 0] }],
    [{ sps: cycle, pps: bottomOrder, deltas: [3, -4] }, { deltaPicOrderCnt: [3, -4] }],
    [{ sps: { ...cycle, isDeltaAlwaysZero: true }, pps: bottomOrder }, {}],
    [{ sps: { pictureOrderType: 2 }, pps: bottomOrder, qpDelta: -9 }, {}],
    [
      { sps: { log2MaxFrameNum: 16, log2MaxLsb: 16 }, frameNum: 65_535, lsb: 65_533 },
      { frameNum: 65_535, picOrderCntLsb: 65_533, picOrderCntLsbAt: 27 },
    ],
    [
      { sps: { profileIdc: 244, chromaFormatIdc: 3, hasSeparatePlanes: true }, frameNum: 5 },
      { frameNum: 5, frameNumAt: 13, picOrderCntLsbAt: 17 },
    ],
  ])("%j", (fields, expected) => {
    expect(parsed(fields)).toEqual({ ...PLAIN, ...expected });
  });

  test.each([
    ...([
      [0, "P"],
      [1, "B"],
      [2, "I"],
      [3, "SP"],
      [4, "SI"],
    ] as const),
    ...([
      [5, "P"],
      [6, "B"],
      [7, "I"],
      [8, "SP"],
      [9, "SI"],
    ] as const),
  ] as const)("slice_type %d is %s", (sliceType, name) => {
    expect(parsed({ sliceType }).sliceType).toBe(name);
  });

  test("the longest head that there is, is read to its end", () => {
    const numbers = { log2MaxFrameNum: 16, log2MaxLsb: 16, ...interlaced };
    const fields = { nalType: 5, idrPicId: 65_535, firstMacroblock: 139_263, deltaBottom: -(2 ** 30) };
    expect(parsed({ ...fields, sps: numbers, pps: { id: 255, ...bottomOrder } })).toMatchObject({
      ...{ idrPicId: 65_535, firstMacroblock: 139_263, deltaPicOrderCntBottom: -(2 ** 30) },
    });
  });

  test("the numbers of a later slice stand where it says", () => {
    const { frameNumAt, picOrderCntLsbAt } = parsed({
      firstMacroblock: 70,
      sps: interlaced,
      field: "top",
      nalType: 5,
      idrPicId: 300,
    });
    expect([frameNumAt, picOrderCntLsbAt]).toEqual([8 + 13 + 1 + 1, 8 + 13 + 1 + 1 + 4 + 2 + 17]);
  });
});

test("slice_type 10, an unknown parameter set and a head cut off are refused", () => {
  expect(() => parsed({ sliceType: 10 })).toThrow("slice_type 10");
  const sets = new ParameterSets();
  sets.take(pps({ spsId: 6 }));
  expect(() => parseSliceHeader(slice(), sets)).toThrow("sequence parameter set 6 is not known");
  expect(() => parseSliceHeader(slice({ pps: { id: 1 } }), sets)).toThrow(
    "picture parameter set 1 is not known",
  );
  sets.take(sps());
  sets.take(pps());
  expect(() => parseSliceHeader(hex`41 e0`, sets)).toThrow(CodecError);
});

test("damage throws a CodecError or nothing", () => {
  const sets = new ParameterSets();
  sets.take(sps(interlaced));
  sets.take(pps(bottomOrder));
  for (const bytes of damaged(slice({ sps: interlaced, pps: bottomOrder, frameNum: 9 }), 3000)) {
    try {
      parseSliceHeader(bytes, sets);
    } catch (error) {
      expect(error).toBeInstanceOf(CodecError);
    }
  }
});

describe("two slices are of one picture", () => {
  test("where nothing of it differs: beginning, type and reference idc may", () => {
    expect(isSamePicture(PLAIN, PLAIN)).toBe(true);
    expect(isSamePicture(PLAIN, { ...PLAIN, firstMacroblock: 9, sliceType: "I", refIdc: 1 })).toBe(true);
    expect(
      isSamePicture({ ...PLAIN, refIdc: 0 }, { ...PLAIN, refIdc: 0, frameNumAt: 3, picOrderCntLsbAt: 9 }),
    ).toBe(true);
  });

  test.each<Partial<SliceHeader>>([
    ...[
      { frameNum: 1 },
      { pictureParameterSetId: 1 },
      { isField: true },
      { isBottomField: true },
      { refIdc: 0 },
    ],
    ...[{ isIdr: true }, { idrPicId: 1 }, { picOrderCntLsb: 1 }, { deltaPicOrderCntBottom: 1 }],
    ...[{ deltaPicOrderCnt: [1, 0] as const }, { deltaPicOrderCnt: [0, 1] as const }],
  ])("but not where that differs: %j", (difference) => {
    expect(isSamePicture(PLAIN, { ...PLAIN, ...difference })).toBe(false);
    expect(isSamePicture({ ...PLAIN, ...difference }, PLAIN)).toBe(false);
  });
});

describe("a second field", () => {
  const first: SliceHeader = { ...PLAIN, isField: true };
  const second: SliceHeader = { ...first, isBottomField: true };

  test.each<[string, SliceHeader, SliceHeader, boolean]>([
    ["is of the other half of the frame", first, second, true],
    ["whichever of them was first", second, first, true],
    ["not of the same", first, first, false],
    ["nor of another frame", first, { ...second, frameNum: 1 }, false],
    ["nor a frame", first, { ...second, isField: false }, false],
    ["nor after a frame", { ...first, isField: false }, second, false],
    ["nor an IDR field", first, { ...second, isIdr: true }, false],
    ["but after an IDR field", { ...first, isIdr: true }, second, true],
    ["may be referred to by none", first, { ...second, refIdc: 0 }, true],
    ["as the first may, with it", { ...first, refIdc: 0 }, { ...second, refIdc: 0 }, true],
    ["but not alone", { ...first, refIdc: 0 }, { ...second, refIdc: 1 }, false],
    ["of whichever idc", { ...first, refIdc: 1 }, { ...second, refIdc: 1 }, true],
  ])("%s", (_what, a, b, expected) => {
    expect(isSecondField(a, b)).toBe(expected);
  });
});

import { describe, expect, test } from "bun:test";
import { CodecError } from "#media/codecs/codec-error.ts";
import { parsePictureParameterSet } from "#media/codecs/h264/picture-parameter-set.ts";
import { damaged } from "#test/support/damage.ts";
import { type PpsFields, pps } from "#test/support/h264-syntax.ts";
import { hex } from "#test/support/hex.ts";

const PLAIN = {
  ...{ id: 0, sequenceParameterSetId: 0, isArithmetic: false, hasBottomFieldOrder: false, sliceGroups: 1 },
  ...{ references: 1, backwardReferences: 1, initialQp: 26, hasWeightedPrediction: false },
  ...{ hasWeightedBiprediction: false, hasDeblockingControl: false, hasRedundantPictures: false },
};

describe("each field is read where it is", () => {
  test.each<[PpsFields, Partial<typeof PLAIN>]>([
    [{}, {}],
    [{ id: 255 }, { id: 255 }],
    [{ spsId: 31 }, { sequenceParameterSetId: 31 }],
    [{ isArithmetic: true }, { isArithmetic: true }],
    [{ hasBottomFieldOrder: true }, { hasBottomFieldOrder: true }],
    [{ references: 16 }, { references: 16 }],
    [{ backwardReferences: 7 }, { backwardReferences: 7 }],
    [{ hasWeightedPrediction: true }, { hasWeightedPrediction: true }],
    [{ weightedBipredIdc: 1 }, { hasWeightedBiprediction: true }],
    [{ weightedBipredIdc: 2 }, {}],
    [{ initialQp: 0 }, { initialQp: 0 }],
    [{ initialQp: 51 }, { initialQp: 51 }],
    [{ hasDeblockingControl: true }, { hasDeblockingControl: true }],
    [{ hasRedundantPictures: true }, { hasRedundantPictures: true }],
  ])("%j", (fields, expected) => {
    expect(parsePictureParameterSet(pps(fields))).toEqual({ ...PLAIN, ...expected });
  });

  test("as x264 writes them: arithmetic coding, three references, weights, deblocking", () => {
    expect(parsePictureParameterSet(hex`68 eb e3 cb 22 c0`)).toEqual({
      ...{ ...PLAIN, isArithmetic: true, references: 3, hasWeightedPrediction: true },
      ...{ hasWeightedBiprediction: false, initialQp: 23, hasDeblockingControl: true },
    });
  });
});

test("of slice groups no more is read than that there are some", () => {
  const fields = { id: 3, spsId: 2, isArithmetic: true, hasBottomFieldOrder: true, sliceGroups: 2 };
  expect(parsePictureParameterSet(pps(fields))).toEqual({
    ...{ ...PLAIN, id: 3, sequenceParameterSetId: 2, isArithmetic: true },
    ...{ hasBottomFieldOrder: true, sliceGroups: 2 },
  });
});

test("an id above 255, another NAL unit and one cut off are refused", () => {
  expect(() => parsePictureParameterSet(pps({ id: 256 }))).toThrow("picture parameter set 256");
  expect(() => parsePictureParameterSet(hex`67 ce 0f c8`)).toThrow("NAL unit type 7");
  const whole = pps({ id: 40, references: 9, initialQp: 10 });
  for (let length = 0; length < whole.byteLength - 1; length += 1)
    expect(() => parsePictureParameterSet(whole.subarray(0, length))).toThrow(CodecError);
});

test("damage throws a CodecError or nothing", () => {
  for (const bytes of damaged(pps({ id: 40, references: 9, hasWeightedPrediction: true }), 3000)) {
    try {
      parsePictureParameterSet(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(CodecError);
    }
  }
});

// A still picture's bytes, against a slice written field by field; what it shows is tested in still-pictures.test.ts.

import { describe, expect, test } from "bun:test";
import { ParameterSets } from "#media/codecs/h264/parameter-sets.ts";
import { stillPicture } from "#media/codecs/h264/still-picture.ts";
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

const PLACE = { pictureParameterSetId: 0, frameNum: 5, picOrderCntLsb: 11, back: 1 };

function still(
  sequence: SpsFields,
  picture: PpsFields,
  place: Partial<typeof PLACE> = {},
): Uint8Array | null {
  const sets = new ParameterSets();
  sets.take(sps(sequence));
  sets.take(pps(picture));
  return stillPicture(sets.of(picture.id ?? 0), {
    ...PLACE,
    pictureParameterSetId: picture.id ?? 0,
    ...place,
  });
}

/** mb_skip_run of all 12 macroblocks. */
const ALL_SKIPPED = "0001101";

function written(fields: SliceFields): Uint8Array {
  const common = {
    refIdc: 0,
    sliceType: TYPE.allP,
    frameNum: 5,
    lsb: 11,
    references: [1],
    disableDeblocking: 1,
  };
  return slice({ ...common, data: ALL_SKIPPED, ...fields });
}

const cycle = { pictureOrderType: 1 };
const noWeight = { luma: null, chroma: null };

describe("all its macroblocks are skipped, in a slice of the stream's kind", () => {
  test.each<[string, SliceFields]>([
    ["as simple as it can be", {}],
    ["of another parameter set", { pps: { id: 9 } }],
    ["with long numbers", { sps: { log2MaxFrameNum: 13, log2MaxLsb: 16 } }],
    [
      "of a frame that could be fields",
      { sps: { isFrameOnly: false, heightInMapUnits: 3 }, data: "000011001" },
    ],
    ["with an order of its bottom field", { pps: { hasBottomFieldOrder: true }, deltaBottom: 0 }],
    ["in the order of decoding", { sps: { pictureOrderType: 2 }, pps: { hasBottomFieldOrder: true } }],
    ["that could be redundant", { pps: { hasRedundantPictures: true } }],
    ["with weights that are none", { pps: { hasWeightedPrediction: true }, weights: [noWeight] }],
    ["of more macroblocks", { sps: { widthInMacroblocks: 10, heightInMapUnits: 10 }, data: "0000001100101" }],
    ["that could be deblocked", { pps: { hasDeblockingControl: true } }],
    [
      "of grey, which has fewer weights",
      {
        sps: { profileIdc: 100, chromaFormatIdc: 0 },
        pps: { hasWeightedPrediction: true },
        weights: [noWeight],
      },
    ],
  ])("%s", (_what, fields) => {
    const is = still(fields.sps ?? {}, fields.pps ?? {});
    expect(toHex(is ?? new Uint8Array())).toBe(toHex(written({ denominators: [0, 0], ...fields })));
  });

  /** FFmpeg decodes such in still-pictures.test.ts. */
  test.each([
    [1, 26, "a680"],
    [12, 26, "043c"],
    [12, 0, "fedaaa16"],
    [12, 51, "8d80"],
    [100, 26, "000654"],
    [101, 26, "00062c"],
  ])(
    "with arithmetic coding, which begins at a byte: %d macroblocks at %d",
    (macroblocks, initialQp, data) => {
      const picture = { isArithmetic: true, initialQp };
      const sequence = { widthInMacroblocks: macroblocks, heightInMapUnits: 1 };
      const head = written({ sps: sequence, pps: picture, data: "" }); // ends with rbsp_stop_one_bit, in a byte of its own
      expect(toHex(still(sequence, picture) ?? new Uint8Array())).toBe(`${toHex(head).slice(0, -2)}${data}`);
    },
  );
});

test("it names the picture that it shows where that is not the last reference picture", () => {
  for (const back of [2, 3, 9])
    expect(still({}, {}, { back })).toEqual(written({ modifications: [[[0, back - 1]]] }));
});

describe("there is none", () => {
  test.each<[string, SpsFields, PpsFields]>([
    ["where nothing is referred to", { maxReferenceFrames: 0 }, {}],
    ["of slice groups", {}, { sliceGroups: 2 }],
    ["of separate colour planes", { profileIdc: 244, chromaFormatIdc: 3, hasSeparatePlanes: true }, {}],
    ["with an order by a cycle", cycle, {}],
  ])("%s", (_what, sequence, picture) => {
    expect(still(sequence, picture)).toBeNull();
  });

  test("but with one reference frame, one slice group and planes together there is", () => {
    expect(still({ maxReferenceFrames: 1 }, { sliceGroups: 1 })).not.toBeNull();
    expect(still({ profileIdc: 244, chromaFormatIdc: 3 }, {})).not.toBeNull();
  });
});

// Parameter sets as x264 wrote them, of pictures whose sizes and rates are known.

import { describe, expect, test } from "bun:test";
import { CodecError } from "#media/codecs/codec-error.ts";
import { parseSequenceParameterSet } from "#media/codecs/h264/sequence-parameter-set.ts";
import { damaged } from "#test/support/damage.ts";
import { type SpsFields, sps } from "#test/support/h264-syntax.ts";
import { hex } from "#test/support/hex.ts";

const fullHd = hex`67 42 c0 28 da 01 e0 08 9f 97 01 10 00 00 3e 90 00 0e a6 00 f1 83 2a`;
const interlacedSd = hex`67 4d 40 1e f4 05 a1 26 c1 04 00 00 03 00 04 00 00 03 00 c8 7c 50 aa 80`;
const oddShape = hex`67 42 c0 1e da 02 d0 f7 af 01 10 00 00 03 00 10 00 00 03 03 c0 f1 62 ea`;
const fourFourFour = hex`67 f4 00 16 91 96 81 50 87 8f 8f c0 44 00 00 03 00 04 00 00 03 01 e0 3c 58 ba 80`;
const tenBitFourTwoTwo = hex`67 7a 00 15 b6 cb 40 a0 fd 80 88 00 00 03 00 08 00 00 03 03 20 78 b1 75`;
const high720 = hex`67 64 00 20 ac b4 02 80 2d d8 08 80 00 00 03 00 80 00 00 32 07 8c 19 50`;

test("1920 × 1080 is cropped from 1088 lines, at 30000/1001 frames a second", () => {
  const sps = parseSequenceParameterSet(fullHd);
  expect(sps).toMatchObject({
    profileIdc: 66,
    constraintFlags: 0xc0,
    levelIdc: 40,
    width: 1920,
    height: 1080,
  });
  expect(sps.sampleAspectRatio).toEqual({ horizontal: 1, vertical: 1 });
  expect(sps.frameRate).toBeCloseTo(29.97, 3);
});

test("an interlaced picture counts its lines in pairs, and its pixels are wide by table E-1", () => {
  const sps = parseSequenceParameterSet(interlacedSd);
  expect(sps).toMatchObject({ width: 720, height: 576, frameRate: 25 });
  expect(sps.sampleAspectRatio).toEqual({ horizontal: 16, vertical: 11 });
});

test("a width that is no multiple of 16 is cropped", () => {
  expect(parseSequenceParameterSet(oddShape)).toMatchObject({ width: 718, height: 480, frameRate: 30 });
});

test("cropping counts whole samples in 4:4:4", () => {
  expect(parseSequenceParameterSet(fourFourFour)).toMatchObject({ width: 322, height: 242, frameRate: 60 });
});

test("cropping counts whole lines in 4:2:2", () => {
  expect(parseSequenceParameterSet(tenBitFourTwoTwo)).toMatchObject({
    width: 320,
    height: 240,
    frameRate: 50,
  });
});

test("the high profile's fields are read over", () => {
  expect(parseSequenceParameterSet(high720)).toMatchObject({
    profileIdc: 100,
    width: 1280,
    height: 720,
    frameRate: 50,
  });
});

/** Fields as bits, packed and closed with the stop bit. */
function spsOfBits(profileIdc: number, bits: string): Uint8Array {
  const whole = `${bits.replaceAll(/\s/g, "")}1`;
  const bytes = (whole.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, "0"), 2));
  return Uint8Array.of(0x67, profileIdc, 0, 30, ...bytes);
}

function ue(value: number): string {
  const code = (value + 1).toString(2);
  return `${"0".repeat(code.length - 1)}${code}`;
}

const size = (widthInMbs: number, heightInMbs: number) => `${ue(widthInMbs - 1)} ${ue(heightInMbs - 1)} 1 1`;

test("scaling lists are read over, also where one ends early or falls back to the list before", () => {
  const shortList = ue(16); // delta_scale -8: the next scale is 0, nothing follows
  const fullList = ue(1).repeat(16);
  const sps = spsOfBits(
    100,
    `${ue(0)} ${ue(1)} ${ue(0)} ${ue(0)} 0
     1 1 ${shortList} 1 ${fullList} 0 0 0 0 0 0
     ${ue(0)} ${ue(2)} ${ue(1)} 0 ${size(40, 30)} 0 0`,
  );
  expect(parseSequenceParameterSet(sps)).toMatchObject({ width: 640, height: 480 });
});

test("picture order of type 1 is read over", () => {
  const sps = spsOfBits(
    66,
    `${ue(0)} ${ue(0)} ${ue(1)} 0 ${ue(3)} ${ue(4)} ${ue(2)} ${ue(5)} ${ue(6)} ${ue(1)} 0 ${size(40, 30)} 0 0`,
  );
  expect(parseSequenceParameterSet(sps)).toMatchObject({
    width: 640,
    height: 480,
    sampleAspectRatio: null,
    frameRate: null,
  });
});

test("an explicit sample aspect ratio is taken, and what is missing of the VUI after it costs nothing", () => {
  const sps = spsOfBits(
    66,
    `${ue(0)} ${ue(0)} ${ue(2)} ${ue(1)} 0 ${size(40, 30)} 0
     1 1 11111111 0000000000000100 0000000000000011`,
  );
  expect(parseSequenceParameterSet(sps)).toMatchObject({
    width: 640,
    sampleAspectRatio: { horizontal: 4, vertical: 3 },
    frameRate: null,
  });
});

test("8192 pixels a side are the most, before cropping and after", () => {
  const ofSize = (width: number, height: number) =>
    spsOfBits(66, `${ue(0)} ${ue(0)} ${ue(2)} ${ue(1)} 0 ${size(width, height)} 0 0`);
  expect(parseSequenceParameterSet(ofSize(512, 512))).toMatchObject({ width: 8192, height: 8192 });
  expect(() => parseSequenceParameterSet(ofSize(513, 30))).toThrow(CodecError);
  expect(() => parseSequenceParameterSet(ofSize(40, 513))).toThrow(CodecError);
  expect(() => parseSequenceParameterSet(ofSize(2 ** 28, 2 ** 28))).toThrow(CodecError);
});

test("cropping a picture away is refused", () => {
  const sps = spsOfBits(
    66,
    `${ue(0)} ${ue(0)} ${ue(2)} ${ue(1)} 0 ${ue(39)} ${ue(29)} 1 1 1 ${ue(320)} ${ue(0)} ${ue(0)} ${ue(0)} 0`,
  );
  expect(() => parseSequenceParameterSet(sps)).toThrow("picture of 0 × 480 cropped from 640 × 480");
});

test("a picture order cycle of more than 255 frames is refused", () => {
  const sps = spsOfBits(66, `${ue(0)} ${ue(0)} ${ue(1)} 0 ${ue(0)} ${ue(0)} ${ue(256)}`);
  expect(() => parseSequenceParameterSet(sps)).toThrow("picture order cycle of 256 frames");
});

describe("what slices are read by", () => {
  test("stands in it, for a set as simple as it can be", () => {
    expect(parseSequenceParameterSet(sps())).toMatchObject({
      ...{ id: 0, log2MaxFrameNum: 4, maxReferenceFrames: 2, isFrameOnly: true, macroblocks: 12 },
      chroma: { chromaFormatIdc: 1, hasSeparatePlanes: false, lumaBits: 8, chromaBits: 8 },
      pictureOrder: { type: 0, log2MaxLsb: 4, isDeltaAlwaysZero: false },
    });
  });

  test.each<[SpsFields, object]>([
    [{ id: 31 }, { id: 31 }],
    [{ log2MaxFrameNum: 16 }, { log2MaxFrameNum: 16 }],
    [{ log2MaxLsb: 16 }, { pictureOrder: { type: 0, log2MaxLsb: 16, isDeltaAlwaysZero: false } }],
    [{ pictureOrderType: 2 }, { pictureOrder: { type: 2, log2MaxLsb: 0, isDeltaAlwaysZero: false } }],
    [{ pictureOrderType: 1 }, { pictureOrder: { type: 1, log2MaxLsb: 0, isDeltaAlwaysZero: false } }],
    [
      { pictureOrderType: 1, isDeltaAlwaysZero: true },
      { pictureOrder: { type: 1, log2MaxLsb: 0, isDeltaAlwaysZero: true } },
    ],
    [{ maxReferenceFrames: 0 }, { maxReferenceFrames: 0 }],
    [
      { isFrameOnly: false, heightInMapUnits: 2 },
      { isFrameOnly: false, macroblocks: 16, height: 64 },
    ],
    [
      { profileIdc: 122, chromaFormatIdc: 2, lumaBits: 10, chromaBits: 9 },
      { chroma: { chromaFormatIdc: 2, hasSeparatePlanes: false, lumaBits: 10, chromaBits: 9 } },
    ],
    [
      { profileIdc: 244, chromaFormatIdc: 3, hasSeparatePlanes: true },
      { chroma: { chromaFormatIdc: 3, hasSeparatePlanes: true, lumaBits: 8, chromaBits: 8 } },
    ],
  ])("%j", (fields, expected) => {
    expect(parseSequenceParameterSet(sps(fields))).toMatchObject(expected);
  });

  test("is refused beyond its limits", () => {
    expect(() => parseSequenceParameterSet(sps({ id: 32 }))).toThrow("sequence parameter set 32");
    expect(() => parseSequenceParameterSet(sps({ log2MaxFrameNum: 17 }))).toThrow(
      "log2_max_frame_num_minus4 13",
    );
    expect(() => parseSequenceParameterSet(sps({ log2MaxLsb: 17 }))).toThrow(
      "log2_max_pic_order_cnt_lsb_minus4 13",
    );
    expect(() => parseSequenceParameterSet(sps({ pictureOrderType: 3 }))).toThrow("pic_order_cnt_type 3");
    expect(() => parseSequenceParameterSet(sps({ profileIdc: 100, chromaFormatIdc: 4 }))).toThrow(
      "chroma_format_idc 4",
    );
  });
});

test("another NAL unit is refused", () => {
  expect(() => parseSequenceParameterSet(hex`68 ce 0f c8`)).toThrow("NAL unit type 8");
});

test("a parameter set cut off before its picture size is refused, later it is not", () => {
  for (let length = 0; length < 9; length += 1) {
    expect(() => parseSequenceParameterSet(fullHd.subarray(0, length))).toThrow(CodecError);
  }
  expect(parseSequenceParameterSet(fullHd.subarray(0, 13))).toMatchObject({ width: 1920, frameRate: null });
});

test("damage throws a CodecError or nothing", () => {
  for (const whole of [fullHd, interlacedSd, fourFourFour, high720]) {
    for (const nalUnit of damaged(whole, 2000)) onlyThrows(() => parseSequenceParameterSet(nalUnit));
  }
});

function onlyThrows(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    expect(error).toBeInstanceOf(CodecError);
  }
}

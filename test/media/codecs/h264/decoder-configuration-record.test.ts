import { expect, test } from "bun:test";
import { CodecError } from "#media/codecs/codec-error.ts";
import { parseAvcDecoderConfigurationRecord } from "#media/codecs/h264/decoder-configuration-record.ts";
import { damaged } from "#test/support/damage.ts";
import { hex } from "#test/support/hex.ts";

/** 1280 × 720 at 50 frames a second, High, level 3.2, from x264. */
const sps = hex`67 64 00 20 ac b4 02 80 2d d8 08 80 00 00 03 00 80 00 00 32 07 8c 19 50`;
const pps = hex`68 ce 0f c8`;

function record(
  fields: { version?: string; lengths?: string; spsCount?: string; ppsCount?: string } = {},
): Uint8Array {
  const { version = "01", lengths = "ff", spsCount = "e1", ppsCount = "01" } = fields;
  return hex`
    ${version}             // configurationVersion
    64 00 20               // profile, compatibility, level
    ${lengths}             // reserved, lengthSizeMinusOne
    ${spsCount} 00 18 ${Buffer.from(sps).toString("hex")}
    ${ppsCount} 00 04 ${Buffer.from(pps).toString("hex")}
  `;
}

test("codec string, length size and picture come out of the record", () => {
  const { codecString, nalUnitLengthSize, sequenceParameterSet } = parseAvcDecoderConfigurationRecord(
    record(),
  );
  expect(codecString).toBe("avc1.640020");
  expect(nalUnitLengthSize).toBe(4);
  expect(sequenceParameterSet).toMatchObject({ width: 1280, height: 720, frameRate: 50 });
});

test("the codec string is lower-case hexadecimal of the parameter set, whatever the record's head says", () => {
  const constrained = hex`01 00 00 00 ff e1 00 17
    67 42 c0 28 da 01 e0 08 9f 97 01 10 00 00 3e 90 00 0e a6 00 f1 83 2a
    01 00 04 68 ce 0f c8`;
  expect(parseAvcDecoderConfigurationRecord(constrained).codecString).toBe("avc1.42c028");
});

test("NAL unit lengths of 1, 2 and 4 bytes exist, of 3 they do not", () => {
  expect(parseAvcDecoderConfigurationRecord(record({ lengths: "fc" })).nalUnitLengthSize).toBe(1);
  expect(parseAvcDecoderConfigurationRecord(record({ lengths: "fd" })).nalUnitLengthSize).toBe(2);
  expect(() => parseAvcDecoderConfigurationRecord(record({ lengths: "fe" }))).toThrow("lengths of 3 bytes");
});

test("the fields a high profile adds at the end are no matter", () => {
  const extended = Uint8Array.of(...record(), 0xfd, 0xf8, 0xf8, 0);
  expect(parseAvcDecoderConfigurationRecord(extended).codecString).toBe("avc1.640020");
});

test("another version is refused", () => {
  expect(() => parseAvcDecoderConfigurationRecord(record({ version: "00" }))).toThrow("version 0");
});

test("a record without a parameter set is refused", () => {
  const empty = hex`01 64 00 20 ff e0 00`;
  expect(() => parseAvcDecoderConfigurationRecord(empty)).toThrow("without a sequence parameter set");
});

test("counts that promise more than is there are refused", () => {
  expect(() => parseAvcDecoderConfigurationRecord(record({ spsCount: "ff" }))).toThrow(CodecError);
  expect(() => parseAvcDecoderConfigurationRecord(record({ ppsCount: "ff" }))).toThrow(CodecError);
});

test("a record cut off anywhere is refused", () => {
  const whole = record();
  for (let length = 0; length < whole.byteLength; length += 1) {
    expect(() => parseAvcDecoderConfigurationRecord(whole.subarray(0, length))).toThrow(CodecError);
  }
});

test("damage throws a CodecError or nothing", () => {
  for (const bytes of damaged(record(), 5000)) {
    try {
      parseAvcDecoderConfigurationRecord(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(CodecError);
    }
  }
});

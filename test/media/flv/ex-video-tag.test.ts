import { expect, test } from "bun:test";
import { ByteReader } from "#media/bytes/byte-reader.ts";
import { FlvError } from "#media/flv/flv-error.ts";
import { readVideoTag } from "#media/flv/video-tag.ts";
import { hex } from "#test/support/hex.ts";

const read = (payload: Uint8Array) => readVideoTag(new ByteReader(payload));

const avc1 = "61 76 63 31";
const hvc1 = "68 76 63 31";

test("H.264 by its FourCC starts with the same record", () => {
  expect(read(hex`90 ${avc1} 01 64 00 20`)).toEqual({
    type: "configuration",
    isKeyFrame: true,
    compositionTimeMs: 0,
    body: hex`01 64 00 20`,
  });
});

test("coded frames have a signed composition time, or the short form none", () => {
  expect(read(hex`a1 ${avc1} ffffd8 aa`)).toMatchObject({
    isKeyFrame: false,
    compositionTimeMs: -40,
    body: hex`aa`,
  });
  expect(read(hex`93 ${avc1} aa bb`)).toMatchObject({
    isKeyFrame: true,
    compositionTimeMs: 0,
    body: hex`aa bb`,
  });
});

test("commands and metadata carry no picture, whatever the frame type of metadata; the end of a sequence is told", () => {
  expect(read(hex`92 ${avc1}`)?.type).toBe("end");
  expect(read(hex`d0 00`)).toBeNull();
  expect(read(hex`d4 ${hvc1} 02`)).toBeNull();
  expect(read(hex`84 ${hvc1} 02`)).toBeNull();
});

test("other codecs are refused by name, and a name that is none is made legible", () => {
  expect(() => read(hex`90 ${hvc1} 01`)).toThrow(new FlvError("video codec hvc1, HEVC"));
  expect(() => read(hex`90 0a 1b 63 31 01`)).toThrow(new FlvError("video codec ??c1, ??c1"));
});

test("packet types not spoken here are refused", () => {
  expect(() => read(hex`96 00 ${avc1} 00`)).toThrow(new FlvError("extended video packet type 6"));
  expect(() => read(hex`97 00`)).toThrow(new FlvError("extended video packet type 7"));
});

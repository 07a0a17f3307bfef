import { describe, expect, test } from "bun:test";
import { encodeAmf0 } from "#media/amf0/encode.ts";
import { type Amf0Value, EcmaArray } from "#media/amf0/value.ts";
import { FlvError } from "#media/flv/flv-error.ts";
import { readStreamMetadata } from "#media/flv/stream-metadata.ts";
import { damaged } from "#test/support/damage.ts";
import { hex } from "#test/support/hex.ts";

const rates: [string, Amf0Value][] = [
  ["width", 1280],
  ["videodatarate", 2500],
  ["audiodatarate", 160],
];

const metadata = (...values: readonly Amf0Value[]) => readStreamMetadata(encodeAmf0(values));

/** The announced picture bitrate where the property is this. */
function videoKbpsOf(value: Amf0Value): number | null | undefined {
  return metadata("onMetaData", new Map([["videodatarate", value]]))?.videoKbps;
}

test("the bitrates are read byte for byte", () => {
  const payload = hex`
    02  00 0a  6f 6e 4d 65 74 61 44 61 74 61                              // "onMetaData"
    08  00 00 00 01                                                       // an ECMA array of one
    00 0d  76 69 64 65 6f 64 61 74 61 72 61 74 65                         // "videodatarate"
    00  40 a3 88 00 00 00 00 00                                           // 2500
    00 00 09                                                              // end
  `;
  expect(readStreamMetadata(payload)).toEqual({ videoKbps: 2500, audioKbps: null });
});

describe("the bitrates are found", () => {
  test("with the order to keep them before, and without", () => {
    for (const before of [["@setDataFrame"], []]) {
      const found = metadata(...before, "onMetaData", new EcmaArray(rates));
      expect(found).toEqual({ videoKbps: 2500, audioKbps: 160 });
    }
  });

  test("in an object as in an ECMA array, whatever number of properties that announces", () => {
    expect(metadata("onMetaData", new Map(rates))).toEqual({ videoKbps: 2500, audioKbps: 160 });
    const payload = encodeAmf0(["onMetaData", new EcmaArray(rates)]);
    payload.set([0xff, 0xff, 0xff, 0xff], 14); // associative-count
    expect(readStreamMetadata(payload)).toEqual({ videoKbps: 2500, audioKbps: 160 });
  });

  test("as null where they are not announced, or as nothing that a bitrate can be", () => {
    expect(metadata("onMetaData", new Map())).toEqual({ videoKbps: null, audioKbps: null });
    for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "2500", null, new Map()]) {
      expect(videoKbpsOf(value)).toBeNull();
    }
    expect(videoKbpsOf(0.5)).toBe(0.5);
  });
});

describe("nothing is said", () => {
  test("by metadata without a value, or with one that has no properties", () => {
    expect(metadata("onMetaData")).toBeNull();
    expect(metadata("onMetaData", null)).toBeNull();
    expect(metadata("@setDataFrame", "onMetaData", null)).toBeNull();
    expect(metadata("@setDataFrame", "onMetaData")).toBeNull();
    expect(metadata("@setDataFrame")).toBeNull();
  });

  test("by another handler", () => {
    expect(metadata("onTextData", new Map(rates))).toBeNull();
    expect(metadata("@setDataFrame", "onFI", new Map(rates))).toBeNull();
    expect(metadata(["onMetaData"], new Map(rates))).toBeNull();
  });

  test("by what is no AMF0 and does not claim to be, such as the four bytes of a timecode", () => {
    expect(readStreamMetadata(new Uint8Array(0))).toBeNull();
    expect(readStreamMetadata(hex`00 00 01 f4`)).toBeNull();
    expect(readStreamMetadata(hex`02 00`)).toBeNull();
    expect(readStreamMetadata(hex`02 00 05 6f 6e`)).toBeNull();
  });
});

test("metadata that is not whole is refused", () => {
  const payload = encodeAmf0(["onMetaData", new EcmaArray(rates)]);
  const read = () => readStreamMetadata(payload.slice(0, -3));
  expect(read).toThrow(FlvError);
  expect(read).toThrow(/^stream metadata: needed 2 more bytes, 0 remain$/);
});

test("damage throws nothing but this folder's error", () => {
  const payload = encodeAmf0(["@setDataFrame", "onMetaData", new EcmaArray(rates)]);
  for (const bytes of damaged(payload, 20_000)) {
    try {
      readStreamMetadata(bytes);
    } catch (error) {
      if (!(error instanceof FlvError)) throw error;
    }
  }
});

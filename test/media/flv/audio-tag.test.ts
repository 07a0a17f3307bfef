import { expect, test } from "bun:test";
import { ByteReader } from "#media/bytes/byte-reader.ts";
import { readAudioTag } from "#media/flv/audio-tag.ts";
import { FlvError } from "#media/flv/flv-error.ts";
import { hex } from "#test/support/hex.ts";

const read = (payload: Uint8Array) => readAudioTag(new ByteReader(payload));

test("a sequence header holds the AudioSpecificConfig, a raw packet a frame", () => {
  expect(read(hex`af 00 12 10`)).toEqual({ type: "configuration", body: hex`12 10` });
  expect(read(hex`af 01 21 00`)).toEqual({ type: "frame", body: hex`21 00` });
});

test("the rate and channel bits of the head say nothing of AAC", () => {
  expect(read(hex`a0 00 12 10`)).toEqual({ type: "configuration", body: hex`12 10` });
});

test("other codecs are refused by name", () => {
  expect(() => read(hex`2f ff fb`)).toThrow(new FlvError("audio codec 2, MP3"));
  expect(() => read(hex`b2 00`)).toThrow(new FlvError("audio codec 11, Speex"));
  expect(() => read(hex`cf 00`)).toThrow(new FlvError("audio codec 12, an unknown codec"));
});

test("an unknown packet type is refused", () => {
  expect(() => read(hex`af 02 00`)).toThrow(new FlvError("AAC packet type 2"));
});

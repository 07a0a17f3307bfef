import { expect, test } from "bun:test";
import { ByteReader } from "#media/bytes/byte-reader.ts";
import { readAudioTag } from "#media/flv/audio-tag.ts";
import { FlvError } from "#media/flv/flv-error.ts";
import { hex } from "#test/support/hex.ts";

const read = (payload: Uint8Array) => readAudioTag(new ByteReader(payload));

const mp4a = "6d 70 34 61";
const opus = "4f 70 75 73";

test("AAC by its FourCC starts with the same config and goes on with the same frames", () => {
  expect(read(hex`90 ${mp4a} 12 10`)).toEqual({ type: "configuration", body: hex`12 10` });
  expect(read(hex`91 ${mp4a} 21 00`)).toEqual({ type: "frame", body: hex`21 00` });
});

test("the end of a sequence and the order of channels carry no sound", () => {
  expect(read(hex`92 ${mp4a}`)).toBeNull();
  expect(read(hex`94 ${mp4a} 01 02 00 00 00 03`)).toBeNull();
});

test("other codecs are refused by name", () => {
  expect(() => read(hex`90 ${opus}`)).toThrow(new FlvError("audio codec Opus, Opus"));
});

test("packet types not spoken here are refused", () => {
  for (const [head, type] of [
    ["93", 3],
    ["95", 5],
    ["97", 7],
  ] as const) {
    expect(() => read(hex`${head} ${mp4a}`)).toThrow(new FlvError(`extended audio packet type ${type}`));
  }
});

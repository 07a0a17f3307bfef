import { expect, test } from "bun:test";
import { avcRecordIn } from "#media/fmp4/avc-record.ts";
import { encodeInitialization } from "#media/fmp4/fmp4-muxer.ts";
import { hex } from "#test/support/hex.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

test("the record of the pictures is found in an initialization, wherever in a buffer that is", () => {
  const initialization = encodeInitialization([videoTrack, audioTrack]);
  const { record } = videoTrack.configuration;
  expect(avcRecordIn(initialization)).toEqual(record);
  const within = new Uint8Array(initialization.byteLength + 20).fill(1);
  within.set(initialization, 7);
  expect(avcRecordIn(within.subarray(7, 7 + initialization.byteLength))).toEqual(record);
});

test("there is none where there are no pictures", () => {
  expect(avcRecordIn(encodeInitialization([audioTrack]))).toBeNull();
  expect(avcRecordIn(new Uint8Array())).toBeNull();
});

test("a record reaches as far as its box says, and one that is cut off is none", () => {
  const box = hex`
    00 00 00 0b  61 76 63 43  // avcC of 11 bytes
    01 42 c0  99
  `;
  expect(avcRecordIn(box)).toEqual(hex`01 42 c0`);
  expect(avcRecordIn(box.subarray(0, 11))).toEqual(hex`01 42 c0`);
  expect(avcRecordIn(box.subarray(0, 10))).toBeNull();
  expect(avcRecordIn(hex`00 00 00 08 61 76 63 43`)).toEqual(new Uint8Array());
});

test("a name without the length before it is no box", () => {
  expect(avcRecordIn(hex`61 76 63 43 01 42 c0`)).toBeNull();
  expect(avcRecordIn(hex`00 00 00 08 61 76 63`)).toBeNull();
});

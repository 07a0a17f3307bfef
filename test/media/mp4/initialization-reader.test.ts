import { expect, test } from "bun:test";
import { Fmp4Error } from "#media/fmp4/fmp4-error.ts";
import { encodeInitialization } from "#media/fmp4/fmp4-muxer.ts";
import { sampleEntry } from "#media/fmp4/sample-entry.ts";
import { readInitialization } from "#media/mp4/initialization-reader.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

const INITIALIZATION = encodeInitialization([videoTrack, audioTrack]);

test("the tracks of an initialization are read back", () => {
  expect(readInitialization(INITIALIZATION)).toEqual([
    {
      trackId: 1,
      kind: "video",
      timescale: 90_000,
      sampleEntry: sampleEntry(videoTrack.configuration),
      width: 640 * 0x10000,
      height: 360 * 0x10000,
    },
    {
      trackId: 2,
      kind: "audio",
      timescale: 48_000,
      sampleEntry: sampleEntry(audioTrack.configuration),
      width: 0,
      height: 0,
    },
  ]);
});

test("one that is cut off anywhere is refused by name", () => {
  for (let length = 0; length < INITIALIZATION.byteLength; length += 1) {
    expect(() => readInitialization(INITIALIZATION.subarray(0, length))).toThrow(Fmp4Error);
  }
});

test("whatever a byte is changed to, nothing else is thrown", () => {
  for (let at = 0; at < INITIALIZATION.byteLength; at += 1) {
    for (const value of [0, 1, 0x7f, 0xff]) {
      const damaged = INITIALIZATION.slice();
      damaged[at] = value;
      try {
        readInitialization(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(Fmp4Error);
      }
    }
  }
});

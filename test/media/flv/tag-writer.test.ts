import { describe, expect, test } from "bun:test";
import { decodeAmf0 } from "#media/amf0/decode.ts";
import { EcmaArray } from "#media/amf0/value.ts";
import { TagDemuxer } from "#media/flv/tag-demuxer.ts";
import { encodeMetadata, encodeSequenceHeader, encodeUnit, timestampMsOf } from "#media/flv/tag-writer.ts";
import type { AccessUnit } from "#media/track/track.ts";
import { hex } from "#test/support/hex.ts";
import { SyntheticEncoder } from "#test/support/synthetic-encoder.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

const AMF0_LIMITS = { maxDepth: 8, maxValues: 64 };

function unit(over: Partial<AccessUnit>): AccessUnit {
  return { trackId: 1, dts: 0, pts: 0, isSync: false, data: hex`00 00 00 01 41`, ...over };
}

test("a sequence header is the record behind the head of its kind", () => {
  expect(encodeSequenceHeader(videoTrack)).toEqual(hex`
    17 00 00 00 00        // key frame, AVC; sequence header; no composition time
    01 42 c0 1e ff e0 00  // AVCDecoderConfigurationRecord
  `);
  expect(encodeSequenceHeader(audioTrack)).toEqual(hex`
    af 00  // AAC; sequence header
    11 90  // AudioSpecificConfig
  `);
});

describe("a unit", () => {
  test("of video says whether it is a key frame, and when it is shown", () => {
    expect(encodeUnit(videoTrack, unit({ isSync: true, dts: 900, pts: 900 }))).toEqual(hex`
      17 01 00 00 00  // key frame, AVC; NAL units; shown as decoded
      00 00 00 01 41
    `);
    expect(encodeUnit(videoTrack, unit({ dts: 900, pts: 900 + 6000 }))).toEqual(hex`
      27 01 00 00 43  // inter frame, AVC; NAL units; 67 ms later
      00 00 00 01 41
    `);
  });

  test("of audio is a raw frame", () => {
    expect(encodeUnit(audioTrack, unit({ trackId: 2, isSync: true, data: hex`21 00` }))).toEqual(hex`
      af 01  // AAC; raw
      21 00
    `);
  });

  test("has its time rounded to milliseconds, and the sum with the composition time as well", () => {
    const frame = unit({ dts: 3003, pts: 9009 });
    expect(timestampMsOf(videoTrack, frame)).toBe(33);
    expect([...encodeUnit(videoTrack, frame).subarray(2, 5)]).toEqual([0, 0, 67]);
    expect(timestampMsOf(audioTrack, unit({ dts: 48_000 * 3600 }))).toBe(3_600_000);
  });
});

describe("metadata", () => {
  test("is an ECMA array with what players do not have to probe for then", () => {
    const [name, members] = decodeAmf0(encodeMetadata([videoTrack, audioTrack]), AMF0_LIMITS);
    expect(name).toBe("onMetaData");
    expect(members).toBeInstanceOf(EcmaArray);
    expect(members instanceof Map ? Object.fromEntries(members) : null).toEqual({
      width: 640,
      height: 360,
      framerate: 30,
      videocodecid: 7,
      audiocodecid: 10,
      audiosamplerate: 48_000,
      audiochannels: 2,
      stereo: true,
    });
  });

  test("promises no track that is not there", () => {
    const membersOf = (tracks: Parameters<typeof encodeMetadata>[0]): string[] => {
      const [, members] = decodeAmf0(encodeMetadata(tracks), AMF0_LIMITS);
      return members instanceof Map ? [...members.keys()] : [];
    };
    expect(membersOf([audioTrack])).toEqual(["audiocodecid", "audiosamplerate", "audiochannels", "stereo"]);
    expect(membersOf([videoTrack])).not.toContain("audiocodecid");
  });
});

test("what the demuxer read is written as it was", () => {
  const encoder = new SyntheticEncoder();
  const demuxer = new TagDemuxer();
  const tracks = encoder.headers().map((header) => {
    const [item] = demuxer.push(header);
    if (item?.type !== "track") throw new Error("no track");
    expect(encodeSequenceHeader(item.track)).toEqual(header.payload);
    return item.track;
  });
  for (const message of encoder.play(1)) {
    const [item] = demuxer.push(message);
    if (item?.type !== "unit") throw new Error("no unit");
    const track = tracks.find(({ id }) => id === item.unit.trackId);
    if (track === undefined) throw new Error("of no track");
    const dts = Math.round((message.timestampMs * track.timescale) / 1000);
    const { trackId, isSync, data } = item.unit;
    const written = encodeUnit(track, { trackId, isSync, data, dts, pts: dts });
    expect(written).toEqual(message.payload);
  }
});

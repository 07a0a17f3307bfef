// Tracks and access units back into the bodies of FLV audio and video tags, for RTMP players.

import { encodeAmf0 } from "#media/amf0/encode.ts";
import { type Amf0Value, EcmaArray } from "#media/amf0/value.ts";
import { ByteWriter } from "#media/bytes/byte-writer.ts";
import type { AccessUnit, AudioConfiguration, Track, VideoConfiguration } from "#media/track/track.ts";

/** FLV E.4.3.1: frame type in the upper four bits, codec 7 (AVC) in the lower. */
const AVC_KEY_FRAME = 0x17;
const AVC_INTER_FRAME = 0x27;
const AVC_SEQUENCE_HEADER = 0;
const AVC_NAL_UNITS = 1;

/** FLV E.4.2.1: sound format 10 (AAC); rate, size and type are fixed for AAC, whatever the stream is. */
const AAC_SOUND = 0xaf;
const AAC_SEQUENCE_HEADER = 0;
const AAC_RAW = 1;

/** How onMetaData numbers codecs. */
const METADATA_CODEC_IDS = { h264: 7, aac: 10 } as const;

/** The body of the sequence header tag that a decoder needs before the track's first unit. */
export function encodeSequenceHeader(track: Track): Uint8Array {
  const { configuration } = track;
  const { record } = configuration;
  switch (configuration.codec) {
    case "aac":
      return new ByteWriter(2 + record.byteLength).u8(AAC_SOUND).u8(AAC_SEQUENCE_HEADER).bytes(record).take();
    case "h264":
      return new ByteWriter(5 + record.byteLength)
        .u8(AVC_KEY_FRAME)
        .u8(AVC_SEQUENCE_HEADER)
        .u24(0) // composition time
        .bytes(record)
        .take();
  }
}

/** The body of the tag that carries one unit of the track; its timestamp is {@link timestampMsOf} the unit. */
export function encodeUnit(track: Track, unit: AccessUnit): Uint8Array {
  const { data } = unit;
  if (track.kind === "audio") {
    return new ByteWriter(2 + data.byteLength).u8(AAC_SOUND).u8(AAC_RAW).bytes(data).take();
  }
  const compositionTimeMs = milliseconds(unit.pts, track) - timestampMsOf(track, unit);
  return new ByteWriter(5 + data.byteLength)
    .u8(unit.isSync ? AVC_KEY_FRAME : AVC_INTER_FRAME)
    .u8(AVC_NAL_UNITS)
    .u24(compositionTimeMs & 0xffffff) // signed
    .bytes(data)
    .take();
}

/** Decoding time in whole milliseconds, not wrapped. */
export function timestampMsOf(track: Track, unit: AccessUnit): number {
  return milliseconds(unit.dts, track);
}

/**
 * The body of an `onMetaData` script tag (FLV E.5), as players know tracks by without probing. A member for a track that
 * is not there would make FFmpeg wait for it, and anything but an ECMA array it does not take for metadata.
 */
export function encodeMetadata(tracks: readonly Track[]): Uint8Array {
  const members = new EcmaArray();
  for (const { kind, configuration } of tracks) {
    if (kind === "video") addVideo(members, configuration);
    else addAudio(members, configuration);
  }
  return encodeAmf0(["onMetaData", members]);
}

function addVideo(members: Map<string, Amf0Value>, configuration: VideoConfiguration): void {
  members.set("width", configuration.width);
  members.set("height", configuration.height);
  if (configuration.frameRate !== null) members.set("framerate", configuration.frameRate);
  members.set("videocodecid", METADATA_CODEC_IDS[configuration.codec]);
}

function addAudio(members: Map<string, Amf0Value>, configuration: AudioConfiguration): void {
  members.set("audiocodecid", METADATA_CODEC_IDS[configuration.codec]);
  members.set("audiosamplerate", configuration.sampleRate);
  members.set("audiochannels", configuration.channels);
  members.set("stereo", configuration.channels > 1);
}

function milliseconds(ticks: number, { timescale }: Track): number {
  return Math.round((ticks * 1000) / timescale);
}

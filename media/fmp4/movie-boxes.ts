// The boxes of an initialization: which tracks there are and how to decode them, and no samples.

import type { Track } from "#media/track/track.ts";
import { ascii, box, fullBox, u16, u32, zeros } from "./box.ts";
import { sampleEntry } from "./sample-entry.ts";
import { usualSampleFlags } from "./sample-flags.ts";

/** `tkhd` flags: track_enabled, track_in_movie. */
export const ENABLED_IN_MOVIE = 0x000003;
/** `url ` flags: the media is in this file. */
const SELF_CONTAINED = 0x000001;
/** `vmhd` flags: always 1. */
const NO_LEAN_AHEAD = 0x000001;
/** Ticks a second of the movie header; nothing is timed by it, since every duration in it is 0. */
const MOVIE_TIMESCALE = 1000;
/** ISO 639-2/T `und`, 5 bits a letter. */
export const UNDETERMINED_LANGUAGE = 0x55c4;
/** The identity transformation, fixed point. */
export const UNITY_MATRIX = [0x00010000, 0, 0, 0, 0x00010000, 0, 0, 0, 0x40000000];

/** File type (ISO/IEC 14496-12 §4.3): `iso6` for tfdt in fragments, the CMAF brands of ISO/IEC 23000-19 §7.2, Apple's `hlsf`. */
export function ftyp(): Uint8Array {
  return box("ftyp", [
    ascii("iso6"), // major_brand
    u32(0), // minor_version
    ascii("iso6"), // compatible_brands
    ascii("cmfc"),
    ascii("cmf2"),
    ascii("hlsf"),
  ]);
}

/** Movie (§8.2.1). The first track's track_ID is 1, the next one's 2, and so on. */
export function moov(tracks: readonly Track[]): Uint8Array {
  return box("moov", [
    mvhd(tracks.length + 1),
    ...tracks.map((track, index) => trak(index + 1, track)),
    box(
      "mvex",
      tracks.map((track, index) => trex(index + 1, track)),
    ),
  ]);
}

/** Movie header (§8.2.2). */
function mvhd(nextTrackId: number): Uint8Array {
  return fullBox("mvhd", 0, 0, [
    u32(0), // creation_time
    u32(0), // modification_time
    u32(MOVIE_TIMESCALE), // timescale
    u32(0), // duration
    u32(0x00010000), // rate
    u16(0x0100), // volume
    zeros(10), // reserved
    ...UNITY_MATRIX.map(u32), // matrix
    zeros(24), // pre_defined
    u32(nextTrackId), // next_track_ID
  ]);
}

function trak(trackId: number, track: Track): Uint8Array {
  return box("trak", [
    tkhd(trackId, track),
    box("mdia", [
      mdhd(track),
      hdlr(track),
      box("minf", [
        track.kind === "video" ? vmhd() : smhd(),
        box("dinf", [dref()]),
        box("stbl", [stsd(track), emptyTable("stts"), emptyTable("stsc"), stsz(), emptyTable("stco")]),
      ]),
    ]),
  ]);
}

/** Track header (§8.3.2). */
function tkhd(trackId: number, track: Track): Uint8Array {
  const size = displaySize(track);
  return fullBox("tkhd", 0, ENABLED_IN_MOVIE, [
    u32(0), // creation_time
    u32(0), // modification_time
    u32(trackId), // track_ID
    u32(0), // reserved
    u32(0), // duration
    zeros(8), // reserved
    u16(0), // layer
    u16(track.kind === "audio" ? 1 : 0), // alternate_group
    u16(track.kind === "audio" ? 0x0100 : 0), // volume
    u16(0), // reserved
    ...UNITY_MATRIX.map(u32), // matrix
    u32(size.width * 0x10000), // width, 16.16
    u32(size.height * 0x10000), // height, 16.16
  ]);
}

/** Media header (§8.4.2). */
function mdhd(track: Track): Uint8Array {
  return fullBox("mdhd", 0, 0, [
    u32(0), // creation_time
    u32(0), // modification_time
    u32(track.timescale), // timescale
    u32(0), // duration
    u16(UNDETERMINED_LANGUAGE), // language
    u16(0), // pre_defined
  ]);
}

/** Handler reference (§8.4.3). */
export function hdlr(track: Pick<Track, "kind">): Uint8Array {
  return fullBox("hdlr", 0, 0, [
    u32(0), // pre_defined
    ascii(track.kind === "video" ? "vide" : "soun"), // handler_type
    zeros(12), // reserved
    ascii(track.kind === "video" ? "Video\0" : "Audio\0"), // name
  ]);
}

/** Video media header (§12.1.2). */
export function vmhd(): Uint8Array {
  return fullBox("vmhd", 0, NO_LEAN_AHEAD, [
    u16(0), // graphicsmode: copy
    zeros(6), // opcolor
  ]);
}

/** Sound media header (§12.2.2). */
export function smhd(): Uint8Array {
  return fullBox("smhd", 0, 0, [
    u16(0), // balance: centre
    u16(0), // reserved
  ]);
}

/** Data reference (§8.7.2). */
export function dref(): Uint8Array {
  return fullBox("dref", 0, 0, [
    u32(1), // entry_count
    fullBox("url ", 0, SELF_CONTAINED, []),
  ]);
}

/** Sample descriptions (§8.5.2). */
function stsd(track: Track): Uint8Array {
  return fullBox("stsd", 0, 0, [
    u32(1), // entry_count
    sampleEntry(track.configuration),
  ]);
}

/** `stts`, `stsc` and `stco`: the samples are in the fragments. */
function emptyTable(type: string): Uint8Array {
  return fullBox(type, 0, 0, [
    u32(0), // entry_count
  ]);
}

/** Sample sizes (§8.7.3.2). */
function stsz(): Uint8Array {
  return fullBox("stsz", 0, 0, [
    u32(0), // sample_size
    u32(0), // sample_count
  ]);
}

/** Track extends (§8.8.3). */
function trex(trackId: number, track: Track): Uint8Array {
  return fullBox("trex", 0, 0, [
    u32(trackId), // track_ID
    u32(1), // default_sample_description_index
    u32(0), // default_sample_duration
    u32(0), // default_sample_size
    u32(usualSampleFlags(track.kind)), // default_sample_flags
  ]);
}

/** Pixels as they are meant to be seen: the width is scaled by the sample aspect ratio (§8.3.2.1). */
function displaySize({ kind, configuration }: Track): { width: number; height: number } {
  if (kind === "audio") return { width: 0, height: 0 };
  const { width, height, sampleAspectRatio: ratio } = configuration;
  if (ratio === null) return { width, height };
  return { width: Math.round((width * ratio.horizontal) / ratio.vertical), height };
}

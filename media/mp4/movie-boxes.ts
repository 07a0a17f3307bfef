// The boxes before a movie's media (ISO/IEC 14496-12): which tracks it has, and where in the media each sample is.

import { concat } from "#media/bytes/concat.ts";
import { ascii, BOX_HEADER_LENGTH, fullBox, u16, u32, zeros } from "#media/fmp4/box.ts";
import {
  dref,
  ENABLED_IN_MOVIE,
  hdlr,
  smhd,
  UNDETERMINED_LANGUAGE,
  UNITY_MATRIX,
  vmhd,
} from "#media/fmp4/movie-boxes.ts";
import type { MovieTrack } from "./movie-track.ts";
import type { SampleTable } from "./sample-table.ts";

/** What comes next: bytes, or all that was stored of a table. */
export type MoviePart = Uint8Array | StoredTable;

export interface StoredTable {
  readonly table: SampleTable;
  /** Null for one that is as it was stored; else what {@link chunkOffsets} makes of it. */
  readonly chunks: ChunkPlaces | null;
}

/** Where the chunks of the file of fragments are in the movie. */
export interface ChunkPlaces {
  /** Added to each offset, bytes. */
  readonly shift: number;
  /** 64 bits each, as `co64`; else 32, as `stco`. */
  readonly isLong: boolean;
}

/** Ticks a second of the movie's and the edits' durations: those of almost every track of pictures. */
const MOVIE_TIMESCALE = 90_000;

/** `media_time` of an edit in which nothing is shown: -1. */
const EMPTY_EDIT = new Uint8Array(8).fill(0xff);

/** Beyond it lengths and offsets take 64 bits. */
const MAX_32_BITS = 2 ** 32 - 1;

/** `ftyp`, `moov` and the header of the `mdat` whose payload is `stretch` of the file of fragments. */
export function movieBoxes(
  tracks: readonly MovieTrack[],
  stretch: { readonly offset: number; readonly byteLength: number },
): readonly MoviePart[] {
  const beforeMedia = (chunks: ChunkPlaces): MoviePart[] => [
    ...ftyp(),
    ...moov(tracks, chunks),
    mdatHeader(stretch.byteLength),
  ];
  // How long it is does not depend on where the chunks are, but on how many bits say so.
  const longest = lengthOf(beforeMedia({ shift: 0, isLong: true }));
  const isLong = longest + stretch.byteLength > MAX_32_BITS;
  const byteLength = lengthOf(beforeMedia({ shift: 0, isLong }));
  return beforeMedia({ shift: byteLength - stretch.offset, isLong });
}

/** Stored chunk offsets, 64 bits each, as the movie has them. */
export function chunkOffsets(stored: Uint8Array, { shift, isLong }: ChunkPlaces): Uint8Array {
  const from = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  const count = stored.byteLength / LONG_BYTES;
  const to = new DataView(new ArrayBuffer(count * (isLong ? LONG_BYTES : SHORT_BYTES)));
  for (let index = 0; index < count; index += 1) {
    const at = index * LONG_BYTES;
    const offset = from.getUint32(at) * 2 ** 32 + from.getUint32(at + 4) + shift;
    if (isLong) {
      to.setUint32(at, Math.floor(offset / 2 ** 32));
      to.setUint32(at + 4, offset % 2 ** 32);
    } else {
      to.setUint32(index * SHORT_BYTES, offset);
    }
  }
  return new Uint8Array(to.buffer);
}

const LONG_BYTES = 8;
const SHORT_BYTES = 4;

/** File type (§4.3): what every player of the format knows. */
function ftyp(): MoviePart[] {
  return box("ftyp", [
    ascii("isom"), // major_brand
    u32(0x200), // minor_version
    ascii("isom"), // compatible_brands
    ascii("iso2"),
    ascii("avc1"),
    ascii("mp41"),
  ]);
}

/** Media data (§8.1.1), up to its payload. */
function mdatHeader(byteLength: number): Uint8Array {
  const length = BOX_HEADER_LENGTH + byteLength;
  return length > MAX_32_BITS
    ? concat([u32(1), ascii("mdat"), u64(length + 8)])
    : concat([u32(length), ascii("mdat")]);
}

/** Movie (§8.2.1). */
function moov(tracks: readonly MovieTrack[], chunks: ChunkPlaces): MoviePart[] {
  const shownFrom = Math.min(...tracks.map(({ shownFromSeconds }) => shownFromSeconds));
  const edited = tracks.map((track) => ({ track, edits: editsOf(track, shownFrom) }));
  const durations = edited.map(({ edits }) => edits.duration);
  return box("moov", [
    mvhd(Math.max(...durations), tracks.length + 1),
    ...edited.flatMap(({ track, edits }, index) => trak(index + 1, track, edits, chunks)),
  ]);
}

/** When a track is shown, ticks of the movie. */
interface Edits {
  /** How much later than the other one it begins. */
  readonly delay: number;
  readonly shown: number;
  /** Both together. */
  readonly duration: number;
  /** Where in the track's own time it begins, ticks of the track. */
  readonly mediaTime: number;
}

function editsOf(track: MovieTrack, shownFromSeconds: number): Edits {
  const delay = Math.round((track.shownFromSeconds - shownFromSeconds) * MOVIE_TIMESCALE);
  const shown = Math.round((track.shownTicks * MOVIE_TIMESCALE) / track.timescale);
  return { delay, shown, duration: delay + shown, mediaTime: track.firstCompositionOffset };
}

/** Movie header (§8.2.2). */
function mvhd(duration: number, nextTrackId: number): Uint8Array {
  return fullBox("mvhd", 1, 0, [
    u64(0), // creation_time
    u64(0), // modification_time
    u32(MOVIE_TIMESCALE), // timescale
    u64(duration), // duration
    u32(0x00010000), // rate
    u16(0x0100), // volume
    zeros(10), // reserved
    ...UNITY_MATRIX.map(u32), // matrix
    zeros(24), // pre_defined
    u32(nextTrackId), // next_track_ID
  ]);
}

function trak(trackId: number, track: MovieTrack, edits: Edits, chunks: ChunkPlaces): MoviePart[] {
  return box("trak", [
    tkhd(trackId, track, edits.duration),
    ...box("edts", [elst(edits)]),
    ...box("mdia", [
      mdhd(track),
      hdlr(track),
      ...box("minf", [
        track.kind === "video" ? vmhd() : smhd(),
        ...box("dinf", [dref()]),
        ...box("stbl", sampleTables(track, chunks)),
      ]),
    ]),
  ]);
}

/** Track header (§8.3.2). */
function tkhd(trackId: number, { kind, width, height }: MovieTrack, duration: number): Uint8Array {
  return fullBox("tkhd", 1, ENABLED_IN_MOVIE, [
    u64(0), // creation_time
    u64(0), // modification_time
    u32(trackId), // track_ID
    u32(0), // reserved
    u64(duration), // duration
    zeros(8), // reserved
    u16(0), // layer
    u16(kind === "audio" ? 1 : 0), // alternate_group
    u16(kind === "audio" ? 0x0100 : 0), // volume
    u16(0), // reserved
    ...UNITY_MATRIX.map(u32), // matrix
    u32(width), // width, 16.16
    u32(height), // height, 16.16
  ]);
}

/** Edit list (§8.6.6). */
function elst({ delay, shown, mediaTime }: Edits): Uint8Array {
  const edits = [
    ...(delay > 0 ? [{ duration: delay, time: EMPTY_EDIT }] : []),
    { duration: shown, time: u64(mediaTime) },
  ];
  return fullBox("elst", 1, 0, [
    u32(edits.length), // entry_count
    ...edits.flatMap((edit) => [
      u64(edit.duration), // segment_duration
      edit.time, // media_time
      u32(0x00010000), // media_rate
    ]),
  ]);
}

/** Media header (§8.4.2). */
function mdhd({ timescale, durationTicks }: MovieTrack): Uint8Array {
  return fullBox("mdhd", 1, 0, [
    u64(0), // creation_time
    u64(0), // modification_time
    u32(timescale), // timescale
    u64(durationTicks), // duration
    u16(UNDETERMINED_LANGUAGE), // language
    u16(0), // pre_defined
  ]);
}

/** The tables of the sample table box (§8.5.1). */
function sampleTables(track: MovieTrack, chunks: ChunkPlaces): MoviePart[] {
  const { stts, ctts, stss, stsz, stsc, chunkOffsets: offsets } = track.tables;
  return [
    fullBox("stsd", 0, 0, [u32(track.descriptions.length), ...track.descriptions]),
    ...tableBox("stts", stts),
    ...(track.hasCompositionOffsets ? tableBox("ctts", ctts) : []),
    ...(track.hasDependentSamples ? tableBox("stss", stss) : []),
    ...tableBox("stsz", stsz, [u32(0)]), // sample_size: each its own
    ...tableBox("stsc", stsc),
    ...offsetBox(offsets, chunks),
  ];
}

/** A table with its entry_count before it, and `fields` before that. */
function tableBox(type: string, table: SampleTable, fields: readonly Uint8Array[] = []): MoviePart[] {
  return box(type, [zeros(4), ...fields, u32(table.entryCount), { table, chunks: null }]);
}

function offsetBox(table: SampleTable, chunks: ChunkPlaces): MoviePart[] {
  return box(chunks.isLong ? "co64" : "stco", [zeros(4), u32(table.entryCount), { table, chunks }]);
}

function box(type: string, fields: readonly MoviePart[]): MoviePart[] {
  return [concat([u32(BOX_HEADER_LENGTH + lengthOf(fields)), ascii(type)]), ...fields];
}

function lengthOf(parts: readonly MoviePart[]): number {
  let length = 0;
  for (const part of parts) length += part instanceof Uint8Array ? part.byteLength : storedLength(part);
  return length;
}

function storedLength({ table, chunks }: StoredTable): number {
  if (chunks === null) return table.byteLength;
  return table.entryCount * (chunks.isLong ? LONG_BYTES : SHORT_BYTES);
}

function u64(value: number): Uint8Array {
  return concat([u32(Math.floor(value / 2 ** 32)), u32(value % 2 ** 32)]);
}

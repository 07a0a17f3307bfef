// The file that keeps the head of a recording's download: the head itself, and behind it what says that it is whole, and of
// which stretch of the recording it is.

import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { ByteReader } from "#media/bytes/byte-reader.ts";
import { PARAMETER_SET_PLACE_BYTES } from "#media/mp4/movie-track.ts";
import { unlessMissing } from "#server/common/failure.ts";
import { Overlays } from "./overlays.ts";

/** A stretch of a file of fragments, bytes. */
export interface MovieStretch {
  readonly offset: number;
  readonly byteLength: number;
}

/** What such a file says of itself. */
interface Trailer {
  /** What follows the head in the movie. */
  readonly stretch: MovieStretch;
  /** Of the head. */
  readonly byteLength: number;
  /** Bytes behind the head: where parameter sets go over the stretch, and then the sets. */
  readonly placesLength: number;
  readonly setsLength: number;
  /** CRC-32 of all of it. */
  readonly checksum: number;
}

/** What such a file holds. */
export interface MovieHeader extends Pick<Trailer, "stretch" | "byteLength" | "checksum"> {
  /** What goes over the stretch; null for nothing. */
  readonly overlays: Overlays | null;
}

/** Rises with every change of what is written: a file of another version is made anew. */
const VERSION = 1;

/** "TMVH" */
const MAGIC = 0x544d5648;

const TRAILER_BYTES = 56;

/** Read between two turns of the event loop. */
const READ_BYTES = 256 * 1024;

export function encodeTrailer(trailer: Trailer): Uint8Array {
  const bytes = new Uint8Array(TRAILER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, VERSION);
  view.setBigUint64(8, BigInt(trailer.byteLength));
  view.setBigUint64(16, BigInt(trailer.stretch.offset));
  view.setBigUint64(24, BigInt(trailer.stretch.byteLength));
  view.setBigUint64(32, BigInt(trailer.placesLength));
  view.setBigUint64(40, BigInt(trailer.setsLength));
  view.setUint32(48, trailer.checksum);
  view.setUint32(52, crc32(bytes.subarray(0, TRAILER_BYTES - 4)));
  return bytes;
}

/** Each with its length before it. */
export function encodeSets(sets: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    sets.flatMap((set) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(set.byteLength);
      return [length, set];
    }),
  );
}

/** Null where there is none, or it is damaged, of another version or of another stretch: it is to be made anew. */
export async function readMovieHeader(path: string, stretch: MovieStretch): Promise<MovieHeader | null> {
  const file = await unlessMissing(open(path, "r"));
  if (file === null) return null;
  try {
    return await readFrom(file, stretch);
  } finally {
    await file.close();
  }
}

async function readFrom(file: FileHandle, stretch: MovieStretch): Promise<MovieHeader | null> {
  const end = (await file.stat()).size - TRAILER_BYTES;
  const trailer = end < 0 ? null : parseTrailer(await readAt(file, end, TRAILER_BYTES));
  if (trailer === null) return null;
  const { byteLength, placesLength, setsLength, checksum } = trailer;
  const isOfStretch =
    trailer.stretch.offset === stretch.offset && trailer.stretch.byteLength === stretch.byteLength;
  if (!isOfStretch || byteLength + placesLength + setsLength !== end) return null;
  if ((await checksumOf(file, end)) !== checksum) return null;
  const places = await readAt(file, byteLength, placesLength);
  const sets = await readAt(file, byteLength + placesLength, setsLength);
  const overlays = placesLength === 0 ? null : overlaysOf(places, setsIn(sets));
  return { stretch, byteLength, checksum, overlays };
}

async function checksumOf(file: FileHandle, end: number): Promise<number> {
  const buffer = new Uint8Array(READ_BYTES);
  let checksum = 0;
  for (let at = 0; at < end; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(READ_BYTES, end - at), at);
    if (bytesRead === 0) return checksum;
    checksum = crc32(buffer.subarray(0, bytesRead), checksum);
    at += bytesRead;
  }
  return checksum;
}

async function readAt(file: FileHandle, offset: number, byteLength: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(byteLength);
  if (byteLength === 0) return bytes;
  const { bytesRead } = await file.read(bytes, 0, byteLength, offset);
  return bytes.subarray(0, bytesRead);
}

function parseTrailer(bytes: Uint8Array): Trailer | null {
  if (bytes.byteLength < TRAILER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const isWhole = view.getUint32(52) === crc32(bytes.subarray(0, TRAILER_BYTES - 4));
  if (!isWhole || view.getUint32(0) !== MAGIC || view.getUint32(4) !== VERSION) return null;
  return {
    byteLength: Number(view.getBigUint64(8)),
    stretch: { offset: Number(view.getBigUint64(16)), byteLength: Number(view.getBigUint64(24)) },
    placesLength: Number(view.getBigUint64(32)),
    setsLength: Number(view.getBigUint64(40)),
    checksum: view.getUint32(48),
  };
}

function setsIn(bytes: Uint8Array): Uint8Array[] {
  const reader = new ByteReader(bytes);
  const sets: Uint8Array[] = [];
  while (reader.remaining > 0) sets.push(reader.view(reader.u32()));
  return sets;
}

function overlaysOf(places: Uint8Array, sets: readonly Uint8Array[]): Overlays {
  const reader = new ByteReader(places);
  const count = places.byteLength / PARAMETER_SET_PLACE_BYTES;
  const offsets = new Float64Array(count);
  const which = new Uint8Array(count);
  for (let index = 0; index < count; index += 1) {
    offsets[index] = reader.u64();
    which[index] = reader.u32();
  }
  return new Overlays(offsets, which, sets);
}

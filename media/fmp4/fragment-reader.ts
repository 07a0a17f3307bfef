// Movie fragments back to what they hold: for each track, when its samples are decoded and where their bytes lie.

import { ByteReader, EndOfBytesError } from "#media/bytes/byte-reader.ts";
import { BOX_HEADER_LENGTH } from "./box.ts";
import { readBoxes, readType } from "./box-reader.ts";
import { Fmp4Error } from "./fmp4-error.ts";
import { isSyncSample } from "./sample-flags.ts";

/** One `moof` and the `mdat` behind it. */
export interface Fragment {
  readonly sequenceNumber: number;
  /** Bytes of both boxes. */
  readonly byteLength: number;
  readonly runs: readonly FragmentRun[];
}

/** One track's samples in a fragment. */
export interface FragmentRun {
  readonly trackId: number;
  /** Decoding time of the first sample, ticks of the track. */
  readonly baseMediaDecodeTime: number;
  /** All samples together, ticks of the track. */
  readonly durationTicks: number;
  readonly samples: readonly FragmentSample[];
}

export interface FragmentSample {
  readonly dts: number;
  readonly durationTicks: number;
  /** Presentation time minus decoding time; negative in a version 1 `trun` alone. */
  readonly compositionTimeOffset: number;
  readonly isSync: boolean;
  /** From the first byte of the `moof`. */
  readonly byteOffset: number;
  readonly byteLength: number;
}

/**
 * A `trun` whose samples all have the defaults says how many there are in four bytes. What a fragment of ours may hold
 * stays far below: 32 MiB, or 45 s of audio at 96 kHz.
 */
const MAX_SAMPLES = 100_000;

/**
 * Reads the fragment that begins at `offset`; null when it is not there as a whole: the file ends, or was torn, in it.
 * A fragment holds its own defaults or they are 0: no initialization is looked at. Throws {@link Fmp4Error}.
 */
export function readFragment(bytes: Uint8Array, offset = 0): Fragment | null {
  const fragment = readFragmentHead(bytes, offset);
  return fragment === null || offset + fragment.byteLength > bytes.byteLength ? null : fragment;
}

/** As {@link readFragment}, of whose `mdat` the header alone has to be there: its samples are not looked at. */
export function readFragmentHead(bytes: Uint8Array, offset = 0): Fragment | null {
  const moof = boxAt(bytes, offset);
  if (moof === null || moof.end > bytes.byteLength) return null;
  if (moof.type !== "moof") throw new Fmp4Error(`expected a moof box, found ${JSON.stringify(moof.type)}`);
  const mdat = boxAt(bytes, moof.end);
  if (mdat === null) return null;
  if (mdat.type !== "mdat") throw new Fmp4Error(`expected an mdat box, found ${JSON.stringify(mdat.type)}`);
  try {
    const fields = new ByteReader(bytes.subarray(offset + BOX_HEADER_LENGTH, moof.end));
    return readMoof(fields, { start: moof.end + BOX_HEADER_LENGTH - offset, end: mdat.end - offset });
  } catch (error) {
    if (error instanceof EndOfBytesError || error instanceof RangeError) {
      throw new Fmp4Error(`moof: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

/** A fragment of several, and where it begins in their bytes. */
export interface PlacedFragment extends Fragment {
  readonly start: number;
}

/** All fragments of a segment, one after the other. Throws {@link Fmp4Error}, or a plain error where one is not whole. */
export function readFragments(bytes: Uint8Array): PlacedFragment[] {
  const fragments: PlacedFragment[] = [];
  for (let start = 0; start < bytes.byteLength; ) {
    const fragment = readFragment(bytes, start);
    if (fragment === null) throw new Error(`a segment whose fragment at ${start} is not whole`);
    fragments.push({ ...fragment, start });
    start += fragment.byteLength;
  }
  return fragments;
}

interface Box {
  readonly type: string;
  /** Position behind it. */
  readonly end: number;
}

/** Where the payload lies, from the first byte of the `moof`; the end is the fragment's. */
interface Payload {
  readonly start: number;
  readonly end: number;
}

/** The box whose header is at a position; null when that is not there as a whole. */
function boxAt(bytes: Uint8Array, offset: number): Box | null {
  if (bytes.byteLength - offset < BOX_HEADER_LENGTH) return null;
  const header = new ByteReader(bytes.subarray(offset, offset + BOX_HEADER_LENGTH));
  const length = header.u32();
  const type = readType(header);
  // 0 (to the end of the file) and 1 (a 64-bit length follows) are never written here: a fragment is at most 32 MiB.
  if (length < BOX_HEADER_LENGTH) throw new Fmp4Error(`a ${JSON.stringify(type)} box of ${length} bytes`);
  return { type, end: offset + length };
}

function readMoof(fields: ByteReader, payload: Payload): Fragment {
  let sequenceNumber: number | null = null;
  const runs: FragmentRun[] = [];
  for (const child of readBoxes(fields)) {
    if (child.type === "mfhd") sequenceNumber = readMfhd(child.fields);
    if (child.type === "traf") runs.push(readTraf(child.fields, payload));
  }
  if (sequenceNumber === null) throw new Fmp4Error("a moof without mfhd");
  return { sequenceNumber, byteLength: payload.end, runs };
}

function readMfhd(fields: ByteReader): number {
  fields.u32(); // version, flags
  return fields.u32(); // sequence_number
}

function readTraf(fields: ByteReader, payload: Payload): FragmentRun {
  let header: TrackDefaults | null = null;
  let baseMediaDecodeTime: number | null = null;
  let dts = 0;
  const samples: FragmentSample[] = [];
  for (const child of readBoxes(fields)) {
    if (child.type === "tfhd") header = readTfhd(child.fields);
    if (child.type === "tfdt") dts = baseMediaDecodeTime = readTfdt(child.fields);
    if (child.type === "trun") {
      if (header === null || baseMediaDecodeTime === null) throw new Fmp4Error("a trun before tfhd and tfdt");
      dts = readTrun(child.fields, header, payload, dts, samples);
    }
  }
  if (header === null || baseMediaDecodeTime === null) throw new Fmp4Error("a traf without tfhd and tfdt");
  return { trackId: header.trackId, baseMediaDecodeTime, durationTicks: dts - baseMediaDecodeTime, samples };
}

/** What holds for the samples of a track that do not say otherwise. */
interface TrackDefaults {
  readonly trackId: number;
  readonly durationTicks: number;
  readonly byteLength: number;
  readonly flags: number;
}

/** Track fragment header (ISO/IEC 14496-12 §8.8.7). */
function readTfhd(fields: ByteReader): TrackDefaults {
  const flags = fields.u32() & 0xffffff; // version, flags
  const trackId = fields.u32(); // track_ID
  if ((flags & 0x000001) !== 0) throw new Fmp4Error("a tfhd with a base_data_offset of its own");
  if ((flags & 0x000002) !== 0) fields.u32(); // sample_description_index
  return {
    trackId,
    durationTicks: (flags & 0x000008) !== 0 ? fields.u32() : 0, // default_sample_duration
    byteLength: (flags & 0x000010) !== 0 ? fields.u32() : 0, // default_sample_size
    flags: (flags & 0x000020) !== 0 ? fields.u32() : 0, // default_sample_flags
  };
}

/** Track fragment decode time (§8.8.12). */
function readTfdt(fields: ByteReader): number {
  const version = fields.u8();
  fields.u24(); // flags
  return version === 0 ? fields.u32() : fields.u64(); // baseMediaDecodeTime
}

/** Track fragment run (§8.8.8). Adds its samples to `samples`; returns the decoding time at which the last one ends. */
function readTrun(
  fields: ByteReader,
  defaults: TrackDefaults,
  payload: Payload,
  firstDts: number,
  samples: FragmentSample[],
): number {
  const version = fields.u8();
  const flags = fields.u24();
  const sampleCount = fields.u32();
  if (samples.length + sampleCount > MAX_SAMPLES) throw new Fmp4Error(`a trun of ${sampleCount} samples`);
  if ((flags & 0x000001) === 0) throw new Fmp4Error("a trun without data_offset");
  let byteOffset = fields.i32(); // data_offset
  const firstFlags = (flags & 0x000004) !== 0 ? fields.u32() : defaults.flags; // first_sample_flags
  let dts = firstDts;
  for (let index = 0; index < sampleCount; index += 1) {
    const usualFlags = index === 0 ? firstFlags : defaults.flags;
    const durationTicks = (flags & 0x000100) !== 0 ? fields.u32() : defaults.durationTicks; // sample_duration
    const byteLength = (flags & 0x000200) !== 0 ? fields.u32() : defaults.byteLength; // sample_size
    const sampleFlags = (flags & 0x000400) !== 0 ? fields.u32() : usualFlags; // sample_flags
    const compositionTimeOffset = (flags & 0x000800) !== 0 ? readOffset(fields, version) : 0;
    if (byteOffset < payload.start || byteOffset + byteLength > payload.end) {
      throw new Fmp4Error(
        `a sample at ${byteOffset} of ${byteLength} bytes, mdat is ${payload.start} to ${payload.end}`,
      );
    }
    const isSync = isSyncSample(sampleFlags);
    samples.push({ dts, durationTicks, compositionTimeOffset, isSync, byteOffset, byteLength });
    dts += durationTicks;
    byteOffset += byteLength;
  }
  return dts;
}

/** sample_composition_time_offset: signed from version 1 on. */
function readOffset(fields: ByteReader, version: number): number {
  return version === 0 ? fields.u32() : fields.i32();
}

// The boxes of a movie fragment: when its samples are decoded, for how long, how big they are and where they lie.

import type { ByteWriter } from "#media/bytes/byte-writer.ts";
import type { AccessUnit, TrackKind } from "#media/track/track.ts";
import { BOX_HEADER_LENGTH, beginBox, beginFullBox, endBox } from "./box.ts";
import { NON_SYNC_SAMPLE_FLAGS, SYNC_SAMPLE_FLAGS, usualSampleFlags } from "./sample-flags.ts";

/** Samples of one track that follow one another without a gap; at least one. */
export interface SampleRun {
  /** track_ID in the initialization. */
  readonly trackId: number;
  readonly kind: TrackKind;
  readonly samples: readonly AccessUnit[];
  /** Decoding time at which the last sample ends, ticks of the track. */
  readonly endDts: number;
}

/** `tfhd` flags (ISO/IEC 14496-12 §8.8.7.1). */
const DEFAULT_SAMPLE_DURATION_PRESENT = 0x000008;
const DEFAULT_SAMPLE_FLAGS_PRESENT = 0x000020;
const DEFAULT_BASE_IS_MOOF = 0x020000;

/** `trun` flags (§8.8.8.1). */
const DATA_OFFSET_PRESENT = 0x000001;
const FIRST_SAMPLE_FLAGS_PRESENT = 0x000004;
const SAMPLE_DURATION_PRESENT = 0x000100;
const SAMPLE_SIZE_PRESENT = 0x000200;
const SAMPLE_FLAGS_PRESENT = 0x000400;
const SAMPLE_COMPOSITION_TIME_OFFSETS_PRESENT = 0x000800;

/** Bytes that a moof takes besides its samples, and at most for each of them. */
const TRAF_OVERHEAD = 96;
const SAMPLE_FIELDS = 16;

/** Room enough for {@link writeMoof}. */
export function moofCapacity(runs: readonly SampleRun[]): number {
  return runs.reduce(
    (capacity, { samples }) => capacity + TRAF_OVERHEAD + SAMPLE_FIELDS * samples.length,
    TRAF_OVERHEAD,
  );
}

/** Movie fragment (§8.8.4). The `mdat` that follows it holds the payloads of the runs, one after the other. */
export function writeMoof(writer: ByteWriter, sequenceNumber: number, runs: readonly SampleRun[]): void {
  const moof = beginBox(writer, "moof");
  writeMfhd(writer, sequenceNumber);
  const dataOffsets = runs.map((run) => writeTraf(writer, run));
  endBox(writer, moof);
  let dataOffset = writer.length - moof + BOX_HEADER_LENGTH;
  for (const [index, run] of runs.entries()) {
    writer.overwriteU32(dataOffsets[index] ?? 0, dataOffset);
    dataOffset += payloadLengthOf(run);
  }
}

export function payloadLengthOf(run: SampleRun): number {
  let length = 0;
  for (const sample of run.samples) length += sample.data.byteLength;
  return length;
}

/** Movie fragment header (§8.8.5). */
function writeMfhd(writer: ByteWriter, sequenceNumber: number): void {
  const mfhd = beginFullBox(writer, "mfhd", 0, 0);
  writer.u32(sequenceNumber); // sequence_number
  endBox(writer, mfhd);
}

/** Returns where its `data_offset` is, to be written once it is known. */
function writeTraf(writer: ByteWriter, run: SampleRun): number {
  const duration = uniformDuration(run);
  const traf = beginBox(writer, "traf");
  writeTfhd(writer, run, duration);
  writeTfdt(writer, run);
  const dataOffsetAt = writeTrun(writer, run, duration === null);
  endBox(writer, traf);
  return dataOffsetAt;
}

/** Track fragment header (§8.8.7). It holds its own defaults, so that a fragment can be read without its initialization. */
function writeTfhd(writer: ByteWriter, { trackId, kind }: SampleRun, duration: number | null): void {
  const flags =
    DEFAULT_BASE_IS_MOOF |
    DEFAULT_SAMPLE_FLAGS_PRESENT |
    (duration === null ? 0 : DEFAULT_SAMPLE_DURATION_PRESENT);
  const tfhd = beginFullBox(writer, "tfhd", 0, flags);
  writer.u32(trackId); // track_ID
  if (duration !== null) writer.u32(duration); // default_sample_duration
  writer.u32(usualSampleFlags(kind)); // default_sample_flags
  endBox(writer, tfhd);
}

/** Track fragment decode time (§8.8.12). */
function writeTfdt(writer: ByteWriter, { samples }: SampleRun): void {
  const tfdt = beginFullBox(writer, "tfdt", 1, 0);
  writer.u64(samples[0]?.dts ?? 0); // baseMediaDecodeTime
  endBox(writer, tfdt);
}

/** Track fragment run (§8.8.8); the fields that all samples share are left out. Returns where its `data_offset` is. */
function writeTrun(writer: ByteWriter, { samples, endDts, kind }: SampleRun, hasDurations: boolean): number {
  const firstFlags = sampleFlagsOf(samples[0]);
  const usualFlags = usualSampleFlags(kind);
  const hasFlags = samples.some((sample, index) => index > 0 && sampleFlagsOf(sample) !== usualFlags);
  const hasFirstFlags = !hasFlags && firstFlags !== usualFlags;
  const hasCompositionTimes = samples.some((sample) => sample.pts !== sample.dts);
  const flags =
    DATA_OFFSET_PRESENT |
    SAMPLE_SIZE_PRESENT |
    (hasFirstFlags ? FIRST_SAMPLE_FLAGS_PRESENT : 0) |
    (hasDurations ? SAMPLE_DURATION_PRESENT : 0) |
    (hasFlags ? SAMPLE_FLAGS_PRESENT : 0) |
    (hasCompositionTimes ? SAMPLE_COMPOSITION_TIME_OFFSETS_PRESENT : 0);
  const trun = beginFullBox(writer, "trun", 0, flags);
  writer.u32(samples.length); // sample_count
  const dataOffsetAt = writer.length;
  writer.u32(0); // data_offset
  if (hasFirstFlags) writer.u32(firstFlags); // first_sample_flags
  for (const [index, sample] of samples.entries()) {
    if (hasDurations) writer.u32((samples[index + 1]?.dts ?? endDts) - sample.dts); // sample_duration
    writer.u32(sample.data.byteLength); // sample_size
    if (hasFlags) writer.u32(sampleFlagsOf(sample)); // sample_flags
    if (hasCompositionTimes) writer.u32(sample.pts - sample.dts); // sample_composition_time_offset
  }
  endBox(writer, trun);
  return dataOffsetAt;
}

function sampleFlagsOf(sample: AccessUnit | undefined): number {
  return sample?.isSync === true ? SYNC_SAMPLE_FLAGS : NON_SYNC_SAMPLE_FLAGS;
}

/** The one duration that all samples have, or null. */
function uniformDuration({ samples, endDts }: SampleRun): number | null {
  const [first] = samples;
  if (first === undefined) return null;
  const duration = (samples[1]?.dts ?? endDts) - first.dts;
  const isUniform = samples.every(
    (sample, index) => (samples[index + 1]?.dts ?? endDts) - sample.dts === duration,
  );
  return isUniform ? duration : null;
}

// The boxes of a movie fragment: when its samples are decoded, for how long, how big they are and where they lie.

import { ByteWriter } from "#media/bytes/byte-writer.ts";
import type { AccessUnit, Track } from "#media/track/track.ts";
import { box, fullBox, u32, u64 } from "./box.ts";
import { NON_SYNC_SAMPLE_FLAGS, SYNC_SAMPLE_FLAGS, usualSampleFlags } from "./sample-flags.ts";

/** Samples of one track that follow one another without a gap; at least one. */
export interface SampleRun {
  /** track_ID in the initialization. */
  readonly trackId: number;
  readonly kind: Track["kind"];
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

/** Movie fragment (§8.8.4). `dataOffset`: from its first byte to the first run's payload; the others' follow. */
export function moof(sequenceNumber: number, runs: readonly SampleRun[], dataOffset: number): Uint8Array {
  let offset = dataOffset;
  const trafs = runs.map((run) => {
    const traf = trackFragment(run, offset);
    offset += payloadLengthOf(run);
    return traf;
  });
  return box("moof", [mfhd(sequenceNumber), ...trafs]);
}

export function payloadLengthOf(run: SampleRun): number {
  let length = 0;
  for (const sample of run.samples) length += sample.data.byteLength;
  return length;
}

/** Movie fragment header (§8.8.5). */
function mfhd(sequenceNumber: number): Uint8Array {
  return fullBox("mfhd", 0, 0, [
    u32(sequenceNumber), // sequence_number
  ]);
}

function trackFragment(run: SampleRun, dataOffset: number): Uint8Array {
  const duration = uniformDuration(run);
  return box("traf", [tfhd(run, duration), tfdt(run), trun(run, dataOffset, duration === null)]);
}

/** Track fragment header (§8.8.7). It holds its own defaults, so that a fragment can be read without its initialization. */
function tfhd({ trackId, kind }: SampleRun, duration: number | null): Uint8Array {
  const flags = DEFAULT_BASE_IS_MOOF | DEFAULT_SAMPLE_FLAGS_PRESENT;
  const sampleFlags = usualSampleFlags(kind);
  if (duration === null) {
    return fullBox("tfhd", 0, flags, [
      u32(trackId), // track_ID
      u32(sampleFlags), // default_sample_flags
    ]);
  }
  return fullBox("tfhd", 0, flags | DEFAULT_SAMPLE_DURATION_PRESENT, [
    u32(trackId), // track_ID
    u32(duration), // default_sample_duration
    u32(sampleFlags), // default_sample_flags
  ]);
}

/** Track fragment decode time (§8.8.12). */
function tfdt({ samples }: SampleRun): Uint8Array {
  return fullBox("tfdt", 1, 0, [
    u64(samples[0]?.dts ?? 0), // baseMediaDecodeTime
  ]);
}

/** Track fragment run (§8.8.8); the fields that all samples share are left out. */
function trun({ samples, endDts, kind }: SampleRun, dataOffset: number, hasDurations: boolean): Uint8Array {
  const firstFlags = sampleFlagsOf(samples[0]);
  const hasFlags = samples.some(
    (sample, index) => index > 0 && sampleFlagsOf(sample) !== usualSampleFlags(kind),
  );
  const hasFirstFlags = !hasFlags && firstFlags !== usualSampleFlags(kind);
  const hasCompositionTimes = samples.some((sample) => sample.pts !== sample.dts);
  const flags =
    DATA_OFFSET_PRESENT |
    SAMPLE_SIZE_PRESENT |
    (hasFirstFlags ? FIRST_SAMPLE_FLAGS_PRESENT : 0) |
    (hasDurations ? SAMPLE_DURATION_PRESENT : 0) |
    (hasFlags ? SAMPLE_FLAGS_PRESENT : 0) |
    (hasCompositionTimes ? SAMPLE_COMPOSITION_TIME_OFFSETS_PRESENT : 0);
  const fields = new ByteWriter(12 + 16 * samples.length);
  fields.u32(samples.length); // sample_count
  fields.u32(dataOffset); // data_offset
  if (hasFirstFlags) fields.u32(firstFlags); // first_sample_flags
  for (const [index, sample] of samples.entries()) {
    if (hasDurations) fields.u32((samples[index + 1]?.dts ?? endDts) - sample.dts); // sample_duration
    fields.u32(sample.data.byteLength); // sample_size
    if (hasFlags) fields.u32(sampleFlagsOf(sample)); // sample_flags
    if (hasCompositionTimes) fields.u32(sample.pts - sample.dts); // sample_composition_time_offset
  }
  return fullBox("trun", 0, flags, [fields.take()]);
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

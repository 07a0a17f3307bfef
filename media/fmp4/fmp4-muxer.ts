// Tracks to an initialization, access units to a fragment: what a player appends, one after the other.

import { ByteWriter } from "#media/bytes/byte-writer.ts";
import type { Track } from "#media/track/track.ts";
import { ascii, BOX_HEADER_LENGTH, concat } from "./box.ts";
import { moof, payloadLengthOf, type SampleRun } from "./fragment-boxes.ts";
import { ftyp, moov } from "./movie-boxes.ts";

/** `ftyp` and `moov` (a CMAF header, ISO/IEC 23000-19 §7.3.1). The track at `tracks[n]` gets the track_ID `n + 1`. */
export function encodeInitialization(tracks: readonly Track[]): Uint8Array {
  return concat([ftyp(), moov(tracks)]);
}

/** `moof` and `mdat`. Each sample's data is copied once, to where it stays. */
export function encodeFragment(sequenceNumber: number, runs: readonly SampleRun[]): Uint8Array {
  // The offset is a field of a fixed size: the length of the box does not depend on it.
  const moofLength = moof(sequenceNumber, runs, 0).byteLength;
  const mdatLength = BOX_HEADER_LENGTH + runs.reduce((length, run) => length + payloadLengthOf(run), 0);
  const fragment = new ByteWriter(moofLength + mdatLength)
    .bytes(moof(sequenceNumber, runs, moofLength + BOX_HEADER_LENGTH))
    .u32(mdatLength)
    .bytes(ascii("mdat"));
  for (const run of runs) {
    for (const sample of run.samples) fragment.bytes(sample.data);
  }
  return fragment.take();
}

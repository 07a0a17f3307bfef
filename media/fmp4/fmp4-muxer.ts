// Tracks to an initialization, access units to a fragment: what a player appends, one after the other.

import { ByteWriter } from "#media/bytes/byte-writer.ts";
import { concat } from "#media/bytes/concat.ts";
import type { Track } from "#media/track/track.ts";
import { BOX_HEADER_LENGTH, beginBox, endBox } from "./box.ts";
import { moofCapacity, payloadLengthOf, type SampleRun, writeMoof } from "./fragment-boxes.ts";
import { ftyp, moov } from "./movie-boxes.ts";

/** `ftyp` and `moov` (a CMAF header, ISO/IEC 23000-19 §7.3.1). The track at `tracks[n]` gets the track_ID `n + 1`. */
export function encodeInitialization(tracks: readonly Track[]): Uint8Array {
  return concat([ftyp(), moov(tracks)]);
}

/** `moof` and `mdat`. Each sample's data is copied once, to where it stays. */
export function encodeFragment(sequenceNumber: number, runs: readonly SampleRun[]): Uint8Array {
  const payloadLength = runs.reduce((length, run) => length + payloadLengthOf(run), 0);
  const fragment = new ByteWriter(moofCapacity(runs) + BOX_HEADER_LENGTH + payloadLength);
  writeMoof(fragment, sequenceNumber, runs);
  const mdat = beginBox(fragment, "mdat");
  for (const { samples } of runs) for (const { data } of samples) fragment.bytes(data);
  endBox(fragment, mdat);
  return fragment.take();
}

// The picture that footage begins with, and what its decoder must know.

import { avcRecordIn } from "#media/fmp4/avc-record.ts";
import { readFragment } from "#media/fmp4/fragment-reader.ts";
import type { Footage } from "./footage.ts";
import { gatherPieces, readPiece } from "./piece.ts";

export interface FirstPicture {
  /** As in the initialization, ISO/IEC 14496-15 §5.3.3.1. */
  readonly record: Uint8Array;
  /** Pixels. */
  readonly height: number;
  readonly data: Uint8Array;
}

/** Null where the footage begins with no picture, or with none that decoding can begin with. */
export async function firstPictureOf({ initializations, segments }: Footage): Promise<FirstPicture | null> {
  const [segment] = segments;
  const initialization = initializations.find(({ id }) => id === segment?.initializationId);
  const track = initialization?.tracks.find(({ kind }) => kind === "video");
  if (segment === undefined || initialization === undefined || track === undefined) return null;
  const record = avcRecordIn(await readPiece(initialization.place));
  const bytes = await (await gatherPieces(segment.pieces)).bytes();
  const run = readFragment(bytes)?.runs.find(({ trackId }) => trackId === track.trackId);
  const sample = run?.samples[0];
  if (record === null || sample === undefined || !sample.isSync) return null;
  const { byteOffset, byteLength } = sample;
  return { record, height: track.height ?? 0, data: bytes.subarray(byteOffset, byteOffset + byteLength) };
}

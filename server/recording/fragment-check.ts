// Whether the fragments of a recording are whole, in order, and on one timeline for each track.

import { Fmp4Error } from "#media/fmp4/fmp4-error.ts";
import { type Fragment, readFragment } from "#media/fmp4/fragment-reader.ts";
import type { RecordedTrack } from "./journal.ts";

/** What a segment is said to last, and what its samples last, differ by less than the longest picture and rounding. */
const MAX_DURATION_ERROR_SECONDS = 1;

export class FragmentCheck {
  #tracks: readonly RecordedTrack[] = [];
  /** By track, decoding time at which its last sample ends. */
  readonly #ends = new Map<number, number>();
  /** By track, ticks in this segment. */
  readonly #ticks = new Map<number, number>();
  #lastSequenceNumber: number | null = null;
  #isWhole = true;

  /** `goesOn`: its times follow on those of the segment before. */
  beginSegment(tracks: readonly RecordedTrack[], { goesOn }: { readonly goesOn: boolean }): void {
    this.#tracks = tracks;
    this.#ticks.clear();
    if (!goesOn) this.#ends.clear();
    this.#lastSequenceNumber = null;
    this.#isWhole = true;
  }

  /** What is wrong with the next part, as the end of a sentence; null when nothing is. */
  check(bytes: Uint8Array): string | null {
    const fragment = parse(bytes);
    if (typeof fragment === "string") return fragment;
    const last = this.#lastSequenceNumber;
    this.#lastSequenceNumber = fragment.sequenceNumber;
    if (last !== null && fragment.sequenceNumber !== last + 1)
      return `is number ${fragment.sequenceNumber} behind number ${last}`;
    for (const { trackId, baseMediaDecodeTime, durationTicks } of fragment.runs) {
      const endedAt = this.#ends.get(trackId);
      this.#ends.set(trackId, baseMediaDecodeTime + durationTicks);
      this.#ticks.set(trackId, (this.#ticks.get(trackId) ?? 0) + durationTicks);
      if (this.#tracks.length > 0 && !this.#tracks.some((track) => track.trackId === trackId))
        return `is of a track ${trackId} that its initialization does not have`;
      if (endedAt !== undefined && baseMediaDecodeTime < endedAt)
        return `begins at ${baseMediaDecodeTime} ticks of track ${trackId}, before ${endedAt}, where the part before ended`;
    }
    return null;
  }

  /** A part that cannot be read: nothing is said of how those around it fit. */
  skip(): void {
    this.#ends.clear();
    this.#lastSequenceNumber = null;
    this.#isWhole = false;
  }

  /** As {@link check}, of the segment; nothing of one whose parts could not all be read. */
  endSegment(durationSeconds: number): string | null {
    const lead = this.#tracks.find(({ kind, trackId }) => kind === "video" && this.#ticks.has(trackId));
    const track = lead ?? this.#tracks.find(({ trackId }) => this.#ticks.has(trackId));
    if (!this.#isWhole || track === undefined) return null;
    const seconds = (this.#ticks.get(track.trackId) ?? 0) / track.timescale;
    if (Math.abs(seconds - durationSeconds) <= MAX_DURATION_ERROR_SECONDS) return null;
    return `has samples of ${seconds} s, its journal says ${durationSeconds} s`;
  }
}

function parse(bytes: Uint8Array): Fragment | string {
  try {
    const fragment = readFragment(bytes);
    if (fragment === null) return "is not a whole fragment";
    return fragment.byteLength === bytes.byteLength ? fragment : "is more than one fragment";
  } catch (error) {
    if (error instanceof Fmp4Error) return `is no fragment: ${error.message}`;
    throw error;
  }
}

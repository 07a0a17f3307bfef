// The lines a media playlist is made of.

import { initializationUri, segmentUri } from "./listed-uri.ts";
import type { Segment, SegmentStart } from "./segment.ts";

/** The least version that allows EXT-X-MAP in a playlist that is not I-frames only is 6; 7 is what CMAF players expect. */
export const PLAYLIST_VERSION = 7;

/** EXT-X-SKIP needs this version; the playlist that it is merged into says the same. */
const LOW_LATENCY_VERSION = 9;

export function playlistVersion(isLowLatency: boolean): number {
  return isLowLatency ? LOW_LATENCY_VERSION : PLAYLIST_VERSION;
}

/** Where dates are left out, one stands at least this often: whichever minute a reader looks at has one. */
const MAX_UNDATED_SECONDS = 60;

/** Where the durations since the last date say another time than the segment's by more than this, about a frame, it is dated. */
const DATE_TOLERANCE_MS = 20;

/**
 * Makes the lines of one segment after another: EXT-X-DISCONTINUITY, EXT-X-MAP where the initialization is another one than
 * before, EXT-X-PROGRAM-DATE-TIME, EXTINF, URI.
 */
export class SegmentLines {
  readonly #folder: string;
  readonly #isSparse: boolean;
  #initializationId: number | null = null;
  /** The last date that was written, and how much came since. */
  #dated: { readonly atMs: number; seconds: number } | null = null;

  /**
   * `folder`: of what is listed, relative to the playlist; empty, or with a slash at its end. `dates`: `sparse` leaves out what
   * durations tell (RFC 8216 §4.3.2.6): a long playlist is half as long then.
   */
  constructor(folder: string, dates: "each" | "sparse" = "each") {
    this.#folder = folder;
    this.#isSparse = dates === "sparse";
  }

  next(segment: Segment): string[] {
    const { msn, durationSeconds } = segment;
    const lines = [
      ...this.ofOpen(segment),
      `#EXTINF:${durationSeconds.toFixed(6)},`,
      `${this.#folder}${segmentUri(msn)}`,
    ];
    this.#initializationId = segment.initializationId;
    if (this.#isDated(segment)) this.#dated = { atMs: segment.programDateTimeMs, seconds: durationSeconds };
    else if (this.#dated !== null) this.#dated.seconds += durationSeconds;
    return lines;
  }

  /** What comes before the parts of the segment that is next, and not complete. */
  ofOpen(start: SegmentStart): string[] {
    const { initializationId, discontinuity, programDateTimeMs } = start;
    const lines: string[] = [];
    if (discontinuity) lines.push("#EXT-X-DISCONTINUITY");
    if (initializationId !== this.#initializationId)
      lines.push(`#EXT-X-MAP:URI="${this.#folder}${initializationUri(initializationId)}"`);
    if (this.#isDated(start))
      lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(programDateTimeMs).toISOString()}`);
    return lines;
  }

  #isDated({ discontinuity, programDateTimeMs }: SegmentStart): boolean {
    const last = this.#dated;
    if (!this.#isSparse || last === null || discontinuity || last.seconds >= MAX_UNDATED_SECONDS) return true;
    const impliedMs = last.atMs + last.seconds * 1000;
    return Math.abs(impliedMs - programDateTimeMs) > DATE_TOLERANCE_MS;
  }
}

/** Of segments in a row, each with its date. `folder`: as for {@link SegmentLines}. */
export function segmentLines(segments: readonly Segment[], folder: string): string[] {
  const lines = new SegmentLines(folder);
  return segments.flatMap((segment) => lines.next(segment));
}

/** The same lines of a segment whose bytes are nowhere any more: players leave it out (rfc8216bis §4.4.4.7). */
export function gapLines(lines: readonly string[]): string[] {
  return lines.toSpliced(-1, 0, "#EXT-X-GAP");
}

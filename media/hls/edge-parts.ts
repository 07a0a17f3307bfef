// The parts at the end of a playlist: those of its newest segments, and of the one that is not complete.

import type { Rates } from "./rate-meter.ts";
import type { Cut, SegmentStart } from "./segment.ts";

/** What a playlist says of a part. */
export interface PartFacts {
  readonly durationSeconds: number;
  readonly independent: boolean;
  /** It was promised and is not there. */
  readonly isGap: boolean;
}

/** The segment that is not complete. */
export interface OpenParts {
  readonly start: SegmentStart;
  readonly parts: readonly PartFacts[];
}

/** What a playlist has to have before it is an answer; the whole segment where no part is named. */
export interface ReloadTarget {
  readonly msn: number;
  readonly part: number | null;
}

/** What can be listed with its parts: three target durations of segments that are not far shorter than that. */
const SEGMENTS_WITH_PARTS = 16;

const NO_PARTS: readonly PartFacts[] = [];

export class EdgeParts {
  /** By media sequence number, of complete segments; oldest first. */
  readonly #complete = new Map<number, readonly PartFacts[]>();
  #open: { readonly start: SegmentStart; readonly parts: PartFacts[] } | null = null;
  #openFrameRate: number | null = null;
  #openBytes = 0;
  #lastMsn: number | null = null;

  /** Null between two segments. */
  get open(): OpenParts | null {
    return this.#open;
  }

  /** How much there is of the segment that is not complete. */
  get openSeconds(): number {
    return this.#open?.parts.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0) ?? 0;
  }

  /** What is known of rates where no segment is complete. */
  get openRates(): Rates {
    const bitsPerSecond = this.#openBytes === 0 ? 0 : (this.#openBytes * 8) / this.openSeconds;
    return {
      peakBitsPerSecond: bitsPerSecond,
      averageBitsPerSecond: bitsPerSecond,
      frameRate: this.#openFrameRate,
    };
  }

  /** Of a complete segment; empty where they are not known any more. */
  of(msn: number): readonly PartFacts[] {
    return this.#complete.get(msn) ?? NO_PARTS;
  }

  /** The part that comes next, unless its segment ends before it; null before the first segment. */
  get next(): { readonly msn: number; readonly index: number } | null {
    if (this.#open !== null) return { msn: this.#open.start.msn, index: this.#open.parts.length };
    return this.#lastMsn === null ? null : { msn: this.#lastMsn + 1, index: 0 };
  }

  /** The newest complete segment; null before the first. */
  get lastMsn(): number | null {
    return this.#lastMsn;
  }

  /** A part past the end of a segment is the first one of the next (rfc8216bis §6.2.5.2). */
  has({ msn, part }: ReloadTarget): boolean {
    const lastMsn = this.#lastMsn ?? -1;
    if (part === null || msn < lastMsn) return msn <= lastMsn;
    const open = this.#open?.parts.length ?? 0;
    if (msn > lastMsn) return msn === this.#open?.start.msn && part < open;
    const complete = this.#complete.get(msn);
    return complete === undefined || part < complete.length || open > 0;
  }

  /** A segment of which nothing else is known, read back from a recording. */
  restore(msn: number): void {
    this.#lastMsn = msn;
  }

  push(cut: Cut): void {
    switch (cut.type) {
      case "segment-start":
        this.#open = { start: cut.start, parts: [] };
        this.#openBytes = 0;
        this.#openFrameRate = cut.frameRate ?? null;
        return;
      case "part": {
        const { durationSeconds, independent } = cut.part;
        this.#open?.parts.push({ durationSeconds, independent, isGap: false });
        this.#openBytes += cut.part.bytes.byteLength;
        return;
      }
      case "gap":
        this.#open?.parts.push({
          durationSeconds: cut.gap.durationSeconds,
          independent: false,
          isGap: true,
        });
        return;
      case "segment":
        this.#complete.set(cut.segment.msn, this.#open?.parts ?? NO_PARTS);
        this.#lastMsn = cut.segment.msn;
        this.#open = null;
        for (const msn of this.#complete.keys()) {
          if (this.#complete.size <= SEGMENTS_WITH_PARTS) return;
          this.#complete.delete(msn);
        }
    }
  }
}

// The segment being filled: its parts, one after the other, and its facts once it is complete.

import { encodeFragment } from "#media/fmp4/fmp4-muxer.ts";
import type { SampleRun } from "#media/fmp4/fragment-boxes.ts";
import type { SampleQueue } from "./sample-queue.ts";
import type { Part, Segment, SegmentStart } from "./segment.ts";

/**
 * No segment has as many parts; fragments number themselves by segment and part (mfhd, ISO/IEC 14496-12 §8.8.5). The hole
 * between two segments tells their fragments apart where the journal of a recording lost its last lines.
 */
const FRAGMENTS_PER_SEGMENT = 1024;

export class OpenSegment {
  /** Decoding time at which it begins, seconds. */
  readonly startSeconds: number;
  readonly #start: SegmentStart;
  readonly #queues: readonly SampleQueue[];
  #partStartSeconds: number;
  #partIsIndependent: boolean;
  #partCount = 0;
  #partsByteLength = 0;
  #hasPictures = false;

  /** `queues`: of all tracks; what is in them becomes its parts. */
  constructor(start: SegmentStart, startSeconds: number, queues: readonly SampleQueue[]) {
    this.#start = start;
    this.startSeconds = startSeconds;
    this.#queues = queues;
    this.#partStartSeconds = startSeconds;
    this.#partIsIndependent = start.independent;
  }

  /** Decoding time in seconds at which its last part ended, and the next one begins. */
  get partStartSeconds(): number {
    return this.#partStartSeconds;
  }

  get partCount(): number {
    return this.#partCount;
  }

  /** Bytes of its parts, and of the samples that wait to be in one. */
  get byteLength(): number {
    let byteLength = this.#partsByteLength;
    for (const queue of this.#queues) byteLength += queue.byteLength;
    return byteLength;
  }

  /** Everything of known duration becomes the next part, which ends at `endSeconds`; null when that is nothing. */
  endPart(endSeconds: number): Part | null {
    const runs = this.#takeRuns();
    if (runs.length === 0) return null;
    const { msn } = this.#start;
    const index = this.#partCount;
    const bytes = encodeFragment((msn * FRAGMENTS_PER_SEGMENT + index) % 2 ** 32, runs);
    const durationSeconds = Math.max(0, endSeconds - this.#partStartSeconds);
    this.#partCount += 1;
    this.#partsByteLength += bytes.byteLength;
    this.#hasPictures ||= runs.some(({ kind }) => kind === "video");
    this.#partStartSeconds = Math.max(this.#partStartSeconds, endSeconds);
    return { msn, index, durationSeconds, independent: this.#partIsIndependent, bytes };
  }

  /** The next part begins: the first one is as independent as the segment. */
  beginPart(independent: boolean): void {
    this.#partIsIndependent = independent;
  }

  /** Its last part has ended; null when it has none. `frameRate`: of its pictures, if it has any. */
  complete(frameRate: number | null): Segment | null {
    if (this.#partCount === 0) return null;
    return {
      ...this.#start,
      durationSeconds: this.#partStartSeconds - this.startSeconds,
      byteLength: this.#partsByteLength,
      partCount: this.#partCount,
      frameRate: this.#hasPictures ? frameRate : null,
    };
  }

  #takeRuns(): SampleRun[] {
    const runs: SampleRun[] = [];
    for (const queue of this.#queues) {
      const run = queue.takeRun();
      if (run !== null) runs.push(run);
    }
    return runs;
  }
}

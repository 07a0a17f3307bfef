// The segment being filled: its parts, one after the other, and its facts once it is complete.

import { encodeFragment } from "#media/fmp4/fmp4-muxer.ts";
import type { SampleRun } from "#media/fmp4/fragment-boxes.ts";
import type { SampleQueue } from "./sample-queue.ts";
import type { GapPart, Part, Segment, SegmentStart } from "./segment.ts";

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
  /** Of its parts those that have bytes. */
  #fragmentCount = 0;
  #gapCount = 0;
  readonly #untoldGaps: GapPart[] = [];
  #partsByteLength = 0;
  #hasPictures = false;

  /** `queues`: of all tracks; what is in them becomes its parts. */
  constructor(start: SegmentStart, startSeconds: number, queues: readonly SampleQueue[]) {
    this.#start = start;
    this.startSeconds = startSeconds;
    this.#queues = queues;
    this.#partStartSeconds = startSeconds;
  }

  /** Decoding time in seconds at which its last part ended, and the next one begins. */
  get partStartSeconds(): number {
    return this.#partStartSeconds;
  }

  /** Of those that have bytes. */
  get partCount(): number {
    return this.#fragmentCount;
  }

  /** Bytes of its parts, and of the samples that wait to be in one. */
  get byteLength(): number {
    let byteLength = this.#partsByteLength;
    for (const queue of this.#queues) byteLength += queue.byteLength;
    return byteLength;
  }

  /**
   * Everything of known duration that begins `beforeSeconds` becomes the next part, which ends at `endSeconds`; where that is
   * nothing, it is a gap. Gaps before the first of its parts that has bytes are told of with that one: it may never come.
   */
  endPart(endSeconds: number, beforeSeconds?: number): readonly (Part | GapPart)[] {
    const runs = this.#takeRuns(beforeSeconds);
    const durationSeconds = Math.max(0, endSeconds - this.#partStartSeconds);
    if (runs.length === 0 && durationSeconds === 0) return [];
    this.#partStartSeconds = Math.max(this.#partStartSeconds, endSeconds);
    const { msn } = this.#start;
    const index = this.#fragmentCount + this.#gapCount;
    if (runs.length === 0) {
      this.#gapCount += 1;
      this.#untoldGaps.push({ msn, index, durationSeconds });
      return this.#fragmentCount === 0 ? [] : this.#untoldGaps.splice(0);
    }
    const bytes = encodeFragment((msn * FRAGMENTS_PER_SEGMENT + this.#fragmentCount) % 2 ** 32, runs);
    this.#fragmentCount += 1;
    this.#partsByteLength += bytes.byteLength;
    this.#hasPictures ||= runs.some(({ kind }) => kind === "video");
    const part = { msn, index, durationSeconds, independent: this.#isIndependent(runs), bytes };
    return [...this.#untoldGaps.splice(0), part];
  }

  /** Its last part has ended; null when it has none. `frameRate`: of its pictures, if it has any. */
  complete(frameRate: number | null): Segment | null {
    if (this.#fragmentCount === 0) return null;
    return {
      ...this.#start,
      durationSeconds: this.#partStartSeconds - this.startSeconds,
      byteLength: this.#partsByteLength,
      partCount: this.#fragmentCount,
      frameRate: this.#hasPictures ? frameRate : null,
    };
  }

  /** Where there are pictures, those decide. */
  #isIndependent(runs: readonly SampleRun[]): boolean {
    if (!this.#queues.some(({ track }) => track.kind === "video")) return true;
    return runs.find(({ kind }) => kind === "video")?.samples[0]?.isSync === true;
  }

  #takeRuns(beforeSeconds: number | undefined): SampleRun[] {
    const runs: SampleRun[] = [];
    for (const queue of this.#queues) {
      const run = queue.takeRun(beforeSeconds);
      if (run !== null) runs.push(run);
    }
    return runs;
  }
}

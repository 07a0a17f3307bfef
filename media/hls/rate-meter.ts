// What the last segments measure: the bit rates and the frame rate that a multivariant playlist says.

import type { Segment } from "./segment.ts";

/** The peak is measured over segments in a row that last between these shares of the target duration (RFC 8216 §4.3.4.2). */
const PEAK_MIN_SHARE = 0.5;
const PEAK_MAX_SHARE = 1.5;

/** Segments the average bitrate is taken over, and the newest known frame rate from. */
const MEASURED_SEGMENTS = 30;

/** As it is read; the meter is fed by its owner. */
export interface Rates {
  /** The most that any segments so far needed. */
  readonly peakBitsPerSecond: number;
  readonly averageBitsPerSecond: number;
  /** Null without video. */
  readonly frameRate: number | null;
}

export class RateMeter implements Rates {
  /** Oldest first. */
  readonly #recent: Segment[] = [];
  #peakBitsPerSecond = 0;
  /** Until it is, there were only segments too short to tell. */
  #isPeakRepresentative = false;

  get peakBitsPerSecond(): number {
    return Math.max(this.#peakBitsPerSecond, this.averageBitsPerSecond);
  }

  get averageBitsPerSecond(): number {
    return bitsPerSecond(this.#recent);
  }

  get frameRate(): number | null {
    return this.#recent.findLast(({ frameRate }) => frameRate !== null)?.frameRate ?? null;
  }

  /** The next segment of the playlist. */
  push(segment: Segment, targetDurationSeconds: number): void {
    this.#recent.push(segment);
    if (this.#recent.length > MEASURED_SEGMENTS) this.#recent.shift();
    const peak = this.#peakUpToNewest(targetDurationSeconds);
    if (peak === null && this.#isPeakRepresentative) return;
    const before = this.#isPeakRepresentative ? this.#peakBitsPerSecond : 0;
    this.#isPeakRepresentative ||= peak !== null;
    this.#peakBitsPerSecond = Math.max(before, peak ?? bitsPerSecond([segment]));
  }

  /** Null while all of them together are too short to tell. */
  #peakUpToNewest(targetDurationSeconds: number): number | null {
    let peak: number | null = null;
    let bytes = 0;
    let seconds = 0;
    for (const { byteLength, durationSeconds } of this.#recent.toReversed()) {
      bytes += byteLength;
      seconds += durationSeconds;
      if (seconds > targetDurationSeconds * PEAK_MAX_SHARE) break;
      if (seconds >= targetDurationSeconds * PEAK_MIN_SHARE)
        peak = Math.max(peak ?? 0, (bytes * 8) / seconds);
    }
    return peak;
  }
}

function bitsPerSecond(segments: readonly Segment[]): number {
  const bytes = segments.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const seconds = segments.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
  return seconds === 0 ? 0 : (bytes * 8) / seconds;
}

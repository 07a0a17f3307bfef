// How far apart the key frames of a publish are, and whether they come at even intervals in closed GOPs.

import { median } from "#server/common/median.ts";

/** Every constant of it. */
export const RHYTHM = {
  /** The newest intervals tell how far apart key frames are: three, so that one odd one is not it … */
  usualIntervals: 3,
  /** … and of fewer than two nothing is said: the first is that of an encoder that begins. */
  leastIntervals: 2,
  /** Evenness is read off as many as a change of scenes a minute or two leaves even. */
  evenIntervals: 10,
  /** Off by more than this share of the usual one: rounding to whole frames is far below it … */
  unevenShare: 0.1,
  /** … also of intervals so short that a frame is a tenth of them. */
  unevenSeconds: 0.1,
  /** This many uneven ones of those are no accident. */
  unevenIntervals: 3,
  /** As many of the newest GOPs … */
  recentGops: 5,
  /** … must be open, because encoders that send closed ones may begin with one that is not. */
  openGops: 2,
} as const;

export class KeyFrameRhythm {
  /** Seconds, the newest ones. */
  #intervals: readonly number[] = [];
  /** Whether each of the newest GOPs is open. */
  #gops: readonly boolean[] = [];
  #lastSeconds: number | null = null;

  /** A picture that a GOP begins with; `seconds` on the encoder's clock. */
  push(seconds: number, isOpenGop: boolean): void {
    if (this.#lastSeconds !== null && seconds > this.#lastSeconds) {
      this.#intervals = [...this.#intervals, seconds - this.#lastSeconds].slice(-RHYTHM.evenIntervals);
    }
    this.#lastSeconds = seconds;
    this.#gops = [...this.#gops, isOpenGop].slice(-RHYTHM.recentGops);
  }

  /** Times before and after say nothing together. */
  clockJumped(): void {
    this.#lastSeconds = null;
  }

  /** What is usual now; null while that is unknown. */
  get usualSeconds(): number | null {
    if (this.#intervals.length < RHYTHM.leastIntervals) return null;
    return median(this.#intervals.slice(-RHYTHM.usualIntervals));
  }

  /** The shortest and the longest of the newest intervals where they are uneven; null where they are not. */
  get uneven(): { readonly shortest: number; readonly longest: number } | null {
    const usual = median(this.#intervals);
    const limit = Math.max(RHYTHM.unevenSeconds, usual * RHYTHM.unevenShare);
    const uneven = this.#intervals.filter((interval) => Math.abs(interval - usual) > limit);
    if (uneven.length < RHYTHM.unevenIntervals) return null;
    return { shortest: Math.min(...this.#intervals), longest: Math.max(...this.#intervals) };
  }

  get areGopsOpen(): boolean {
    return this.#gops.filter((isOpen) => isOpen).length >= RHYTHM.openGops;
  }
}

// One track's ticks from the publish's milliseconds: video takes them as they are, AAC counts its frames between them.

import type { Track } from "./track.ts";

/**
 * AAC: how many frames a timestamp may be off the count before time is taken from it at once. Encoders that send what a
 * sound card delivered put two or three frames on one timestamp; more is sound that is missing.
 */
const DEPARTURE_FRAMES = 3;

/** AAC: share of each frame's distance from the clock in the average. About thirty frames decide it: rounding and bursts cancel out. */
const DRIFT_SMOOTHING = 1 / 32;

/** AAC: the smoothed distance at which the count is set right, so that it never comes near a whole frame. */
const MAX_DRIFT_FRAMES = 0.5;

export class TrackTiming {
  readonly #timescale: number;
  readonly #samplesPerFrame: number | null;
  /** Ticks: one more than the last unit's. */
  #earliestDts = Number.NEGATIVE_INFINITY;
  /** AAC: where the next frame begins if none is missing, null before the first. */
  #countedDts: number | null = null;
  /** AAC: smoothed ticks that the clock is ahead of the count. */
  #drift = 0;

  /** The most, in ticks, by which a picture was to be shown before it is decoded. */
  #earlyTicks = 0;

  /** Goes on after `previous`, the same track before its configuration changed. */
  constructor({ kind, timescale, configuration }: Track, previous: TrackTiming | null) {
    this.#timescale = timescale;
    this.#samplesPerFrame = kind === "audio" ? configuration.samplesPerFrame : null;
    if (previous !== null) {
      this.#earliestDts = Math.ceil((previous.#earliestDts * timescale) / previous.#timescale);
      this.#earlyTicks = Math.ceil((previous.#earlyTicks * timescale) / previous.#timescale);
    }
  }

  /** Nothing is shown before it is decoded, as far as it is known: without a composition time both are one. */
  get isEven(): boolean {
    return this.#earlyTicks === 0;
  }

  /** Milliseconds as ticks of this track, not rounded. */
  ticks(ms: number): number {
    return (ms * this.#timescale) / 1000;
  }

  /**
   * Decoding time of the next unit, which the encoder's clock puts at `ms`. Strictly increases. A negative composition time
   * says that it is shown before that: as players take the two apart differently there, all are decoded that much earlier.
   */
  advance(ms: number, compositionTimeMs: number): number {
    this.#earlyTicks = Math.max(this.#earlyTicks, Math.round(this.ticks(-compositionTimeMs)));
    const dts = Math.max(this.#place(this.ticks(ms)) - this.#earlyTicks, this.#earliestDts);
    this.#earliestDts = dts + 1;
    if (this.#samplesPerFrame !== null) this.#countedDts = dts + this.#samplesPerFrame;
    return dts;
  }

  /** Time begins again: the next unit is placed by the clock alone. */
  reset(): void {
    this.#earliestDts = Number.NEGATIVE_INFINITY;
    this.#countedDts = null;
    this.#drift = 0;
  }

  #place(clockTicks: number): number {
    if (this.#samplesPerFrame === null || this.#countedDts === null) return Math.round(clockTicks);
    return this.#count(clockTicks, this.#countedDts, this.#samplesPerFrame);
  }

  #count(clockTicks: number, countedDts: number, samplesPerFrame: number): number {
    const departure = clockTicks - countedDts;
    if (Math.abs(departure) > DEPARTURE_FRAMES * samplesPerFrame) {
      this.#drift = 0;
      return Math.round(clockTicks);
    }
    this.#drift += (departure - this.#drift) * DRIFT_SMOOTHING;
    if (Math.abs(this.#drift) < MAX_DRIFT_FRAMES * samplesPerFrame) return countedDts;
    const correction = Math.round(this.#drift);
    this.#drift -= correction;
    return countedDts + correction;
  }
}

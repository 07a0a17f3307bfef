// One track's samples in the open part, and the newest one, kept back until its successor says how long it lasts.

import type { SampleRun } from "#media/fmp4/fragment-boxes.ts";
import type { AccessUnit, Track } from "#media/track/track.ts";
import { usualDurationSeconds } from "#media/track/usual-duration.ts";

export class SampleQueue {
  readonly track: Track;
  /** track_ID in the initialization. */
  readonly #trackId: number;
  #samples: AccessUnit[] = [];
  #held: AccessUnit | null = null;
  #usualDuration: number;
  #endDts = 0;
  #byteLength = 0;

  constructor(track: Track, trackId: number) {
    this.track = track;
    this.#trackId = trackId;
    this.#usualDuration = Math.round(usualDurationSeconds(track) * track.timescale);
  }

  /** The newest sample, whose duration is not known yet. */
  get held(): AccessUnit | null {
    return this.#held;
  }

  /** Decoding time of the held sample in seconds, null when none is held. */
  get heldSeconds(): number | null {
    return this.#held === null ? null : this.#held.dts / this.track.timescale;
  }

  /** Seconds between the two newest samples. */
  get usualSeconds(): number {
    return this.#usualDuration / this.track.timescale;
  }

  /** Decoding time in seconds at which the last sample of known duration ends. */
  get endSeconds(): number {
    return this.#endDts / this.track.timescale;
  }

  /** Samples of known duration. */
  get length(): number {
    return this.#samples.length;
  }

  /** Bytes of all samples, the held one too. */
  get byteLength(): number {
    return this.#byteLength;
  }

  push(unit: AccessUnit): void {
    this.#byteLength += unit.data.byteLength;
    const held = this.#held;
    if (held !== null) {
      this.#usualDuration = unit.dts - held.dts;
      this.#settle(held, unit.dts);
    }
    this.#held = unit;
  }

  /** The held sample gets the duration that its predecessor had. */
  release(): void {
    const held = this.#held;
    if (held === null) return;
    this.#held = null;
    this.#settle(held, held.dts + this.#usualDuration);
  }

  /** Decoding time in seconds of the last sample of known duration; null when there is none. */
  get lastSeconds(): number | null {
    const last = this.#samples.at(-1);
    return last === undefined ? null : last.dts / this.track.timescale;
  }

  /** The samples of known duration that begin before, which are out of the queue then; null when there are none. */
  takeRun(beforeSeconds = Number.POSITIVE_INFINITY): SampleRun | null {
    const found = this.#samples.findIndex(({ dts }) => dts / this.track.timescale >= beforeSeconds);
    const end = found === -1 ? this.#samples.length : found;
    if (end === 0) return null;
    const samples = this.#samples.slice(0, end);
    const endDts = this.#samples[end]?.dts ?? this.#endDts;
    this.#samples = this.#samples.slice(end);
    for (const { data } of samples) this.#byteLength -= data.byteLength;
    return { trackId: this.#trackId, kind: this.track.kind, samples, endDts };
  }

  #settle(sample: AccessUnit, endDts: number): void {
    this.#samples.push(sample);
    this.#endDts = endDts;
  }
}

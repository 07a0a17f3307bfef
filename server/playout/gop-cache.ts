// The units since the last video key frame, so that whoever joins starts at once instead of waiting for the next.

import type { AccessUnit } from "#media/track/track.ts";

/**
 * A group of pictures longer than this is not kept: the memory of one side stays bounded, and a joiner that would
 * have to decode more than this before its first picture is better off with the next key frame.
 */
const MAX_UNITS = 2500;
const MAX_BYTES = 32 * 1024 * 1024;

export interface CachedUnit {
  readonly unit: AccessUnit;
  /** Server's clock when the unit arrived. */
  readonly arrivalMs: number;
}

export class GopCache {
  #units: CachedUnit[] = [];
  #byteLength = 0;

  /** From a video key frame on, in decoding order; empty when there is none to start from. */
  get units(): readonly CachedUnit[] {
    return this.#units;
  }

  /** `startsGop`: the unit is a video key frame. Units before the first one are not kept. */
  push(unit: AccessUnit, arrivalMs: number, startsGop: boolean): void {
    if (startsGop) this.clear();
    else if (this.#units.length === 0) return;
    this.#units.push({ unit, arrivalMs });
    this.#byteLength += unit.data.byteLength;
    if (this.#units.length > MAX_UNITS || this.#byteLength > MAX_BYTES) this.clear();
  }

  clear(): void {
    this.#units = [];
    this.#byteLength = 0;
  }
}

// The units since the last video key frame, so that whoever joins starts at once instead of waiting for the next.

import type { AccessUnit } from "#media/track/track.ts";

/**
 * Groups of pictures longer than this are not kept: the memory of one instance stays bounded, and a joiner that would
 * have to decode more than this before its first picture is better off with the next key frame.
 */
const MAX_UNITS = 2500;
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_MS = 30_000;

export interface CachedUnit {
  readonly unit: AccessUnit;
  /** Server's clock when the unit arrived, or another that passes as fast. */
  readonly arrivalMs: number;
}

export class GopCache {
  readonly #keepsPrevious: boolean;
  #previous: readonly CachedUnit[] = [];
  #units: CachedUnit[] = [];
  #byteLength = 0;

  /** `keepsPrevious`: the group before the newest stays, for joiners who need what came before the last key frame. */
  constructor({ keepsPrevious }: { keepsPrevious: boolean }) {
    this.#keepsPrevious = keepsPrevious;
  }

  /** From the last video key frame on, in decoding order; empty when there is none to start from. */
  get units(): readonly CachedUnit[] {
    return this.#units;
  }

  /** The newest group if `reaches` is true of its key frame, else together with the one before it, if that is kept. */
  unitsFrom(reaches: (keyFrame: CachedUnit) => boolean): readonly CachedUnit[] {
    const [first] = this.#units;
    if (first === undefined || reaches(first)) return this.#units;
    const newest = new Set(this.#units);
    return [...this.#previous.filter((cached) => !newest.has(cached)), ...this.#units];
  }

  /** Units before the first key frame are not kept. */
  push(unit: AccessUnit, arrivalMs: number): void {
    if (this.#units.length > 0) this.#add({ unit, arrivalMs });
  }

  /**
   * A video key frame begins a new group. Of the one before, sound that `belongs` to the new one is kept: encoders send it
   * ahead of the picture it goes with.
   */
  begin(keyFrame: AccessUnit, arrivalMs: number, belongs: (earlier: AccessUnit) => boolean): void {
    const before = this.#units;
    this.clear();
    if (this.#keepsPrevious) this.#previous = before;
    this.#add({ unit: keyFrame, arrivalMs });
    for (const cached of before) if (belongs(cached.unit)) this.#add(cached);
  }

  clear(): void {
    this.#previous = [];
    this.#units = [];
    this.#byteLength = 0;
  }

  #add(cached: CachedUnit): void {
    this.#units.push(cached);
    this.#byteLength += cached.unit.data.byteLength;
    const lastsMs = cached.arrivalMs - (this.#units[0]?.arrivalMs ?? cached.arrivalMs);
    if (this.#units.length > MAX_UNITS || this.#byteLength > MAX_BYTES || lastsMs > MAX_MS) this.clear();
  }
}

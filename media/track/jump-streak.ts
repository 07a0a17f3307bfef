// Tells a track's new clock from mistakes: units that jumped, and go on from one another as a clock does.

/** Fewer are mistakes. */
const UNITS_OF_A_CLOCK = 3;

/** Units of one clock are no further apart, and no further out of order. */
const MAX_FORWARD_MS = 10_000;
const MAX_BACKWARD_MS = 1000;

export class JumpStreak {
  #units = 0;
  #latestMs = 0;
  #since = 0;

  /** The ordinal of the streak's first unit. */
  get since(): number {
    return this.#since;
  }

  /** One more unit jumped, to `ms`. True when it and the ones before are a clock; the streak is then over. */
  add(ms: number, ordinal: number): boolean {
    const stepMs = ms - this.#latestMs;
    if (this.#units === 0 || stepMs > MAX_FORWARD_MS || stepMs < -MAX_BACKWARD_MS) {
      this.#units = 1;
      this.#latestMs = ms;
      this.#since = ordinal;
    } else if (stepMs > 0) {
      this.#units += 1;
      this.#latestMs = ms;
    }
    if (this.#units < UNITS_OF_A_CLOCK) return false;
    this.#units = 0;
    return true;
  }

  /** A unit did not jump. */
  end(): void {
    this.#units = 0;
  }
}

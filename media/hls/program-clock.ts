// Program date time: media time that leans gently toward the server's clock, and never runs back.

/**
 * How far the date may depart from pure media time, as a share of the time that passes: an encoder's clock is off by
 * 100 ppm at worst, ten times less, while a burst that arrives seconds late moves a segment by milliseconds only.
 */
const MAX_SLEW = 0.001;

export class ProgramClock {
  #mediaSeconds: number | null = null;
  #dateMs = Number.NEGATIVE_INFINITY;
  /** Where what the last reading was of has ended; null before it has. */
  #endSeconds: number | null = null;

  /** What began with the last reading goes on to here in media time. */
  ended(mediaSeconds: number): void {
    this.#endSeconds = mediaSeconds;
  }

  /** Media time starts anew: the next reading is the server's clock, unless what was before has not ended by then. */
  restart(): void {
    if (this.#mediaSeconds !== null && this.#endSeconds !== null)
      this.#dateMs += Math.max(0, this.#endSeconds - this.#mediaSeconds) * 1000;
    this.#mediaSeconds = null;
  }

  /** What is at `mediaSeconds` arrived when the server's clock said `wallClockMs`. Milliseconds since 1970, whole. */
  read(mediaSeconds: number, wallClockMs: number): number {
    if (this.#mediaSeconds === null) {
      this.#dateMs = Math.max(this.#dateMs, wallClockMs);
    } else {
      const elapsedMs = Math.max(0, mediaSeconds - this.#mediaSeconds) * 1000;
      const aheadMs = wallClockMs - (this.#dateMs + elapsedMs);
      const maxSlewMs = elapsedMs * MAX_SLEW;
      this.#dateMs += elapsedMs + Math.min(maxSlewMs, Math.max(-maxSlewMs, aheadMs));
    }
    this.#mediaSeconds = mediaSeconds;
    this.#endSeconds = null;
    return Math.round(this.#dateMs);
  }
}

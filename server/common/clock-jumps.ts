// Tells a clock that was set, which dates have to follow at once, from one that runs a little fast or slow.

/**
 * A date that is wrong by less is followed as gently as a clock that runs fast or slow: a leap second that the system counts
 * twice is no reason to break a playlist.
 */
const MAX_GENTLE_MS = 2000;

/** How fast a difference is made up for by dates that are followed gently, as a share of the time that passes. */
const FOLLOWED_SHARE = 0.001;

export class ClockJumps {
  #readAtMs: number | null = null;
  /** The date minus the monotonic time, as dates have followed it so far. */
  #followedOffsetMs = 0;

  /** The two times of one moment. True when the date was set since the last one: dates begin anew with this one. */
  hasJumped(monotonicMs: number, dateMs: number): boolean {
    const offsetMs = dateMs - monotonicMs;
    const passedMs = monotonicMs - (this.#readAtMs ?? monotonicMs);
    const isFirst = this.#readAtMs === null;
    this.#readAtMs = monotonicMs;
    const leftMs = offsetMs - this.#followedOffsetMs;
    if (isFirst || Math.abs(leftMs) > MAX_GENTLE_MS) {
      this.#followedOffsetMs = offsetMs;
      return !isFirst;
    }
    const mostMs = passedMs * FOLLOWED_SHARE;
    this.#followedOffsetMs += Math.min(mostMs, Math.max(-mostMs, leftMs));
    return false;
  }
}

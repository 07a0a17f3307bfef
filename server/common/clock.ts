// The server's one clock: wall time without the jumps of wall time.

export interface Clock {
  /** Whole milliseconds since 1970, UTC. Never less than at the reading before. */
  nowMs(): number;
}

/** Where a clock gets its time from, milliseconds. */
export interface TimeSources {
  readonly wallMs: () => number;
  /** From any origin, never set back. */
  readonly monotonicMs: () => number;
}

/**
 * How fast the clock makes up for a wall clock that was set, as a share of the time that passes: timeouts measured
 * meanwhile are wrong by no more than this, and an hour is made up within a day.
 */
const MAX_SLEW = 0.05;

/** Runs with the monotonic source and leans toward the wall clock, however far that was set forward or back. */
export class SystemClock implements Clock {
  readonly #sources: TimeSources;
  #readAtMs: number;
  #timeMs: number;

  constructor(sources: TimeSources = { wallMs: Date.now, monotonicMs: () => performance.now() }) {
    this.#sources = sources;
    this.#readAtMs = sources.monotonicMs();
    this.#timeMs = sources.wallMs();
  }

  nowMs(): number {
    const monotonicMs = this.#sources.monotonicMs();
    const elapsedMs = monotonicMs - this.#readAtMs;
    const behindMs = this.#sources.wallMs() - (this.#timeMs + elapsedMs);
    const maxSlewMs = elapsedMs * MAX_SLEW;
    this.#readAtMs = monotonicMs;
    this.#timeMs += elapsedMs + Math.min(maxSlewMs, Math.max(-maxSlewMs, behindMs));
    return Math.floor(this.#timeMs);
  }
}

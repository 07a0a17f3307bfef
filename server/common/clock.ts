// The two times there are: how long it took, and what date it is. The first is never set; the second is, while we run.

export interface Clock {
  /** Whole milliseconds from any origin, never less than before. Whatever lasts is measured with it. */
  monotonicMs(): number;
  /** Whole milliseconds since 1970, UTC, as the system has it now. It jumps, forward and back: nothing is measured with it. */
  dateMs(): number;
  /** The date of a monotonic reading by what the system says now: right also where the clock was still wrong back then. */
  dateOf(monotonicMs: number): number;
  /**
   * `monotonicMs` stays the same until `release`: what is done at once asks for it many times and has it read once. Each `hold`
   * has its `release`, and nothing is waited for in between.
   */
  hold(): void;
  release(): void;
}

/** Where a clock gets its times from, milliseconds. */
export interface TimeSources {
  readonly dateMs: () => number;
  readonly monotonicMs: () => number;
}

/** How far the two may drift apart before dates of monotonic readings follow: they do not waver by a rounding. */
const MAX_DRIFT_MS = 10;

/** Dates of moments that follow closely on each other are by one comparison of the two: each costs three readings. */
const COMPARED_EVERY_MS = 100;

/** Between two readings that belong together the process may be stopped: apart by more, they say nothing of each other. */
const MAX_READING_MS = 5;

export class SystemClock implements Clock {
  readonly #sources: TimeSources;
  #heldMs: number | null = null;
  /** The date minus the monotonic time. */
  #offsetMs: number;
  /** By the monotonic time. */
  #comparedAtMs = Number.NEGATIVE_INFINITY;

  constructor(sources: TimeSources = { dateMs: Date.now, monotonicMs: () => performance.now() }) {
    this.#sources = sources;
    this.#offsetMs = Math.round(sources.dateMs() - sources.monotonicMs());
  }

  monotonicMs(): number {
    return this.#heldMs ?? Math.floor(this.#sources.monotonicMs());
  }

  hold(): void {
    this.#heldMs = this.monotonicMs();
  }

  release(): void {
    this.#heldMs = null;
  }

  dateMs(): number {
    return Math.floor(this.#sources.dateMs());
  }

  dateOf(monotonicMs: number): number {
    const sinceMs = monotonicMs - this.#comparedAtMs;
    if (sinceMs < 0 || sinceMs >= COMPARED_EVERY_MS) this.#compare();
    return monotonicMs + this.#offsetMs;
  }

  #compare(): void {
    const beforeMs = this.#sources.monotonicMs();
    const dateMs = this.#sources.dateMs();
    const afterMs = this.#sources.monotonicMs();
    if (afterMs - beforeMs > MAX_READING_MS) return;
    this.#comparedAtMs = Math.floor(beforeMs);
    const offsetMs = Math.round(dateMs - beforeMs);
    if (Math.abs(offsetMs - this.#offsetMs) > MAX_DRIFT_MS) this.#offsetMs = offsetMs;
  }
}

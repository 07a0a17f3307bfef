// A time that never goes back, and is never jumped: not when the clock is set, nor when the process ends and another begins.
//
// What it numbers is numbered once, and what it dates grows old only by the time that passes. It runs with the monotonic
// clock; between two processes as much is taken to have passed as the calendar says. What was handed out always lies below
// a mark on the disk, behind which the next process begins.

import type { Clock } from "./clock.ts";

/** What the disk knows of it. */
export interface RisingMark {
  /** Nothing later was handed out. */
  readonly reservedMs: number;
  /** The rising time, and the date, when this was written. */
  readonly risenMs: number;
  readonly dateMs: number;
}

export interface RisingTimeOptions {
  readonly store: { read(): Promise<RisingMark | null>; write(mark: RisingMark): Promise<void> };
  readonly clock: Pick<Clock, "monotonicMs" | "dateMs">;
  /** The disk does not take it: after a crash numbers may be used again, if the clock is set back meanwhile. */
  readonly onUnsaved: (message: string) => void;
}

/** How far the mark lies ahead: written twice in that time. A process that comes after a crash begins up to this much later. */
const RESERVED_MS = 120_000;

const LOOK_INTERVAL_MS = 10_000;

export class RisingTime {
  readonly #options: RisingTimeOptions;
  readonly #originMs: number;
  readonly #ticker: Timer;
  #reservedMs = Number.NEGATIVE_INFINITY;
  /** The mark that is being written. */
  #reserving: Promise<void> | null = null;

  /** Its first mark is on the disk, or the disk does not take it, when this resolves. */
  static async begin(options: RisingTimeOptions): Promise<RisingTime> {
    const time = new RisingTime(options, await options.store.read());
    time.nowMs();
    await time.#reserving;
    return time;
  }

  private constructor(options: RisingTimeOptions, mark: RisingMark | null) {
    this.#options = options;
    this.#originMs = beginning(mark, options.clock.dateMs()) - options.clock.monotonicMs();
    this.#ticker = setInterval(() => this.nowMs(), LOOK_INTERVAL_MS);
    this.#ticker.unref();
  }

  /** Whole milliseconds; where it began for the first time, since 1970. */
  nowMs(): number {
    const nowMs = this.#originMs + this.#options.clock.monotonicMs();
    if (nowMs > this.#reservedMs - RESERVED_MS / 2) {
      // Nobody waits: the mark before is good for another minute. It does not reject.
      this.#reserving ??= this.#reserve(nowMs).finally(() => {
        this.#reserving = null;
      });
    }
    return nowMs;
  }

  /** No mark is being written any more when this resolves. */
  async stop(): Promise<void> {
    clearInterval(this.#ticker);
    await this.#reserving;
  }

  async #reserve(risenMs: number): Promise<void> {
    const { store, clock, onUnsaved } = this.#options;
    const reservedMs = risenMs + RESERVED_MS;
    try {
      await store.write({ reservedMs, risenMs, dateMs: clock.dateMs() });
      this.#reservedMs = reservedMs;
    } catch (error) {
      onUnsaved(String(error));
    }
  }
}

function beginning(mark: RisingMark | null, dateMs: number): number {
  if (mark === null) return dateMs;
  return Math.max(mark.reservedMs, mark.risenMs + Math.max(0, dateMs - mark.dateMs));
}

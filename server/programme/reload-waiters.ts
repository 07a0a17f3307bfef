// Those who wait for what a programme is about to list: woken in the order they came, and never for long.

import type { Clock } from "#server/common/clock.ts";

/** How a wait ended: what it was for may be there, it took too long, or so many wait that nobody more can. */
export type WaitEnd = "woken" | "late" | "full";

/** Some 4 kB each with its request: 80 MB for the programme that everybody watches. */
const MAX_WAITERS = 20_000;

/** As small as can be: thousands wait at once. */
class Waiter implements EventListenerObject {
  readonly isOver: () => boolean;
  readonly endsAtMs: number;
  readonly #end: (waiter: Waiter) => void;
  readonly #signal: AbortSignal;
  readonly #resolve: (end: WaitEnd) => void;

  constructor(
    parts: Pick<Waiter, "isOver" | "endsAtMs">,
    signal: AbortSignal,
    resolve: (end: WaitEnd) => void,
    end: (waiter: Waiter) => void,
  ) {
    this.isOver = parts.isOver;
    this.endsAtMs = parts.endsAtMs;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#end = end;
    signal.addEventListener("abort", this);
  }

  /** The client went away. */
  handleEvent(): void {
    this.#end(this);
  }

  resolve(end: WaitEnd): void {
    this.#signal.removeEventListener("abort", this);
    this.#resolve(end);
  }
}

export class ReloadWaiters {
  readonly #clock: Pick<Clock, "monotonicMs">;
  /** In the order they came. */
  readonly #waiters = new Set<Waiter>();
  #timer: Timer | null = null;
  #isClosed = false;
  readonly #left = (waiter: Waiter): void => this.#end(waiter, "woken");

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#waiters.size;
  }

  /**
   * Until `isOver`, which is asked at every {@link wake}, for `milliseconds` at most; a client that goes away, which `signal` tells,
   * is nobody who waits.
   */
  wait(isOver: () => boolean, milliseconds: number, signal: AbortSignal): Promise<WaitEnd> {
    if (this.#isClosed || isOver() || signal.aborted) return Promise.resolve("woken");
    if (this.#waiters.size >= MAX_WAITERS) return Promise.resolve("full");
    const endsAtMs = this.#clock.monotonicMs() + milliseconds;
    return new Promise((resolve) => {
      this.#waiters.add(new Waiter({ isOver, endsAtMs }, signal, resolve, this.#left));
      this.#setTimer();
    });
  }

  /** Something new is listed. */
  wake(): void {
    for (const waiter of this.#waiters) if (waiter.isOver()) this.#end(waiter, "woken");
  }

  /** Nothing new will be listed: nobody waits any more. */
  close(): void {
    this.#isClosed = true;
    for (const waiter of this.#waiters) this.#end(waiter, "woken");
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #end(waiter: Waiter, end: WaitEnd): void {
    if (this.#waiters.delete(waiter)) waiter.resolve(end);
  }

  /** One for all, for whoever has waited longest. */
  #setTimer(): void {
    const [first] = this.#waiters;
    if (this.#timer !== null || first === undefined) return;
    const restMs = Math.max(0, first.endsAtMs - this.#clock.monotonicMs());
    this.#timer = setTimeout(() => this.#endLate(), restMs);
  }

  #endLate(): void {
    this.#timer = null;
    const nowMs = this.#clock.monotonicMs();
    for (const waiter of this.#waiters) {
      if (waiter.endsAtMs > nowMs) break;
      this.#end(waiter, "late");
    }
    this.#setTimer();
  }
}

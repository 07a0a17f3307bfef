// A clock that stands still until a test moves it: time passes, or the date is set.

import type { Clock } from "#server/common/clock.ts";

export class FakeClock implements Clock {
  #monotonicMs: number;
  #dateMs: number;

  constructor(dateMs = Date.UTC(2026, 10, 24, 12), monotonicMs = 1_000_000) {
    this.#dateMs = dateMs;
    this.#monotonicMs = monotonicMs;
  }

  readonly monotonicMs = (): number => this.#monotonicMs;

  readonly dateMs = (): number => this.#dateMs;

  readonly dateOf = (monotonicMs: number): number => monotonicMs + this.#dateMs - this.#monotonicMs;

  /** It stands still anyway. */
  hold(): void {}

  release(): void {}

  pass(milliseconds: number): void {
    this.#monotonicMs += milliseconds;
    this.#dateMs += milliseconds;
  }

  /** Forward, or back where it is negative; no time passes. */
  set(byMilliseconds: number): void {
    this.#dateMs += byMilliseconds;
  }
}

// Tries that fail are made again, later and later.

import type { Delay } from "./delay.ts";

export class Backoff {
  readonly #firstMs: number;
  readonly #mostMs: number;
  readonly #delay: Delay;
  #nextMs: number;

  constructor({ firstMs, mostMs, delay }: { firstMs: number; mostMs: number; delay: Delay }) {
    this.#firstMs = firstMs;
    this.#mostMs = mostMs;
    this.#delay = delay;
    this.#nextMs = firstMs;
  }

  /** A try has failed: resolves when it is time for the next, twice as late after each, or when the signal is aborted. */
  async failed(signal: AbortSignal): Promise<void> {
    const waitMs = this.#nextMs;
    this.#nextMs = Math.min(2 * waitMs, this.#mostMs);
    await this.#delay(waitMs, signal);
  }

  /** A try went well: what fails next is tried again soon. */
  wentWell(): void {
    this.#nextMs = this.#firstMs;
  }
}

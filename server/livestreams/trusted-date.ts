// The date, as far as it can be trusted with what cannot be undone: once it has gone on for hours without being set.
//
// Clocks are wrong at the start of a machine, and are set by hand. A date that is days ahead would make everything old at once.
// So a date counts only after the server has run with it for six hours, in one go or with breaks of up to an hour, and no step
// of more than an hour between two looks, forward or back.

import type { Clock } from "#server/common/clock.ts";
import type { DateMark, DateMarkStore } from "#server/store/date-mark-store.ts";

const HOUR_MS = 3_600_000;

/** A larger step between two looks is a clock that was set, or a server that was off for longer. */
const MAX_STEP_MS = HOUR_MS;

/** What something sets right that was wrong at the start, and somebody who is at work notices. */
const HELD_MS = 6 * HOUR_MS;

export interface TrustedDateOptions {
  readonly store: DateMarkStore;
  readonly clock: Pick<Clock, "monotonicMs" | "dateMs">;
}

export class TrustedDate {
  readonly #options: TrustedDateOptions;
  #lookedAtMs: number | null = null;

  constructor(options: TrustedDateOptions) {
    this.#options = options;
  }

  /** Milliseconds since 1970; null while it is not to be trusted. Looked at every few minutes. */
  async look(): Promise<number | null> {
    const { store, clock } = this.#options;
    const monotonicMs = clock.monotonicMs();
    const dateMs = clock.dateMs();
    const passedMs = monotonicMs - (this.#lookedAtMs ?? monotonicMs);
    const heldMs = heldSince(await store.read(), dateMs, passedMs);
    await store.write({ seenMs: dateMs, heldMs });
    this.#lookedAtMs = monotonicMs;
    return heldMs >= HELD_MS ? dateMs : null;
  }
}

function heldSince(mark: DateMark | null, dateMs: number, passedMs: number): number {
  if (mark === null || Math.abs(dateMs - mark.seenMs - passedMs) > MAX_STEP_MS) return 0;
  return mark.heldMs + passedMs;
}

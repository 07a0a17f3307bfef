// Which events are kept one by one: of each livestream a thousand at once, and then twenty a minute.

/** A long broadcast with all its troubles; a mad encoder's in a few hundred kilobytes. */
const MOST_AT_ONCE = 1000;

const PER_MINUTE = 20;

const MINUTE_MS = 60_000;

/** As of a time of the process's own clock. */
interface Budget {
  readonly left: number;
  readonly atMs: number;
}

export class EventBudget {
  readonly #budgets = new Map<string, Budget>();

  /** Whether one more of this livestream is kept. */
  take(livestreamId: string, nowMs: number): boolean {
    const known = this.#budgets.get(livestreamId);
    if (known === undefined) this.#forgetUnused(nowMs);
    const left = known === undefined ? MOST_AT_ONCE : leftAt(known, nowMs);
    if (left < 1) return false;
    this.#budgets.set(livestreamId, { left: left - 1, atMs: nowMs });
    return true;
  }

  /** The livestream is no more. */
  forget(livestreamId: string): void {
    this.#budgets.delete(livestreamId);
  }

  /** Those of which so little happened that they are as good as new. */
  #forgetUnused(nowMs: number): void {
    for (const [livestreamId, budget] of this.#budgets)
      if (leftAt(budget, nowMs) >= MOST_AT_ONCE) this.#budgets.delete(livestreamId);
  }
}

function leftAt({ left, atMs }: Budget, nowMs: number): number {
  return Math.min(MOST_AT_ONCE, left + ((nowMs - atMs) / MINUTE_MS) * PER_MINUTE);
}

// Whoever walks a history page by page sees it as it was at the first page, while new samples arrive at its front.

/** A walk that asks for nothing this long is over. */
const MAX_PAUSE_MS = 10 * 60_000;

const MAX_WALKS = 10_000;

interface Walk {
  readonly end: number;
  readonly atMs: number;
}

export class PageWalks {
  /** In the order of last use. */
  readonly #walks = new Map<string, Walk>();

  /**
   * How many samples the walk sees: at page 0 all `total` that there are, and from then on as many as then.
   * `walker` names who walks through what; of one walker the walk that began last counts.
   */
  endOf(walker: string, page: number, total: number, nowMs: number): number {
    this.#forget(nowMs);
    const end = page === 0 ? total : Math.min(total, this.#walks.get(walker)?.end ?? total);
    this.#walks.delete(walker);
    this.#walks.set(walker, { end, atMs: nowMs });
    return end;
  }

  #forget(nowMs: number): void {
    for (const [walker, { atMs }] of this.#walks) {
      if (this.#walks.size <= MAX_WALKS && nowMs - atMs <= MAX_PAUSE_MS) return;
      this.#walks.delete(walker);
    }
  }
}

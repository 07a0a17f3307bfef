// Whoever walks a history page by page sees it as it was at the first page, while new samples arrive at its front.

/** A walk that asks for nothing this long is over. */
const MAX_PAUSE_MS = 10 * 60_000;

const MAX_WALKERS = 10_000;

/** Walks kept for one token: programs may share it, each with a walk of its own. */
const MAX_WALKS_EACH = 8;

interface Walk {
  readonly end: number;
  /** The one that was asked for last. */
  readonly page: number;
  readonly atMs: number;
}

export class PageWalks {
  /** By walker, in the order of last use; so are the walks of each. */
  readonly #walks = new Map<string, readonly Walk[]>();

  /**
   * How many samples the walk sees: at page 0 all `total` that there are, and from then on as many as then. `walker` names
   * who walks through what. Of several walks that may be the same walker's, the one that has come to the page before is
   * meant: somebody who asks for page 0 again and again does not move another's walk.
   */
  endOf(walker: string, page: number, total: number, nowMs: number): number {
    this.#forget(nowMs);
    const walks = (this.#walks.get(walker) ?? []).filter(({ atMs }) => nowMs - atMs <= MAX_PAUSE_MS);
    const walk = page === 0 ? undefined : walkTo(page, walks);
    const end = Math.min(total, walk?.end ?? total);
    const others = walks.filter((each) => each !== walk && (page > 0 || each.page > 0));
    this.#walks.delete(walker);
    this.#walks.set(walker, [...others, { end, page, atMs: nowMs }].slice(-MAX_WALKS_EACH));
    return end;
  }

  #forget(nowMs: number): void {
    for (const [walker, walks] of this.#walks) {
      const lastMs = walks.at(-1)?.atMs ?? 0;
      if (this.#walks.size <= MAX_WALKERS && nowMs - lastMs <= MAX_PAUSE_MS) return;
      this.#walks.delete(walker);
    }
  }
}

/** The one that goes on with this page, or asks for it once more, or else jumps there. */
function walkTo(page: number, walks: readonly Walk[]): Walk | undefined {
  return (
    walks.findLast((walk) => walk.page === page - 1) ??
    walks.findLast((walk) => walk.page === page) ??
    walks.at(-1)
  );
}

// One figure of a publish, second by second: how the newest seconds compare with what is usual for it.

/** The newest complete seconds are weighed together: one alone may miss a burst that a slow link brought a little later. */
export const RECENT_SECONDS = 2;

/** The mean of the newest of the seconds that were usual, this many, is what is usual … */
const USUAL_SECONDS = 30;

/** … and is not known before there were this many. */
const MIN_USUAL_SECONDS = 5;

interface Second {
  readonly amount: number;
  readonly isUsual: boolean;
}

export class UsualLevel {
  readonly #lowShare: number;
  #recent: readonly Second[] = [];
  #usual: readonly number[] = [];

  /**
   * Seconds that bring less than `lowShare` of what is usual do not count as usual: however long they go on, they are
   * compared with what was before.
   */
  constructor(lowShare: number) {
    this.#lowShare = lowShare;
  }

  /** The next complete second; `isUsual` is false for one that says nothing of what is usual. */
  add(amount: number, isUsual: boolean): void {
    const seconds = [...this.#recent, { amount, isUsual }];
    const left = seconds.length > RECENT_SECONDS ? seconds.shift() : undefined;
    if (left?.isUsual) this.#usual = [...this.#usual, left.amount].slice(-USUAL_SECONDS);
    this.#recent = seconds;
    if (this.isLow) this.#recent = seconds.map((second) => ({ ...second, isUsual: false }));
  }

  /** What the newest seconds bring as a share of what is usual; null while that is unknown or nothing. */
  get recentShare(): number | null {
    const usual = sum(this.#usual) / this.#usual.length;
    if (this.#usual.length < MIN_USUAL_SECONDS || usual === 0) return null;
    return sum(this.#recent.map(({ amount }) => amount)) / (usual * RECENT_SECONDS);
  }

  get isLow(): boolean {
    return this.recentShare !== null && this.recentShare < this.#lowShare;
  }
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}

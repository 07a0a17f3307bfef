// A live picture that stands still: whatever keeps it, a player that has had its time begins afresh.

/** As long as the watch page waits. */
export const AFRESH_MS = 15_000;

export class StillPicture {
  #atSeconds = 0;
  #sinceMs: number;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  /** To be asked now and then. True once it has stood for that long, and then not before as long again. */
  isDue(atSeconds: number, nowMs: number): boolean {
    const hasMoved = atSeconds !== this.#atSeconds;
    const isDue = !hasMoved && nowMs - this.#sinceMs >= AFRESH_MS;
    if (hasMoved || isDue) this.#sinceMs = nowMs;
    this.#atSeconds = atSeconds;
    return isDue;
  }

  /** Nobody looked: what stood still meanwhile says nothing. */
  looksAgain(nowMs: number): void {
    this.#sinceMs = nowMs;
  }
}

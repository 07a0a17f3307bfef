// One piece of work at a time, and a bounded number waiting for their turn.

export class WorkQueue {
  readonly #maxWaiting: number;
  #last: Promise<unknown> = Promise.resolve();
  #unsettled = 0;

  /** `maxWaiting`: besides the one that runs. */
  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  /** Pieces that run or wait. */
  get unsettled(): number {
    return this.#unsettled;
  }

  /** Null when there is no room to wait in; its failure is its caller's alone. */
  run<Result>(work: () => Promise<Result>): Promise<Result> | null {
    if (this.#unsettled > this.#maxWaiting) return null;
    this.#unsettled += 1;
    const result = this.#last.then(work, work).finally(() => {
      this.#unsettled -= 1;
    });
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves once nothing is running or waiting. */
  async settled(): Promise<void> {
    while (this.#unsettled > 0) await this.#last;
  }
}

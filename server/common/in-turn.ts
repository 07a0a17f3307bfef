// Effects on one thing happen one after another, in the order they were asked for; different things do not wait.

export class InTurn {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs the effect once those before it on the same subject have settled; its failure is its caller's alone. */
  run<Result>(subject: string, effect: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(subject) ?? Promise.resolve();
    const result = before.then(effect, effect);
    this.#last.set(subject, result);
    const forget = (): void => {
      if (this.#last.get(subject) === result) this.#last.delete(subject);
    };
    result.then(forget, forget);
    return result;
  }

  /** Resolves once nothing is running or waiting. */
  async settled(): Promise<void> {
    while (this.#last.size > 0) await Promise.allSettled(this.#last.values());
  }
}

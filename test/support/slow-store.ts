// A store that takes its time: each operation waits before it begins and again before its answer, until the test lets it pass.

export class SlowStore {
  readonly #waiting: (() => void)[] = [];

  /** Operations that wait to begin or to be answered. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** The same store, but for the time it takes. */
  around<Store extends object>(store: Store): Store {
    return new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        return async (...of: readonly unknown[]) => {
          await this.#gate();
          const result: unknown = await Reflect.apply(member, target, of);
          await this.#gate();
          return result;
        };
      },
    });
  }

  /** Lets one of those that wait go on. */
  pass(index: number): void {
    this.#waiting.splice(index, 1)[0]?.();
  }

  #gate(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}

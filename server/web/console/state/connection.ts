// Whether the server answers: every call tells, and whoever shows it is told of a change.

export type ConnectionState = "well" | "lost";

export class Connection {
  #state: ConnectionState = "well";
  readonly #listeners = new Set<(state: ConnectionState) => void>();

  get state(): ConnectionState {
    return this.#state;
  }

  answered(): void {
    this.#become("well");
  }

  failed(): void {
    this.#become("lost");
  }

  /** Returns what ends it. */
  onChange(listener: (state: ConnectionState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #become(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}

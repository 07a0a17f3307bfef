// When a recording's files are opened again: nothing else tells that a recorder which stopped is ready to go on.

export class Openings {
  #next = Promise.withResolvers<void>();

  /** Resolves with the next opening, once whoever opens has taken the files. */
  get next(): Promise<void> {
    return this.#next.promise;
  }

  /** What `open` gives, told to whoever waits for it. */
  readonly lend = <T>(open: () => T): T => {
    const files = open();
    this.#next.resolve();
    this.#next = Promise.withResolvers();
    return files;
  };
}

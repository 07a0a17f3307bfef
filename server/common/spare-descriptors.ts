// Descriptors held for nothing, so that a file that must not fail to open can have theirs when all others are taken.

import { closeSync, openSync } from "node:fs";
import { isOutOfDescriptors } from "./descriptor-count.ts";

/** The two files of a recording, and the one that holds its room on the disk. */
const COUNT = 4;

export class SpareDescriptors {
  readonly #hold: () => number;
  readonly #giveUp: (descriptor: number) => void;
  #held: number[] = [];

  constructor({ hold = () => openSync("/dev/null", "r"), giveUp = closeSync } = {}) {
    this.#hold = hold;
    this.#giveUp = giveUp;
    this.refill();
  }

  /** What `open` makes; when there is no descriptor for it, once more with the spare ones. */
  lend<Opened>(open: () => Opened): Opened {
    try {
      return open();
    } catch (error) {
      if (!isOutOfDescriptors(error) || this.#held.length === 0) throw error;
      this.close();
      return open();
    }
  }

  /** To be called when there are descriptors to be had again. */
  refill(): void {
    try {
      while (this.#held.length < COUNT) this.#held.push(this.#hold());
    } catch (error) {
      if (!isOutOfDescriptors(error)) throw error;
    }
  }

  close(): void {
    for (const descriptor of this.#held.splice(0)) this.#giveUp(descriptor);
  }
}

// Whether the object store answers, asked as often as anybody likes and tried at most once a second.

import { type DiskTrouble, diskTroubleOf } from "#server/store/disk-trouble.ts";
import type { ObjectStore } from "#server/store/object-store.ts";

const KEPT_MS = 1000;

export class ObjectProbe {
  readonly #store: Pick<ObjectStore, "check">;
  #last: { readonly problem: Promise<DiskTrouble | null>; readonly atMs: number } | null = null;

  constructor(store: Pick<ObjectStore, "check">) {
    this.#store = store;
  }

  /** What is wrong with it now, null when nothing is. */
  problem(): Promise<DiskTrouble | null> {
    const atMs = performance.now();
    if (this.#last === null || atMs - this.#last.atMs >= KEPT_MS) this.#last = { problem: this.#try(), atMs };
    return this.#last.problem;
  }

  async #try(): Promise<DiskTrouble | null> {
    try {
      await this.#store.check();
      return null;
    } catch (error) {
      return diskTroubleOf(error) ?? "object_store_away";
    }
  }
}

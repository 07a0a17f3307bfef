// Writes that the disk did not take: kept in memory, in order, and written as soon as it takes them again.
//
// For what has happened already and cannot be refused: a recording that stopped, a broadcast that was ended. A process that is
// killed before has not written them.

import type { Log } from "#server/common/log.ts";
import { diskTroubleOf } from "./disk-trouble.ts";

const RETRY_MS = 1000;

/** At the end of the process the disk gets this long to answer. */
const CLOSE_MS = 1000;

export interface OwedWritesOptions {
  /** Asked before each try: a database that is locked, or on a disk that hangs, would hold up the whole process. */
  readonly isStoreWell: () => Promise<boolean>;
  readonly log: Log;
  readonly retryMs?: number;
}

/** What is to be written, and of which livestream. */
export interface OwedWrite {
  readonly what: string;
  readonly livestreamId: string;
  readonly write: () => Promise<unknown>;
}

export class OwedWrites {
  readonly #options: OwedWritesOptions;
  /** A later one of the same kind and livestream takes the place of the earlier. */
  readonly #owed = new Map<string, OwedWrite>();
  #timer: Timer | null = null;

  constructor(options: OwedWritesOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#owed.size;
  }

  /** Writes it, or keeps it until the disk takes it: then false. Fails with what is no trouble of the disk's. */
  async write(owed: OwedWrite): Promise<boolean> {
    const { what, livestreamId, write } = owed;
    try {
      if (this.#owed.size === 0) {
        await write();
        return true;
      }
    } catch (error) {
      if (diskTroubleOf(error) === null) throw error;
      this.#options.log.error("write_owed", { what, livestreamId, message: String(error) });
    }
    this.#owed.set(`${what} ${livestreamId}`, owed);
    this.#retryLater();
    return false;
  }

  /** Tries all of them, in order, until one is not taken. */
  async retry(): Promise<void> {
    for (const [key, owed] of this.#owed) {
      const { what, livestreamId, write } = owed;
      try {
        await write();
        this.#options.log.info("owed_write_done", { what, livestreamId });
      } catch (error) {
        if (diskTroubleOf(error) !== null) return;
        this.#options.log.error("owed_write_failed", { what, livestreamId, message: String(error) });
      }
      // A later one of its kind may have taken its place meanwhile.
      if (this.#owed.get(key) === owed) this.#owed.delete(key);
    }
  }

  /** A last try, unless the store does not say in time that it is well. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#owed.size === 0) return;
    const { isStoreWell, log } = this.#options;
    if (await Promise.race([isStoreWell(), Bun.sleep(CLOSE_MS).then(() => false)])) await this.retry();
    for (const { what, livestreamId } of this.#owed.values())
      log.error("owed_write_lost", { what, livestreamId });
  }

  #retryLater(): void {
    const { retryMs = RETRY_MS } = this.#options;
    this.#timer ??= setTimeout(() => void this.#retryIfWell(), retryMs).unref(); // Ends with the answer.
  }

  async #retryIfWell(): Promise<void> {
    const isWell = await this.#options.isStoreWell();
    if (this.#timer === null) return;
    if (isWell) await this.retry();
    if (this.#timer === null) return;
    this.#timer = null;
    if (this.#owed.size > 0) this.#retryLater();
  }
}

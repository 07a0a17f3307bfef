// The masters of pictures in the object store: written and swept behind whoever made them, for as long as it takes.

import { Backoff } from "#server/common/backoff.ts";
import type { Delay } from "#server/common/delay.ts";
import { messageOf } from "#server/common/failure.ts";
import type { Log } from "#server/common/log.ts";
import { ObjectMissingError, type ObjectStore, ObjectStoreTroubleError } from "#server/store/object-store.ts";
import { contentHashOf } from "./content-hash.ts";

/** After a try that failed; twice as long after each, up to a minute. */
const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 60_000;

const FOLDER = "thumbnails";

export interface StoredPicturesOptions {
  readonly store: ObjectStore;
  readonly delay: Delay;
  readonly log: Log;
}

/** Null when it is not there any more. */
type ReadMaster = () => Promise<Uint8Array<ArrayBuffer> | null>;

export class StoredPictures {
  readonly #options: StoredPicturesOptions;
  readonly #abort = new AbortController();
  /** What is to be done, in the order in which it came; a later one of its name takes its place. */
  readonly #waiting = new Map<string, () => Promise<void>>();
  #work: Promise<void> | null = null;

  constructor(options: StoredPicturesOptions) {
    this.#options = options;
  }

  /** Nobody waits for it. `readMaster`: from the disk. */
  keep(livestreamId: string, contentHash: string, readMaster: ReadMaster): void {
    const key = keyOf(livestreamId, contentHash);
    this.#behind(key, async () => {
      const master = await readMaster();
      if (master !== null) await this.#options.store.put(key, master, "image/jpeg");
    });
  }

  /** Removes every picture of the livestream but these; nobody waits for it. */
  sweep(livestreamId: string, contentHashes: ReadonlySet<string>): void {
    this.#behind(folderOf(livestreamId), () => this.#removeAllBut(livestreamId, contentHashes));
  }

  /** Which of these, each `<livestream id>/<content hash>`, it does not have. */
  async missingOf(pictures: readonly string[]): Promise<readonly string[]> {
    const objects = await Array.fromAsync(this.#options.store.list(`${FOLDER}/`));
    const keys = new Set(objects.map(({ key }) => key));
    return pictures.filter((picture) => !keys.has(`${FOLDER}/${picture}`));
  }

  /** Null when it is not there; throws where it is another picture. */
  async read(livestreamId: string, contentHash: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const { store } = this.#options;
    const key = keyOf(livestreamId, contentHash);
    const byteLength = await store.byteLengthOf(key);
    if (byteLength === null) return null;
    try {
      const master = await store.read(key, 0, byteLength);
      if (contentHashOf(master) === contentHash) return master;
      throw new ObjectStoreTroubleError("OBJECT_DAMAGED", `${key} is not what was written`);
    } catch (error) {
      if (error instanceof ObjectMissingError) return null;
      throw error;
    }
  }

  /** Resolves once the store has no picture of the livestream any more. */
  async remove(livestreamId: string): Promise<void> {
    const folder = folderOf(livestreamId);
    for (const name of this.#waiting.keys()) if (name.startsWith(folder)) this.#waiting.delete(name);
    await this.#removeAllBut(livestreamId, new Set());
  }

  /** It is on the disk, where it stays. */
  async forget(livestreamId: string, contentHash: string): Promise<void> {
    await this.#options.store.remove(keyOf(livestreamId, contentHash));
  }

  /** Resolves once the store has everything. */
  async settled(): Promise<void> {
    await this.#work;
  }

  /** What is on its way is given up; the next process begins with it. */
  async stop(): Promise<void> {
    this.#abort.abort(new Error("the process ends"));
    await this.#work;
  }

  async #removeAllBut(livestreamId: string, contentHashes: ReadonlySet<string>): Promise<void> {
    const { store } = this.#options;
    const folder = folderOf(livestreamId);
    for await (const { key } of store.list(folder)) {
      if (!contentHashes.has(key.slice(folder.length))) await store.remove(key);
    }
  }

  #behind(name: string, task: () => Promise<void>): void {
    if (this.#abort.signal.aborted) return;
    this.#waiting.delete(name);
    this.#waiting.set(name, task);
    this.#work ??= this.#workOff(); // Says itself what fails.
  }

  async #workOff(): Promise<void> {
    const { delay, log } = this.#options;
    const { signal } = this.#abort;
    const backoff = new Backoff({ firstMs: FIRST_RETRY_MS, mostMs: MAX_RETRY_MS, delay });
    for (let next = this.#next(); next !== null && !signal.aborted; next = this.#next()) {
      const [name, task] = next;
      try {
        await task();
        if (this.#waiting.get(name) === task) this.#waiting.delete(name);
        backoff.wentWell();
      } catch (error) {
        log.warn("pictures_wait", { message: messageOf(error) });
        await backoff.failed(signal);
      }
    }
    this.#work = null;
  }

  #next(): [name: string, task: () => Promise<void>] | null {
    const [first] = this.#waiting;
    return first ?? null;
  }
}

function folderOf(livestreamId: string): string {
  return `${FOLDER}/${livestreamId}/`;
}

function keyOf(livestreamId: string, contentHash: string): string {
  return `${folderOf(livestreamId)}${contentHash}`;
}

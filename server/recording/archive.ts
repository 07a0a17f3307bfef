// Recordings on their way from the disk to the object store, one at a time, behind everything else. What the store has, to the
// last byte, leaves the disk once nobody watches it from there.

import { readdir } from "node:fs/promises";
import { Backoff } from "#server/common/backoff.ts";
import type { Delay } from "#server/common/delay.ts";
import { messageOf, unlessMissing } from "#server/common/failure.ts";
import type { Log } from "#server/common/log.ts";
import type { Recordings } from "./recordings.ts";
import type { StoredRecordings } from "./stored-recordings.ts";

/** After a try that failed; twice as long after each, up to a minute. */
const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 60_000;

/** A viewer who pauses goes on from the same file. */
const UNWATCHED_MS = 5 * 60_000;

/** How often it is looked for what nobody watches. */
const LOOK_MS = 30_000;

export interface ArchiveOptions {
  readonly folder: string;
  readonly recordings: Pick<
    Recordings,
    "finished" | "movie" | "archivePaths" | "takeUsed" | "leaveDisk" | "rebuild"
  >;
  readonly stored: Pick<
    StoredRecordings,
    "write" | "isSame" | "isComplete" | "remove" | "removeSegments" | "segmented"
  >;
  /** Its disk was lost before the store had all of it; the message is a sentence for a person. */
  readonly onRebuilt: (id: string, message: string) => Promise<void>;
  /** Its files have moved to the store. */
  readonly onLeft: (id: string) => void;
  /** It is complete, and an asset plays it. */
  readonly isWhole: (id: string) => Promise<boolean>;
  readonly monotonicMs: () => number;
  readonly delay: Delay;
  readonly log: Log;
  readonly unwatchedMs?: number;
}

export class Archive {
  readonly #options: ArchiveOptions;
  readonly #abort = new AbortController();
  readonly #waiting = new Set<string>();
  /** The one that is looked at; it may be added once more meanwhile. */
  #current: string | null = null;
  /** The store has them; they are on the disk, too, since they were watched last at this time. */
  readonly #stored = new Map<string, number>();
  #work: Promise<void> | null = null;
  #looking: Promise<void> | null = null;
  #recovering: Promise<void> | null = null;

  constructor(options: ArchiveOptions) {
    this.#options = options;
  }

  /** Recordings that the store does not have yet. */
  get waiting(): number {
    return this.#waiting.size + (this.#current === null || this.#waiting.has(this.#current) ? 0 : 1);
  }

  /** What is on the disk is looked at, and then the store: the last process may not have come to an end with it. */
  async start(): Promise<void> {
    for (const id of (await unlessMissing(readdir(this.#options.folder))) ?? []) this.add(id);
    this.#looking = this.#look();
    this.#recovering = this.#recover(); // Says itself what fails.
  }

  /** One that has become complete, or may have. */
  add(id: string): void {
    if (this.#abort.signal.aborted) return;
    this.#waiting.add(id);
    this.#work ??= this.#workOff();
  }

  /** What is on its way is given up, and begun again by the next process. */
  async stop(): Promise<void> {
    this.#abort.abort(new Error("the process ends"));
    await Promise.all([this.#work, this.#looking, this.#recovering]);
  }

  async #workOff(): Promise<void> {
    const { log } = this.#options;
    const { signal } = this.#abort;
    const backoff = this.#backoff();
    for (const id of this.#waiting) {
      this.#waiting.delete(id);
      this.#current = id;
      try {
        await this.#archive(id);
        backoff.wentWell();
      } catch (error) {
        if (signal.aborted) break;
        log.warn("archive_waits", { livestreamId: id, message: messageOf(error) });
        this.#waiting.add(id); // Behind the others.
        await backoff.failed(signal);
      }
      if (signal.aborted) break;
    }
    this.#current = null;
    this.#work = null;
  }

  async #archive(id: string): Promise<void> {
    const { recordings, stored, isWhole, log } = this.#options;
    const { signal } = this.#abort;
    const files = recordings.archivePaths(id);
    if (!(await isWhole(id))) return;
    if (!(await Bun.file(files.media).exists())) {
      // The last process was about to take it from the disk.
      if ((await Bun.file(files.journal).exists()) && (await stored.isComplete(id)))
        await recordings.leaveDisk(id);
      return;
    }
    if (!(await stored.isSame(id, files, signal))) {
      const recording = await recordings.finished(id);
      // Its head is made from the file, as long as that is on the disk; without one it can be stored all the same.
      if (recording !== null) await recordings.movie(recording).catch(() => null);
      await stored.write(id, files, signal);
      if (!(await stored.isSame(id, files, signal)))
        throw new Error("the store has other bytes than it was given");
      log.info("recording_stored", { livestreamId: id });
    } else await stored.removeSegments(id);
    if (!(await isWhole(id))) {
      await stored.remove(id); // It was removed meanwhile.
      return;
    }
    this.#stored.set(id, this.#options.monotonicMs());
  }

  /**
   * What the store has segments of: recordings that their disk has lost are put together from them, and what is left of those that are
   * there in one is removed.
   */
  async #recover(): Promise<void> {
    const { stored, isWhole, log } = this.#options;
    const { signal } = this.#abort;
    const backoff = this.#backoff();
    while (!signal.aborted) {
      try {
        for (const [id, { isComplete }] of await stored.segmented()) {
          if (signal.aborted) return;
          if (await isWhole(id)) await this.#recoverOne(id, isComplete);
        }
        return;
      } catch (error) {
        if (signal.aborted) return;
        log.warn("archive_waits", { message: messageOf(error) });
        await backoff.failed(signal);
      }
    }
  }

  async #recoverOne(id: string, isComplete: boolean): Promise<void> {
    const { recordings, stored, onRebuilt } = this.#options;
    if (await Bun.file(recordings.archivePaths(id).media).exists()) return this.add(id);
    if (isComplete) return stored.removeSegments(id);
    const message = await recordings.rebuild(id, this.#abort.signal);
    if (message === null) return;
    await onRebuilt(id, message);
    this.add(id);
  }

  #backoff(): Backoff {
    return new Backoff({ firstMs: FIRST_RETRY_MS, mostMs: MAX_RETRY_MS, delay: this.#options.delay });
  }

  async #look(): Promise<void> {
    const { delay, recordings, onLeft, monotonicMs, unwatchedMs = UNWATCHED_MS, log } = this.#options;
    const { signal } = this.#abort;
    while (!signal.aborted) {
      await delay(Math.min(LOOK_MS, unwatchedMs), signal);
      const nowMs = monotonicMs();
      for (const id of recordings.takeUsed()) if (this.#stored.has(id)) this.#stored.set(id, nowMs);
      for (const [id, usedAtMs] of this.#stored) {
        if (nowMs - usedAtMs < unwatchedMs || signal.aborted) continue;
        this.#stored.delete(id);
        try {
          await recordings.leaveDisk(id);
          onLeft(id);
          log.info("recording_left_disk", { livestreamId: id });
        } catch (error) {
          log.warn("recording_stays_on_disk", { livestreamId: id, message: messageOf(error) });
        }
      }
    }
  }
}

// Rows that survive a power cut soon, without a call that waits for the disk: SQLite writes its log and tells the disk to keep it
// only now and then, so that is done here, beside it, whenever the log has grown.

import { open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { messageOf, unlessMissing } from "#server/common/failure.ts";
import type { Log } from "#server/common/log.ts";

/** What is written is kept this long after, and what the disk takes for it. */
const LOOK_MS = 1000;

export class DatabaseSync {
  readonly #logFile: string;
  readonly #log: Log;
  readonly #ticker: Timer;
  /** Of the log, when it was kept last. */
  #keptMs: number | null = null;
  #keeping: Promise<void> | null = null;
  #hasFailed = false;

  /** `file`: of a database in WAL mode. */
  constructor(file: string, log: Log) {
    this.#logFile = `${file}-wal`;
    this.#log = log;
    this.#ticker = setInterval(() => void this.keep(), LOOK_MS);
    this.#ticker.unref();
  }

  /** Resolves once what was written before is on the disk, or the disk does not take it. */
  keep(): Promise<void> {
    this.#keeping ??= this.#keep().finally(() => {
      this.#keeping = null;
    });
    return this.#keeping;
  }

  stop(): void {
    clearInterval(this.#ticker);
  }

  async #keep(): Promise<void> {
    try {
      const atMs = (await unlessMissing(stat(this.#logFile)))?.mtimeMs ?? null;
      if (atMs === null || atMs === this.#keptMs) return;
      await sync(this.#logFile);
      if (this.#keptMs === null) await sync(dirname(this.#logFile));
      this.#keptMs = atMs;
      this.#hasFailed = false;
    } catch (error) {
      if (!this.#hasFailed) this.#log.error("database_not_kept", { message: messageOf(error) });
      this.#hasFailed = true;
    }
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

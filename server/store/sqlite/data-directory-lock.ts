// One server at a time writes in a data directory.

import { Database, SQLiteError } from "bun:sqlite";
import { StartError } from "#server/common/start-error.ts";
import { type DataDirectory, dataDirectoryError } from "#server/store/data-directory.ts";

export interface DataDirectoryLock {
  release(): void;
}

/**
 * Held until released or until the process is gone, however it went: the lock is SQLite's on a file of its own, which
 * the operating system gives up with the process. Throws a {@link StartError} when another server holds it.
 */
export function lockDataDirectory({ path, lockFile }: DataDirectory): DataDirectoryLock {
  let database: Database | null = null;
  try {
    database = new Database(lockFile);
    database.run("PRAGMA locking_mode = EXCLUSIVE");
    database.run("BEGIN EXCLUSIVE");
    const held = database;
    return { release: () => held.close() };
  } catch (error) {
    database?.close();
    const isHeld = error instanceof SQLiteError && error.code === "SQLITE_BUSY";
    if (isHeld) throw new StartError(`another Tandem server uses the data directory ${path}`);
    throw dataDirectoryError(`the data directory ${path} cannot be written`, error);
  }
}

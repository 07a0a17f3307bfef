// The folder that outlives the process: where things are in it, and that one server at a time writes there.

import { Database, SQLiteError } from "bun:sqlite";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join, resolve } from "node:path";
import { StartError } from "#server/common/start-error.ts";
import { NewerDatabaseError, openDatabase } from "./database.ts";
import { openStatisticsDatabase } from "./statistics-database.ts";

export interface DataDirectory {
  /** Absolute. */
  readonly path: string;
  readonly databaseFile: string;
  readonly statisticsFile: string;
  readonly adminTokenFile: string;
  readonly lockFile: string;
  /** A folder for each livestream. */
  readonly recordingsFolder: string;
  /** A folder for each livestream. */
  readonly thumbnailsFolder: string;
}

/** Stream keys are in the database; SQLite gives its other files the mode of the first. */
const OWNER_ONLY = 0o600;

const MAY_HOLD = "TANDEM_DATA_DIR may hold the path of a folder that this process may write to";

/** Creates the folder when there is none. Throws a {@link StartError} when it cannot. */
export function openDataDirectory(dataDir: string): DataDirectory {
  const path = resolve(dataDir);
  orStartError(`the data directory ${path} cannot be created`, () => mkdirSync(path, { recursive: true }));
  return {
    path,
    databaseFile: join(path, "tandem.sqlite"),
    statisticsFile: join(path, "statistics.sqlite"),
    adminTokenFile: join(path, "admin-token"),
    lockFile: join(path, "server.lock"),
    recordingsFolder: join(path, "recordings"),
    thumbnailsFolder: join(path, "thumbnails"),
  };
}

export interface DataDirectoryLock {
  release(): void;
}

/**
 * Held until released or until the process is gone, however it went: the lock is SQLite's on a file of its own, which
 * the operating system gives up with the process. Throws a {@link StartError} when another server holds it.
 */
export function lockDataDirectory({ path, lockFile }: DataDirectory): DataDirectoryLock {
  const database = orStartError(`the data directory ${path} cannot be written`, () => new Database(lockFile));
  try {
    database.run("PRAGMA locking_mode = EXCLUSIVE");
    database.run("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    const isHeld = error instanceof SQLiteError && error.code === "SQLITE_BUSY";
    if (isHeld) throw new StartError(`another Tandem server uses the data directory ${path}`);
    throw new StartError(`the data directory ${path} cannot be written: ${messageOf(error)}; ${MAY_HOLD}`);
  }
  return { release: () => database.close() };
}

/** Throws a {@link StartError} when the file is of a newer Tandem, of another program, or cannot be opened. */
export function openDatabaseOf({ databaseFile }: DataDirectory): Database {
  return opened(databaseFile, openDatabase);
}

/** As {@link openDatabaseOf}. */
export function openStatisticsOf({ statisticsFile }: DataDirectory): Database {
  return opened(statisticsFile, openStatisticsDatabase);
}

function opened(file: string, open: (path: string) => Database): Database {
  try {
    closeSync(openSync(file, "a", OWNER_ONLY));
    return open(file);
  } catch (error) {
    if (error instanceof NewerDatabaseError) throw new StartError(error.message);
    throw new StartError(`${file} cannot be opened: ${messageOf(error)}`);
  }
}

function orStartError<Result>(problem: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new StartError(`${problem}: ${messageOf(error)}; ${MAY_HOLD}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

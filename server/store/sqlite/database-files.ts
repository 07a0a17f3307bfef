// The SQLite files of a data directory.

import type { Database } from "bun:sqlite";
import { closeSync, openSync } from "node:fs";
import { messageOf } from "#server/common/failure.ts";
import { StartError } from "#server/common/start-error.ts";
import type { DataDirectory } from "#server/store/data-directory.ts";
import { NewerDatabaseError, openDatabase, openDatabaseToRead } from "./database.ts";
import { openStatisticsDatabase } from "./statistics-database.ts";

/** Stream keys are in the database; SQLite gives its other files the mode of the first. */
const OWNER_ONLY = 0o600;

/** Throws a {@link StartError} when the file is of a newer Tandem, of another program, or cannot be opened. */
export function openDatabaseOf({ databaseFile }: DataDirectory): Database {
  return opened(databaseFile, openDatabase);
}

/** Like {@link openDatabaseOf}, for statistics. */
export function openStatisticsOf({ statisticsFile }: DataDirectory): Database {
  return opened(statisticsFile, openStatisticsDatabase);
}

/** Like {@link openDatabaseOf}, for reading alone: nothing is made or brought to another schema. */
export function openDatabaseToReadOf({ databaseFile }: DataDirectory): Database {
  return openedAs(databaseFile, openDatabaseToRead);
}

function opened(file: string, open: (path: string) => Database): Database {
  return openedAs(file, (path) => {
    closeSync(openSync(path, "a", OWNER_ONLY));
    return open(path);
  });
}

function openedAs(file: string, open: (path: string) => Database): Database {
  try {
    return open(file);
  } catch (error) {
    if (error instanceof NewerDatabaseError) throw new StartError(error.message);
    throw new StartError(`${file} cannot be opened: ${messageOf(error)}`);
  }
}

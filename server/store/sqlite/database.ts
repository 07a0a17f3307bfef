// A SQLite file: opened with the settings every store counts on, and brought to the schema of this version.

import { constants, Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { LIVESTREAMS_MEDIA_TOKENS } from "./migrations/0001-livestreams-media-tokens.ts";
import { THUMBNAILS } from "./migrations/0002-thumbnails.ts";
import { RISING_TIME } from "./migrations/0003-rising-time.ts";
import { DATE_MARK } from "./migrations/0004-date-mark.ts";
import { CLIPS } from "./migrations/0005-clips.ts";
import { WHO_MAY_WATCH } from "./migrations/0006-who-may-watch.ts";
import { THUMBNAIL_TIMES } from "./migrations/0007-thumbnail-times.ts";
import { WEBHOOKS } from "./migrations/0008-webhooks.ts";

/** In order; the number of those applied is the file's `user_version`. */
const MIGRATIONS: readonly string[] = [
  LIVESTREAMS_MEDIA_TOKENS,
  THUMBNAILS,
  RISING_TIME,
  DATE_MARK,
  CLIPS,
  WHO_MAY_WATCH,
  THUMBNAIL_TIMES,
  WEBHOOKS,
];

/** How long a statement waits for another process, such as `tandem token create`, to finish its own. */
const BUSY_TIMEOUT_MS = 5000;

/** The file was written by a version of Tandem that this one does not know. */
export class NewerDatabaseError extends Error {
  constructor(path: string, version: number, newestKnown: number) {
    super(`${path} has schema ${version}; this version of Tandem knows schemas up to ${newestKnown}`);
    this.name = "NewerDatabaseError";
  }
}

/** Creates the file when there is none. Throws {@link NewerDatabaseError} and leaves such a file as it is. */
export function openDatabase(path: string, migrations: readonly string[] = MIGRATIONS): Database {
  const database = new Database(path, { create: true, readwrite: true, strict: true });
  try {
    database.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    if (schemaVersion(database) > migrations.length) {
      throw new NewerDatabaseError(path, schemaVersion(database), migrations.length);
    }
    database.run("PRAGMA journal_mode = WAL");
    database.run("PRAGMA synchronous = NORMAL");
    database.run("PRAGMA foreign_keys = ON");
    migrate(database, migrations);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/**
 * As it is, for reading alone, also beside a server. Throws where the schema is not the one of this version. Where no server
 * has left its log, none is made: it would be of whoever reads, and the next server might not be allowed to write it.
 */
export function openDatabaseToRead(path: string): Database {
  const database = existsSync(`${path}-wal`)
    ? new Database(path, { readonly: true, strict: true })
    : new Database(
        `${Bun.pathToFileURL(path).href}?immutable=1`,
        constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI,
      );
  try {
    database.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    const version = schemaVersion(database);
    if (version > MIGRATIONS.length) throw new NewerDatabaseError(path, version, MIGRATIONS.length);
    if (version < MIGRATIONS.length)
      throw new Error(`it has schema ${version}; a server of this version brings it to ${MIGRATIONS.length}`);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** In one immediate transaction, so that of two processes that open a new file one migrates it. */
function migrate(database: Database, migrations: readonly string[]): void {
  database
    .transaction(() => {
      const missing = migrations.slice(schemaVersion(database));
      for (const migration of missing) database.run(migration);
      if (missing.length > 0) database.run(`PRAGMA user_version = ${migrations.length}`);
    })
    .immediate();
}

function schemaVersion(database: Database): number {
  return database.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
}

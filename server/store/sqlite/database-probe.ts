// Whether a database takes writes, found out by one that changes nothing.

import { Database } from "bun:sqlite";

/** A database that is held for longer holds up calls, too. */
const BUSY_TIMEOUT_MS = 1000;

export class DatabaseProbe {
  readonly #file: string;
  #database: Database | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  /** Throws when it does not. */
  write(): void {
    try {
      this.#database ??= this.#open();
      writeVersionAgain(this.#database);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#database?.close();
    this.#database = null;
  }

  #open(): Database {
    const database = new Database(this.#file, { readwrite: true, create: false });
    database.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    return database;
  }
}

/** SQLite writes the page that it is in, whatever was there before. */
function writeVersionAgain(database: Database): void {
  database
    .transaction(() => {
      const row = database.query<{ user_version: number }, []>("PRAGMA user_version").get();
      database.run(`PRAGMA user_version = ${row?.user_version ?? 0}`);
    })
    .immediate();
}

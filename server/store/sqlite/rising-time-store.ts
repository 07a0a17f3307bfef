// The mark of the rising time in SQLite.

import type { Database } from "bun:sqlite";
import type { RisingMark } from "#server/common/rising-time.ts";
import type { RisingTimeStore } from "#server/store/rising-time-store.ts";

export class SqliteRisingTimeStore implements RisingTimeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async read(): Promise<RisingMark | null> {
    return this.#database
      .query<RisingMark, []>(
        "SELECT reserved_ms AS reservedMs, risen_ms AS risenMs, date_ms AS dateMs FROM rising_time",
      )
      .get();
  }

  async write({ reservedMs, risenMs, dateMs }: RisingMark): Promise<void> {
    this.#database
      .query("INSERT OR REPLACE INTO rising_time VALUES (1, $reservedMs, $risenMs, $dateMs)")
      .run({ reservedMs, risenMs, dateMs });
  }
}

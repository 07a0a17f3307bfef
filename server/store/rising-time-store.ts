// How far the rising time has come, on disk: the next process begins behind it.

import type { Database } from "bun:sqlite";
import type { RisingMark } from "#server/common/rising-time.ts";

export class RisingTimeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Null before the first write. */
  read(): RisingMark | null {
    return this.#database
      .query<RisingMark, []>(
        "SELECT reserved_ms AS reservedMs, risen_ms AS risenMs, date_ms AS dateMs FROM rising_time",
      )
      .get();
  }

  /** Throws when the disk does not take it. */
  write({ reservedMs, risenMs, dateMs }: RisingMark): void {
    this.#database
      .query("INSERT OR REPLACE INTO rising_time VALUES (1, $reservedMs, $risenMs, $dateMs)")
      .run({ reservedMs, risenMs, dateMs });
  }
}

// The mark of the date in SQLite.

import type { Database } from "bun:sqlite";
import type { DateMark, DateMarkStore } from "#server/store/date-mark-store.ts";

export class SqliteDateMarkStore implements DateMarkStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async read(): Promise<DateMark | null> {
    return this.#database
      .query<DateMark, []>("SELECT seen_ms AS seenMs, held_ms AS heldMs FROM date_mark")
      .get();
  }

  async write({ seenMs, heldMs }: DateMark): Promise<void> {
    this.#database
      .query("INSERT OR REPLACE INTO date_mark VALUES (1, $seenMs, $heldMs)")
      .run({ seenMs, heldMs });
  }
}

// The mark of the date in PostgreSQL.

import type { DateMark, DateMarkStore } from "#server/store/date-mark-store.ts";
import type { PostgresClient } from "./client.ts";

export class PostgresDateMarkStore implements DateMarkStore {
  readonly #client: PostgresClient;

  constructor(client: PostgresClient) {
    this.#client = client;
  }

  read(): Promise<DateMark | null> {
    return this.#client.first<DateMark>(`SELECT seen_ms AS "seenMs", held_ms AS "heldMs" FROM date_mark`);
  }

  async write({ seenMs, heldMs }: DateMark): Promise<void> {
    await this.#client.run(
      `INSERT INTO date_mark VALUES (1, $seenMs, $heldMs)
       ON CONFLICT (id) DO UPDATE SET seen_ms = excluded.seen_ms, held_ms = excluded.held_ms`,
      { seenMs, heldMs },
    );
  }
}

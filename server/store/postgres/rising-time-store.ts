// The mark of the rising time in PostgreSQL.

import type { RisingMark } from "#server/common/rising-time.ts";
import type { RisingTimeStore } from "#server/store/rising-time-store.ts";
import type { PostgresClient } from "./client.ts";

export class PostgresRisingTimeStore implements RisingTimeStore {
  readonly #client: PostgresClient;

  constructor(client: PostgresClient) {
    this.#client = client;
  }

  read(): Promise<RisingMark | null> {
    return this.#client.first<RisingMark>(
      `SELECT reserved_ms AS "reservedMs", risen_ms AS "risenMs", date_ms AS "dateMs" FROM rising_time`,
    );
  }

  async write({ reservedMs, risenMs, dateMs }: RisingMark): Promise<void> {
    await this.#client.run(
      `INSERT INTO rising_time VALUES (1, $reservedMs, $risenMs, $dateMs) ON CONFLICT (id) DO UPDATE
       SET reserved_ms = excluded.reserved_ms, risen_ms = excluded.risen_ms, date_ms = excluded.date_ms`,
      { reservedMs, risenMs, dateMs },
    );
  }
}

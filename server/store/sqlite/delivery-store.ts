// Deliveries in SQLite, as they are read: of each webhook a series, numbered without a gap so that any page is found at once.

import type { Database } from "bun:sqlite";
import type { DeliveryStore, StoredDelivery, UpcomingDelivery } from "#server/store/delivery-store.ts";
import type { Page } from "#server/store/page.ts";
import {
  type DeliveryRow,
  SELECT_DELIVERIES,
  SELECT_UPCOMING,
  storedDelivery,
} from "#server/store/rows/delivery-rows.ts";

export class SqliteDeliveryStore implements DeliveryStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async page(
    webhookId: string,
    { page, perpage }: { page: number; perpage: number },
  ): Promise<Page<StoredDelivery>> {
    const { first, end } = this.#extent(webhookId);
    const last = end - 1 - page * perpage;
    const items = this.#database
      .query<DeliveryRow, { webhookId: string; from: number; last: number }>(
        `${SELECT_DELIVERIES} WHERE webhook_id = $webhookId AND number BETWEEN $from AND $last ORDER BY number DESC`,
      )
      .all({ webhookId, from: last - perpage + 1, last })
      .map(storedDelivery);
    return { items, total: end - first };
  }

  async find(webhookId: string, id: string): Promise<StoredDelivery | null> {
    const row = this.#database
      .query<DeliveryRow, { webhookId: string; id: string }>(
        `${SELECT_DELIVERIES} WHERE id = $id AND webhook_id = $webhookId`,
      )
      .get({ webhookId, id });
    return row === null ? null : storedDelivery(row);
  }

  async upcoming(webhookId: string, limit: number): Promise<readonly UpcomingDelivery[]> {
    return this.#database
      .query<UpcomingDelivery, { webhookId: string; limit: number }>(SELECT_UPCOMING)
      .all({ webhookId, limit });
  }

  /** From one webhook to the next, not by looking at every delivery. */
  async webhookIds(): Promise<readonly string[]> {
    return this.#database
      .query<{ webhookId: string }, []>(
        `WITH RECURSIVE found (webhookId) AS (
           SELECT min(webhook_id) FROM webhook_deliveries
           UNION ALL
           SELECT (SELECT min(webhook_id) FROM webhook_deliveries WHERE webhook_id > webhookId)
           FROM found WHERE webhookId IS NOT NULL
         )
         SELECT webhookId FROM found WHERE webhookId IS NOT NULL`,
      )
      .all()
      .map(({ webhookId }) => webhookId);
  }

  /** Its oldest, and the one after its newest; equal where there is none. */
  #extent(webhookId: string): { first: number; end: number } {
    const row = this.#database
      .query<{ first: number; end: number }, { webhookId: string }>(
        `SELECT
           coalesce((SELECT min(number) FROM webhook_deliveries WHERE webhook_id = $webhookId), 0) AS first,
           coalesce((SELECT max(number) + 1 FROM webhook_deliveries WHERE webhook_id = $webhookId), 0) AS end`,
      )
      .get({ webhookId });
    return row ?? { first: 0, end: 0 };
  }
}

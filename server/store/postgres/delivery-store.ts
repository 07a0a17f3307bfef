// Deliveries in PostgreSQL, as they are read: of each webhook a series, numbered without a gap so that any page is found at once.

import type { DeliveryStore, StoredDelivery, UpcomingDelivery } from "#server/store/delivery-store.ts";
import type { Page } from "#server/store/page.ts";
import {
  type DeliveryRow,
  SELECT_DELIVERIES,
  SELECT_UPCOMING,
  storedDelivery,
} from "#server/store/rows/delivery-rows.ts";
import type { PostgresClient } from "./client.ts";

export class PostgresDeliveryStore implements DeliveryStore {
  readonly #client: PostgresClient;

  constructor(client: PostgresClient) {
    this.#client = client;
  }

  async page(
    webhookId: string,
    { page, perpage }: { page: number; perpage: number },
  ): Promise<Page<StoredDelivery>> {
    const { first, end } = await this.#extent(webhookId);
    const last = end - 1 - page * perpage;
    const rows = await this.#client.all<DeliveryRow>(
      `${SELECT_DELIVERIES}
       WHERE webhook_id = $webhookId AND number BETWEEN $from AND $last ORDER BY number DESC`,
      { webhookId, from: last - perpage + 1, last },
    );
    return { items: rows.map(storedDelivery), total: end - first };
  }

  async find(webhookId: string, id: string): Promise<StoredDelivery | null> {
    const row = await this.#client.first<DeliveryRow>(
      `${SELECT_DELIVERIES} WHERE id = $id AND webhook_id = $webhookId`,
      { webhookId, id },
    );
    return row === null ? null : storedDelivery(row);
  }

  upcoming(webhookId: string, limit: number): Promise<readonly UpcomingDelivery[]> {
    return this.#client.all<UpcomingDelivery>(SELECT_UPCOMING, { webhookId, limit });
  }

  /** From one webhook to the next, not by looking at every delivery. */
  async webhookIds(): Promise<readonly string[]> {
    const rows = await this.#client.all<{ id: string }>(
      `WITH RECURSIVE found (id) AS (
         (SELECT webhook_id FROM webhook_deliveries ORDER BY webhook_id LIMIT 1)
         UNION ALL
         SELECT (SELECT webhook_id FROM webhook_deliveries WHERE webhook_id > found.id ORDER BY webhook_id LIMIT 1)
         FROM found WHERE found.id IS NOT NULL
       )
       SELECT id FROM found WHERE id IS NOT NULL`,
    );
    return rows.map(({ id }) => id);
  }

  /** Its oldest, and the one after its newest; equal where there is none. */
  async #extent(webhookId: string): Promise<{ first: number; end: number }> {
    const row = await this.#client.first<{ first: number; end: number }>(
      `SELECT coalesce(min(number), 0) AS first, coalesce(max(number) + 1, 0) AS end
       FROM webhook_deliveries WHERE webhook_id = $webhookId`,
      { webhookId },
    );
    return row ?? { first: 0, end: 0 };
  }
}

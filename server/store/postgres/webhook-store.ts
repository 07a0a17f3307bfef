// Webhooks in PostgreSQL.

import { type Page, type PageRequest, pageParameters } from "#server/store/page.ts";
import { assignments } from "#server/store/rows/columns.ts";
import {
  SELECTED_WEBHOOK,
  type StoredWebhook,
  WEBHOOK_COLUMNS,
  webhookRow,
  webhookValues,
} from "#server/store/rows/webhook-rows.ts";
import type {
  WebhookChange,
  WebhookRow,
  WebhookSortField,
  WebhookStore,
} from "#server/store/webhook-store.ts";
import type { PostgresClient } from "./client.ts";
import { orderAndLimit } from "./order-and-limit.ts";

const SORT_COLUMNS = {
  url: `url COLLATE "C"`,
  createdAtUtc: "created_at_ms",
  updatedAtUtc: "updated_at_ms",
} as const satisfies Record<WebhookSortField, string>;

export class PostgresWebhookStore implements WebhookStore {
  readonly #client: PostgresClient;

  constructor(client: PostgresClient) {
    this.#client = client;
  }

  async insert(row: WebhookRow): Promise<void> {
    await this.#client.run(
      `INSERT INTO webhooks (id, url, events, description, is_active, secret, created_at_ms, updated_at_ms)
       VALUES ($id, $url, $events, $description, $isActive, $secret, $createdAtMs, $updatedAtMs)`,
      { ...webhookValues(row) },
    );
  }

  async list(request: PageRequest<WebhookSortField>): Promise<Page<WebhookRow>> {
    const [rows, counted] = await Promise.all([
      this.#client.all<StoredWebhook>(
        `SELECT ${SELECTED_WEBHOOK} FROM webhooks ${orderAndLimit(request.sort, SORT_COLUMNS)}`,
        pageParameters(request),
      ),
      this.#client.first<{ total: number }>("SELECT count(*)::integer AS total FROM webhooks"),
    ]);
    return { items: rows.map(webhookRow), total: counted?.total ?? 0 };
  }

  async all(): Promise<readonly WebhookRow[]> {
    const rows = await this.#client.all<StoredWebhook>(
      `SELECT ${SELECTED_WEBHOOK} FROM webhooks ORDER BY created_at_ms, id`,
    );
    return rows.map(webhookRow);
  }

  update(id: string, change: WebhookChange, atMs: number): Promise<WebhookRow | null> {
    return this.#client.transaction(async (queries) => {
      const stored = await queries.first<StoredWebhook>(
        `UPDATE webhooks SET ${assignments(change, WEBHOOK_COLUMNS)} WHERE id = $id
         RETURNING ${SELECTED_WEBHOOK}`,
        { id, atMs, ...webhookValues(change) },
      );
      return stored === null ? null : webhookRow(stored);
    });
  }

  async delete(id: string): Promise<boolean> {
    return (await this.#client.run("DELETE FROM webhooks WHERE id = $id", { id })) > 0;
  }
}

// Webhooks in SQLite.

import type { Database } from "bun:sqlite";
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
import { orderAndLimit } from "./order-and-limit.ts";

type Parameters = Record<string, string | number | boolean | null>;

const SORT_COLUMNS = {
  url: "url",
  createdAtUtc: "created_at_ms",
  updatedAtUtc: "updated_at_ms",
} as const satisfies Record<WebhookSortField, string>;

export class SqliteWebhookStore implements WebhookStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(row: WebhookRow): Promise<void> {
    this.#database
      .query(
        `INSERT INTO webhooks (id, url, events, description, is_active, secret, created_at_ms, updated_at_ms)
         VALUES ($id, $url, $events, $description, $isActive, $secret, $createdAtMs, $updatedAtMs)`,
      )
      .run({ ...webhookValues(row) });
  }

  async list(request: PageRequest<WebhookSortField>): Promise<Page<WebhookRow>> {
    const items = this.#database
      .query<StoredWebhook, Parameters>(
        `SELECT ${SELECTED_WEBHOOK} FROM webhooks ${orderAndLimit(request.sort, SORT_COLUMNS)}`,
      )
      .all(pageParameters(request))
      .map(webhookRow);
    const counted = this.#database
      .query<{ total: number }, []>("SELECT count(*) AS total FROM webhooks")
      .get();
    return { items, total: counted?.total ?? 0 };
  }

  async all(): Promise<readonly WebhookRow[]> {
    return this.#database
      .query<StoredWebhook, []>(`SELECT ${SELECTED_WEBHOOK} FROM webhooks ORDER BY created_at_ms, id`)
      .all()
      .map(webhookRow);
  }

  async update(id: string, change: WebhookChange, atMs: number): Promise<WebhookRow | null> {
    const stored = this.#database
      .query<StoredWebhook, Parameters>(
        `UPDATE webhooks SET ${assignments(change, WEBHOOK_COLUMNS)} WHERE id = $id RETURNING ${SELECTED_WEBHOOK}`,
      )
      .get({ id, atMs, ...webhookValues(change) });
    return stored === null ? null : webhookRow(stored);
  }

  async delete(id: string): Promise<boolean> {
    return this.#database.query("DELETE FROM webhooks WHERE id = $id").run({ id }).changes > 0;
  }
}

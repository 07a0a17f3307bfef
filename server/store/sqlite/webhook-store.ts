// Webhooks in SQLite.

import type { Database } from "bun:sqlite";
import type { Page, PageRequest } from "#server/store/page.ts";
import type {
  WebhookChange,
  WebhookRow,
  WebhookSortField,
  WebhookStore,
} from "#server/store/webhook-store.ts";
import { orderAndLimit, pageParameters } from "./order-and-limit.ts";

type StoredRow = Omit<WebhookRow, "events" | "isActive"> & {
  readonly events: string;
  readonly isActive: number;
};

type Parameters = Record<string, string | number | boolean | null>;

const SORT_COLUMNS = {
  url: "url",
  createdAtUtc: "created_at_ms",
  updatedAtUtc: "updated_at_ms",
} as const satisfies Record<WebhookSortField, string>;

const ASSIGNMENTS = {
  url: "url = $url",
  events: "events = $events",
  description: "description = $description",
  isActive: "is_active = $isActive",
  secret: "secret = $secret",
} as const satisfies Record<keyof WebhookChange, string>;

const COLUMNS = `id, url, events, description, is_active AS isActive, secret,
  created_at_ms AS createdAtMs, updated_at_ms AS updatedAtMs`;

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
      .run({ ...row, events: JSON.stringify(row.events) });
  }

  async list(request: PageRequest<WebhookSortField>): Promise<Page<WebhookRow>> {
    const items = this.#database
      .query<StoredRow, Parameters>(
        `SELECT ${COLUMNS} FROM webhooks ${orderAndLimit(request.sort, SORT_COLUMNS)}`,
      )
      .all(pageParameters(request))
      .map(fromStored);
    const counted = this.#database
      .query<{ total: number }, []>("SELECT count(*) AS total FROM webhooks")
      .get();
    return { items, total: counted?.total ?? 0 };
  }

  async all(): Promise<readonly WebhookRow[]> {
    return this.#database
      .query<StoredRow, []>(`SELECT ${COLUMNS} FROM webhooks ORDER BY created_at_ms, id`)
      .all()
      .map(fromStored);
  }

  async update(id: string, change: WebhookChange, atMs: number): Promise<WebhookRow | null> {
    const { events, ...others } = change;
    const values = events === undefined ? others : { ...others, events: JSON.stringify(events) };
    const assignments = namesOf(change).map((name) => `${ASSIGNMENTS[name]}, `);
    const stored = this.#database
      .query<StoredRow, Parameters>(
        `UPDATE webhooks SET ${assignments.join("")}updated_at_ms = $atMs WHERE id = $id RETURNING ${COLUMNS}`,
      )
      .get({ id, atMs, ...values });
    return stored === null ? null : fromStored(stored);
  }

  async delete(id: string): Promise<boolean> {
    return this.#database.query("DELETE FROM webhooks WHERE id = $id").run({ id }).changes > 0;
  }
}

function namesOf(change: WebhookChange): readonly (keyof WebhookChange)[] {
  return (Object.keys(ASSIGNMENTS) as (keyof WebhookChange)[]).filter((name) => change[name] !== undefined);
}

function fromStored({ events, isActive, ...row }: StoredRow): WebhookRow {
  return { ...row, events: JSON.parse(events), isActive: isActive === 1 };
}

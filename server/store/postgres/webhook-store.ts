// Webhooks in PostgreSQL.

import type { Page, PageRequest } from "#server/store/page.ts";
import type {
  WebhookChange,
  WebhookRow,
  WebhookSortField,
  WebhookStore,
} from "#server/store/webhook-store.ts";
import type { PostgresClient } from "./client.ts";
import { selected } from "./columns.ts";
import { orderAndLimit, pageParameters } from "./order-and-limit.ts";

type StoredRow = Omit<WebhookRow, "events" | "isActive"> & {
  readonly events: string;
  readonly isActive: number;
};

/** Member of the row → column. */
const COLUMNS = {
  id: "id",
  url: "url",
  events: "events",
  description: "description",
  isActive: "is_active",
  secret: "secret",
  createdAtMs: "created_at_ms",
  updatedAtMs: "updated_at_ms",
} as const satisfies Record<keyof WebhookRow, string>;

const SORT_COLUMNS = {
  url: `url COLLATE "C"`,
  createdAtUtc: "created_at_ms",
  updatedAtUtc: "updated_at_ms",
} as const satisfies Record<WebhookSortField, string>;

const CHANGEABLE: readonly (keyof WebhookChange)[] = ["url", "events", "description", "isActive", "secret"];

export class PostgresWebhookStore implements WebhookStore {
  readonly #client: PostgresClient;

  constructor(client: PostgresClient) {
    this.#client = client;
  }

  async insert(row: WebhookRow): Promise<void> {
    await this.#client.run(
      `INSERT INTO webhooks (id, url, events, description, is_active, secret, created_at_ms, updated_at_ms)
       VALUES ($id, $url, $events, $description, $isActive, $secret, $createdAtMs, $updatedAtMs)`,
      { ...row, events: JSON.stringify(row.events) },
    );
  }

  async list(request: PageRequest<WebhookSortField>): Promise<Page<WebhookRow>> {
    const [rows, counted] = await Promise.all([
      this.#client.all<StoredRow>(
        `SELECT ${selected(COLUMNS)} FROM webhooks ${orderAndLimit(request.sort, SORT_COLUMNS)}`,
        pageParameters(request),
      ),
      this.#client.first<{ total: number }>("SELECT count(*)::integer AS total FROM webhooks"),
    ]);
    return { items: rows.map(fromStored), total: counted?.total ?? 0 };
  }

  async all(): Promise<readonly WebhookRow[]> {
    const rows = await this.#client.all<StoredRow>(
      `SELECT ${selected(COLUMNS)} FROM webhooks ORDER BY created_at_ms, id`,
    );
    return rows.map(fromStored);
  }

  update(id: string, change: WebhookChange, atMs: number): Promise<WebhookRow | null> {
    const { events, ...others } = change;
    const values = events === undefined ? others : { ...others, events: JSON.stringify(events) };
    const changed = CHANGEABLE.filter((member) => change[member] !== undefined);
    const assignments = changed.map((member) => `${COLUMNS[member]} = $${member}, `);
    return this.#client.transaction(async (queries) => {
      const stored = await queries.first<StoredRow>(
        `UPDATE webhooks SET ${assignments.join("")}updated_at_ms = $atMs WHERE id = $id
         RETURNING ${selected(COLUMNS)}`,
        { id, atMs, ...values },
      );
      return stored === null ? null : fromStored(stored);
    });
  }

  async delete(id: string): Promise<boolean> {
    return (await this.#client.run("DELETE FROM webhooks WHERE id = $id", { id })) > 0;
  }
}

function fromStored({ events, isActive, ...row }: StoredRow): WebhookRow {
  return { ...row, events: JSON.parse(events), isActive: isActive === 1 };
}

// Events in PostgreSQL, read: of each livestream a series, numbered without a gap so that any page is found at once.

import type { EventPageRequest, EventStore, StoredEvent } from "#server/store/event-store.ts";
import type { Page } from "#server/store/page.ts";
import { selected } from "#server/store/rows/columns.ts";
import type { PostgresClient } from "./client.ts";
import type { Queries } from "./queries.ts";

type Row = Omit<StoredEvent, "data"> & { readonly data: string };

/** Member of the row → column. */
export const EVENT_COLUMNS = {
  id: "id",
  livestreamId: "livestream_id",
  atMs: "at_ms",
  type: "type",
  instance: "instance",
  positionSeconds: "position_seconds",
  data: "data",
} as const satisfies Record<keyof StoredEvent, string>;

export class PostgresEventStore implements EventStore {
  readonly #client: PostgresClient;

  constructor(client: PostgresClient) {
    this.#client = client;
  }

  async page(livestreamId: string, request: EventPageRequest): Promise<Page<StoredEvent>> {
    const { page, perpage, types = null, instance = null } = request;
    if (types !== null || instance !== null) return this.#filtered(livestreamId, request);
    const total = await totalOf(this.#client, livestreamId);
    const last = total - 1 - page * perpage;
    const rows = await this.#client.all<Row>(
      `SELECT ${selected(EVENT_COLUMNS)} FROM events
       WHERE livestream_id = $livestreamId AND number BETWEEN $first AND $last ORDER BY number DESC`,
      { livestreamId, first: last - perpage + 1, last },
    );
    return { items: rows.map(eventOf), total };
  }

  /** From one livestream to the next, not by looking at every event. */
  async livestreamIds(): Promise<readonly string[]> {
    const rows = await this.#client.all<{ id: string }>(
      `WITH RECURSIVE found (id) AS (
         (SELECT livestream_id FROM events ORDER BY livestream_id LIMIT 1)
         UNION ALL
         SELECT (SELECT livestream_id FROM events WHERE livestream_id > found.id ORDER BY livestream_id LIMIT 1)
         FROM found WHERE found.id IS NOT NULL
       )
       SELECT id FROM found WHERE id IS NOT NULL`,
    );
    return rows.map(({ id }) => id);
  }

  /** All that match are counted, most of them in an index. */
  async #filtered(livestreamId: string, request: EventPageRequest): Promise<Page<StoredEvent>> {
    const { page, perpage, types = null, instance = null } = request;
    const matching = `FROM events WHERE livestream_id = $livestreamId
      AND ($types::text IS NULL OR type IN (SELECT json_array_elements_text($types::text::json)))
      AND ($instance::text IS NULL OR instance = $instance)`;
    const filter = { livestreamId, types: types === null ? null : JSON.stringify(types), instance };
    const [counted, rows] = await Promise.all([
      this.#client.first<{ total: number }>(`SELECT count(*)::integer AS total ${matching}`, filter),
      this.#client.all<Row>(
        `SELECT ${selected(EVENT_COLUMNS)} ${matching} ORDER BY number DESC LIMIT $limit OFFSET $offset`,
        { ...filter, limit: perpage, offset: page * perpage },
      ),
    ]);
    return { items: rows.map(eventOf), total: counted?.total ?? 0 };
  }
}

function eventOf(row: Row): StoredEvent {
  return { ...row, data: JSON.parse(row.data) };
}

export async function totalOf(queries: Queries, livestreamId: string): Promise<number> {
  const row = await queries.first<{ total: number }>(
    "SELECT coalesce(max(number) + 1, 0) AS total FROM events WHERE livestream_id = $livestreamId",
    { livestreamId },
  );
  return row?.total ?? 0;
}

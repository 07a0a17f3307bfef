// Events in SQLite: of each livestream a series, numbered without a gap so that any page is found at once.

import type { Database } from "bun:sqlite";
import type { EventPageRequest, EventStore, StoredEvent } from "#server/store/event-store.ts";
import type { Page } from "#server/store/page.ts";

/** How many events one transaction removes: a few milliseconds' worth. */
const REMOVED_AT_ONCE = 2000;

type Row = Omit<StoredEvent, "data"> & { readonly data: string };

const COLUMNS =
  "id, livestream_id AS livestreamId, at_ms AS atMs, type, instance, position_seconds AS positionSeconds, data";

export class SqliteEventStore implements EventStore {
  readonly #database: Database;
  /** The number of the next event of each livestream that was appended to here. */
  readonly #nextNumbers = new Map<string, number>();

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Writes all or, when it throws, none. In the order in which they happened; one that is there already stays as it is.
   * `writeMore`: what is written with them.
   */
  async append(events: readonly StoredEvent[], writeMore: () => void = () => {}): Promise<void> {
    try {
      this.#database
        .transaction(() => {
          for (const event of events) this.#insert(event);
          writeMore();
        })
        .immediate();
    } catch (error) {
      this.#nextNumbers.clear();
      throw error;
    }
  }

  async page(livestreamId: string, request: EventPageRequest): Promise<Page<StoredEvent>> {
    const { page, perpage, types = null, instance = null } = request;
    if (types !== null || instance !== null) return this.#filtered(livestreamId, request);
    const total = this.#total(livestreamId);
    const last = total - 1 - page * perpage;
    const items = this.#database
      .query<Row, { livestreamId: string; first: number; last: number }>(
        `SELECT ${COLUMNS} FROM events
         WHERE livestream_id = $livestreamId AND number BETWEEN $first AND $last ORDER BY number DESC`,
      )
      .all({ livestreamId, first: last - perpage + 1, last });
    return { items: items.map(eventOf), total };
  }

  /** Removes some of a livestream's events; true once there are none. To be called until then. */
  async removeSome(livestreamId: string): Promise<boolean> {
    this.#nextNumbers.delete(livestreamId);
    const total = this.#total(livestreamId);
    if (total === 0) return true;
    // From the end, so that what is left is numbered without a gap.
    this.#database
      .query("DELETE FROM events WHERE livestream_id = $livestreamId AND number >= $first")
      .run({ livestreamId, first: Math.max(0, total - REMOVED_AT_ONCE) });
    return false;
  }

  /** From one livestream to the next, not by looking at every event. */
  async livestreamIds(): Promise<readonly string[]> {
    return this.#database
      .query<{ livestreamId: string }, []>(
        `WITH RECURSIVE found (livestreamId) AS (
           SELECT min(livestream_id) FROM events
           UNION ALL
           SELECT (SELECT min(livestream_id) FROM events WHERE livestream_id > livestreamId)
           FROM found WHERE livestreamId IS NOT NULL
         )
         SELECT livestreamId FROM found WHERE livestreamId IS NOT NULL`,
      )
      .all()
      .map(({ livestreamId }) => livestreamId);
  }

  /** All that match are counted, most of them in an index. */
  #filtered(livestreamId: string, request: EventPageRequest): Page<StoredEvent> {
    const { page, perpage, types = null, instance = null } = request;
    const matching = `FROM events WHERE livestream_id = $livestreamId
      ${types === null ? "" : "AND type IN (SELECT value FROM json_each($types))"}
      ${instance === null ? "" : "AND instance = $instance"}`;
    const parameters = {
      livestreamId,
      ...(types === null ? {} : { types: JSON.stringify(types) }),
      ...(instance === null ? {} : { instance }),
    };
    const counted = this.#database
      .query<{ total: number }, Record<string, string>>(`SELECT count(*) AS total ${matching}`)
      .get(parameters);
    const items = this.#database
      .query<Row, Record<string, string | number>>(
        `SELECT ${COLUMNS} ${matching} ORDER BY number DESC LIMIT $limit OFFSET $offset`,
      )
      .all({ ...parameters, limit: perpage, offset: page * perpage });
    return { items: items.map(eventOf), total: counted?.total ?? 0 };
  }

  #insert(event: StoredEvent): void {
    const { livestreamId } = event;
    const number = this.#nextNumbers.get(livestreamId) ?? this.#total(livestreamId);
    const { changes } = this.#database
      .query(
        `INSERT INTO events (livestream_id, number, id, at_ms, type, instance, position_seconds, data)
         VALUES ($livestreamId, $number, $id, $atMs, $type, $instance, $positionSeconds, $data)
         ON CONFLICT (id) DO NOTHING`,
      )
      .run({ ...event, number, data: JSON.stringify(event.data) });
    this.#nextNumbers.set(livestreamId, number + changes);
  }

  #total(livestreamId: string): number {
    const row = this.#database
      .query<{ total: number }, { livestreamId: string }>(
        "SELECT coalesce(max(number) + 1, 0) AS total FROM events WHERE livestream_id = $livestreamId",
      )
      .get({ livestreamId });
    return row?.total ?? 0;
  }
}

function eventOf(row: Row): StoredEvent {
  return { ...row, data: JSON.parse(row.data) };
}

// What happened to livestreams, on disk: of each a series, numbered without a gap so that any page is found at once.

import type { Database } from "bun:sqlite";
import type { InstanceName } from "#openapi/names.ts";
import type { Page } from "./page.ts";

/** One thing that happened. */
export interface StoredEvent {
  /** UUIDv7; no other event has it. */
  readonly id: string;
  readonly livestreamId: string;
  readonly atMs: number;
  readonly type: string;
  /** The instance it happened to, null when it is of the whole livestream. */
  readonly instance: InstanceName | null;
  /** Where in the recording it happened, null when there was none. */
  readonly positionSeconds: number | null;
  /** What its type has to say, as JSON can hold it. */
  readonly data: object;
}

/** How many events one transaction removes: a few milliseconds' worth. */
const REMOVED_AT_ONCE = 2000;

type Row = Omit<StoredEvent, "data"> & { readonly data: string };

export class EventStore {
  readonly #database: Database;
  /** Of livestreams that were appended to here: the number of their next event. */
  readonly #nextNumbers = new Map<string, number>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Writes all or, when it throws, none. In the order in which they happened; one that is there already stays as it is. */
  append(events: readonly StoredEvent[]): void {
    try {
      this.#database
        .transaction(() => {
          for (const event of events) this.#insert(event);
        })
        .immediate();
    } catch (error) {
      this.#nextNumbers.clear();
      throw error;
    }
  }

  /** The events of a livestream, newest first. Two statements, whatever the number of its events. */
  page(livestreamId: string, { page, perpage }: { page: number; perpage: number }): Page<StoredEvent> {
    const total = this.#total(livestreamId);
    const last = total - 1 - page * perpage;
    const items = this.#database
      .query<Row, { livestreamId: string; first: number; last: number }>(
        `SELECT id, livestream_id AS livestreamId, at_ms AS atMs, type, instance, position_seconds AS positionSeconds, data
         FROM events WHERE livestream_id = $livestreamId AND number BETWEEN $first AND $last ORDER BY number DESC`,
      )
      .all({ livestreamId, first: last - perpage + 1, last })
      .map((row) => ({ ...row, data: JSON.parse(row.data) }));
    return { items, total };
  }

  /** Removes some of a livestream's events; true once there are none. To be called until then. */
  removeSome(livestreamId: string): boolean {
    this.#nextNumbers.delete(livestreamId);
    const total = this.#total(livestreamId);
    if (total === 0) return true;
    // From the end, so that what is left is numbered without a gap.
    this.#database
      .query("DELETE FROM events WHERE livestream_id = $livestreamId AND number >= $first")
      .run({ livestreamId, first: Math.max(0, total - REMOVED_AT_ONCE) });
    return false;
  }

  /** Whose events there are. From one livestream to the next, not by looking at every event. */
  livestreamIds(): readonly string[] {
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

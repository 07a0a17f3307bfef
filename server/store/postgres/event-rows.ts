// Events in PostgreSQL, written: a batch is numbered here and goes there in one statement.

import type { StoredEvent } from "#server/store/event-store.ts";
import { EVENT_COLUMNS, totalOf } from "./event-store.ts";
import type { Queries } from "./queries.ts";

/** How many events one transaction removes: a few milliseconds' worth. */
const REMOVED_AT_ONCE = 2000;

const COLUMNS = ["number", ...Object.values(EVENT_COLUMNS)].join(", ");

const INSERT = `
  INSERT INTO events (${COLUMNS})
  SELECT ${COLUMNS} FROM json_to_recordset($rows::text::json) AS row (
    number integer, id text, livestream_id text, at_ms double precision, type text, instance text,
    position_seconds double precision, data text)`;

export class EventRows {
  /** The number of the next event of each livestream that was appended to here. */
  readonly #nextNumbers = new Map<string, number>();

  /** In the order in which they happened. */
  async append(queries: Queries, events: readonly StoredEvent[]): Promise<void> {
    const rows: Record<string, string | number | null>[] = [];
    for (const event of events) {
      const { livestreamId } = event;
      const number = this.#nextNumbers.get(livestreamId) ?? (await totalOf(queries, livestreamId));
      this.#nextNumbers.set(livestreamId, number + 1);
      rows.push({
        number,
        id: event.id,
        livestream_id: livestreamId,
        at_ms: event.atMs,
        type: event.type,
        instance: event.instance,
        position_seconds: event.positionSeconds,
        data: JSON.stringify(event.data),
      });
    }
    await queries.run(INSERT, { rows: JSON.stringify(rows) });
  }

  /** What was appended may not have been written after all: what is there is asked for anew. */
  forget(): void {
    this.#nextNumbers.clear();
  }

  /** Removes some of a livestream's events; true once there are none. To be called until then. */
  async removeSome(queries: Queries, livestreamId: string): Promise<boolean> {
    this.#nextNumbers.delete(livestreamId);
    const total = await totalOf(queries, livestreamId);
    if (total === 0) return true;
    // From the end, so that what is left is numbered without a gap.
    const first = Math.max(0, total - REMOVED_AT_ONCE);
    await queries.run("DELETE FROM events WHERE livestream_id = $livestreamId AND number >= $first", {
      livestreamId,
      first,
    });
    return false;
  }
}

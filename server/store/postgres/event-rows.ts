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

const COUNT = `
  SELECT id, (SELECT coalesce(max(number) + 1, 0) FROM events WHERE livestream_id = ids.id) AS total
  FROM json_array_elements_text($ids::text::json) AS ids (id)`;

export class EventRows {
  /** The number of the next event of each livestream that was appended to here. */
  readonly #nextNumbers = new Map<string, number>();

  /** In the order in which they happened. */
  async append(queries: Queries, events: readonly StoredEvent[]): Promise<void> {
    const rows: Record<string, string | number | null>[] = [];
    await this.#count(queries, events);
    for (const event of events) {
      const { livestreamId } = event;
      const number = this.#nextNumbers.get(livestreamId) ?? 0;
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

  /** The events of all livestreams of which that is not known, together: after a start those are all that there are. */
  async #count(queries: Queries, events: readonly StoredEvent[]): Promise<void> {
    const ids = new Set(events.map(({ livestreamId }) => livestreamId));
    const unknown = [...ids].filter((id) => !this.#nextNumbers.has(id));
    if (unknown.length === 0) return;
    const counted = await queries.all<{ id: string; total: number }>(COUNT, { ids: JSON.stringify(unknown) });
    for (const { id, total } of counted) this.#nextNumbers.set(id, total);
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

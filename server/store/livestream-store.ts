// Livestreams on disk. A status changes only from the status its writer saw (compare-and-set).

import type { Database } from "bun:sqlite";
import type { LivestreamStatus } from "#openapi/names.ts";
import { orderAndLimit, type Page, type PageRequest, pageParameters } from "./page.ts";

/** Every `…AtMs` is milliseconds since 1970, UTC; null = has not happened. */
export interface LivestreamRow {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly withDvr: boolean;
  readonly withBackup: boolean;
  readonly status: LivestreamStatus;
  /** Null before start and after stop; the secondary one also without a backup. */
  readonly primaryStreamKey: string | null;
  readonly secondaryStreamKey: string | null;
  /** The asset it became; set with status `finished`. */
  readonly mediaId: string | null;
  readonly conversionMessage: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly ingestStartedAtMs: number | null;
  readonly startedAtMs: number | null;
  readonly stoppedAtMs: number | null;
  readonly finishedAtMs: number | null;
}

export type LivestreamSortField = keyof typeof SORT_COLUMNS;

export interface LivestreamPageRequest extends PageRequest<LivestreamSortField> {
  readonly status: LivestreamStatus | null;
}

/** What may change besides the status; a member left out stays as it is. */
export type LivestreamChange = Partial<
  Omit<LivestreamRow, "id" | "status" | "mediaId" | "createdAtMs" | "updatedAtMs">
>;

type Parameters = Record<string, string | number | null>;

type StoredRow = Omit<LivestreamRow, "withDvr" | "withBackup"> & { withDvr: number; withBackup: number };

/** Member of the row → column. */
const COLUMNS = {
  name: "name",
  description: "description",
  withDvr: "with_dvr",
  withBackup: "with_backup",
  primaryStreamKey: "primary_stream_key",
  secondaryStreamKey: "secondary_stream_key",
  conversionMessage: "conversion_message",
  ingestStartedAtMs: "ingest_started_at_ms",
  startedAtMs: "started_at_ms",
  stoppedAtMs: "stopped_at_ms",
  finishedAtMs: "finished_at_ms",
} as const satisfies Record<keyof LivestreamChange, string>;

const SORT_COLUMNS = {
  name: "name COLLATE NOCASE",
  status: "status",
  createdAtUtc: "created_at_ms",
  updatedAtUtc: "updated_at_ms",
  startedAtUtc: "started_at_ms",
} as const;

const SELECT = `
  SELECT id, status, created_at_ms AS createdAtMs, updated_at_ms AS updatedAtMs,
    (SELECT media.id FROM media WHERE media.livestream_id = livestreams.id) AS mediaId,
    ${Object.entries(COLUMNS)
      .map(([member, column]) => `${column} AS ${member}`)
      .join(", ")}
  FROM livestreams`;

export class LivestreamStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insert(row: {
    readonly id: string;
    readonly name: string;
    readonly description: string | null;
    readonly withDvr: boolean;
    readonly withBackup: boolean;
    readonly createdAtMs: number;
  }): void {
    this.#database
      .query(
        `INSERT INTO livestreams (id, name, description, with_dvr, with_backup, status, created_at_ms, updated_at_ms)
         VALUES ($id, $name, $description, $withDvr, $withBackup, 'created', $createdAtMs, $createdAtMs)`,
      )
      .run(row);
  }

  find(id: string): LivestreamRow | null {
    const stored = this.#database.query<StoredRow, Parameters>(`${SELECT} WHERE id = $id`).get({ id });
    return stored === null ? null : fromStored(stored);
  }

  /** What most calls ask first, for a fifth of what the whole row takes. Null = there is none. */
  status(id: string): LivestreamStatus | null {
    return (
      this.#database
        .query<{ status: LivestreamStatus }, Parameters>("SELECT status FROM livestreams WHERE id = $id")
        .get({ id })?.status ?? null
    );
  }

  list(request: LivestreamPageRequest): Page<LivestreamRow> {
    const where = "WHERE $status IS NULL OR status = $status";
    const { status, sort } = request;
    const rows = this.#database
      .query<StoredRow, Parameters>(`${SELECT} ${where} ${orderAndLimit(sort, SORT_COLUMNS)}`)
      .all({ status, ...pageParameters(request) });
    const counted = this.#database
      .query<{ total: number }, Parameters>(`SELECT count(*) AS total FROM livestreams ${where}`)
      .get({ status });
    return { items: rows.map(fromStored), total: counted?.total ?? 0 };
  }

  /** Oldest first. */
  withStatus(status: LivestreamStatus): readonly LivestreamRow[] {
    return this.#database
      .query<StoredRow, Parameters>(`${SELECT} WHERE status = $status ORDER BY created_at_ms, id`)
      .all({ status })
      .map(fromStored);
  }

  /** How many livestreams have each status; a status that none has is left out. */
  countsByStatus(): ReadonlyMap<LivestreamStatus, number> {
    const rows = this.#database
      .query<{ status: LivestreamStatus; count: number }, []>(
        "SELECT status, count(*) AS count FROM livestreams GROUP BY status",
      )
      .all();
    return new Map(rows.map(({ status, count }) => [status, count]));
  }

  /** False, and nothing changed, unless the livestream exists and its status is `from`. */
  changeStatus(
    id: string,
    from: LivestreamStatus,
    to: LivestreamStatus,
    change: LivestreamChange,
    atMs: number,
  ): boolean {
    return (
      this.#database
        .query(
          `UPDATE livestreams SET status = $to, ${assignments(change)} WHERE id = $id AND status = $from`,
        )
        .run({ id, from, to, atMs, ...change }).changes === 1
    );
  }

  /** False, and nothing changed, unless the livestream exists and its status is `inStatus`. */
  update(id: string, inStatus: LivestreamStatus, change: LivestreamChange, atMs: number): boolean {
    return this.changeStatus(id, inStatus, inStatus, change, atMs);
  }

  /** False, and nothing gone, unless the livestream exists and its status is `from`. Its asset goes with it. */
  delete(id: string, from: LivestreamStatus): boolean {
    return (
      this.#database.query("DELETE FROM livestreams WHERE id = $id AND status = $from").run({ id, from })
        .changes > 0
    );
  }
}

function assignments(change: LivestreamChange): string {
  const members = Object.keys(change) as (keyof LivestreamChange)[];
  return [...members.map((member) => `${COLUMNS[member]} = $${member}`), "updated_at_ms = $atMs"].join(", ");
}

function fromStored(stored: StoredRow): LivestreamRow {
  return { ...stored, withDvr: stored.withDvr === 1, withBackup: stored.withBackup === 1 };
}

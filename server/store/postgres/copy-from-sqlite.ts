// The rows of a data directory's SQLite files copied to a PostgreSQL database: all of them, or none.

import type { Database } from "bun:sqlite";
import { StartError } from "#server/common/start-error.ts";
import type { PostgresClient } from "./client.ts";
import { type Queries, withoutNul } from "./queries.ts";

/** Table → the file that it is in. Columns have the same names on both sides. */
const TABLES = {
  livestreams: "main",
  media: "main",
  thumbnails: "main",
  tokens: "main",
  playback_keys: "main",
  playback_secret: "main",
  idempotency_keys: "main",
  recording_removals: "main",
  picture_removals: "main",
  webhooks: "main",
  rising_time: "main",
  date_mark: "main",
  viewer_secret: "statistics",
  sample_series: "statistics",
  samples: "statistics",
  events: "statistics",
  webhook_deliveries: "statistics",
} as const;

type Table = keyof typeof TABLES;

/** What a server makes in an empty database by itself, and what the rows of the directory take the place of. */
const MADE_AT_START: readonly Table[] = [
  "playback_keys",
  "playback_secret",
  "viewer_secret",
  "rising_time",
  "date_mark",
];

/** Rows a statement: about half a megabyte. */
const BATCH = 2000;

/** A hundred million samples take less. */
const DEADLINE_MS = 6 * 60 * 60_000;

export interface SqliteFiles {
  readonly main: Database;
  readonly statistics: Database;
}

/** What was copied, and whether that was now or before. */
export interface CopiedRows {
  readonly rows: ReadonlyMap<string, number>;
  readonly wereThere: boolean;
}

/**
 * Copies in one transaction and compares the counts. Where the database has exactly these rows already nothing is done. Throws a
 * {@link StartError} where it has others.
 */
export function copyFromSqlite(files: SqliteFiles, client: PostgresClient): Promise<CopiedRows> {
  return client.transaction(async (queries) => {
    await queries.run("SET LOCAL statement_timeout = 0");
    const rows = new Map(tables().map((table) => [table, countIn(files[TABLES[table]], table)]));
    const before = await countsOf(queries);
    if (isSame(before, rows) && (await areLivestreamsThere(files.main, queries)))
      return { rows, wereThere: true };
    const taken = tables().find((table) => !MADE_AT_START.includes(table) && before.get(table) !== 0);
    if (taken !== undefined) {
      throw new StartError(
        `the database has other rows already, ${before.get(taken)} of ${taken}; only an empty one is copied to`,
      );
    }
    for (const table of MADE_AT_START) await queries.run(`DELETE FROM ${table}`);
    for (const table of tables()) await copyTable(files[TABLES[table]], table, queries);
    await queries.all(
      "SELECT setval(pg_get_serial_sequence('sample_series', 'id'), coalesce(max(id), 0) + 1, false) FROM sample_series",
    );
    const after = await countsOf(queries);
    if (!isSame(after, rows)) throw new Error("the database does not have as many rows as were copied to it");
    return { rows, wereThere: false };
  }, DEADLINE_MS);
}

function tables(): readonly Table[] {
  return Object.keys(TABLES) as Table[];
}

async function copyTable(database: Database, table: Table, queries: Queries): Promise<void> {
  let batch: string[] = [];
  const write = async (): Promise<void> => {
    if (batch.length === 0) return;
    await queries.run(
      `INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $rows::text::json)`,
      { rows: `[${batch.join(",")}]` },
    );
    batch = [];
  };
  for (const row of database.query<Record<string, unknown>, []>(`SELECT * FROM ${table}`).iterate()) {
    batch.push(JSON.stringify(row, asPostgresReadsIt));
    if (batch.length === BATCH) await write();
  }
  await write();
}

/** Bytes in PostgreSQL's hexadecimal form. */
function asPostgresReadsIt(_: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return `\\x${value.toHex()}`;
  return typeof value === "string" ? withoutNul(value) : value;
}

async function areLivestreamsThere(database: Database, queries: Queries): Promise<boolean> {
  const ids = "SELECT id FROM livestreams ORDER BY id";
  const here = database.query<{ id: string }, []>(ids).all();
  const there = await queries.all<{ id: string }>(ids);
  return here.every(({ id }, index) => there[index]?.id === id);
}

function countIn(database: Database, table: Table): number {
  return database.query<{ count: number }, []>(`SELECT count(*) AS count FROM ${table}`).get()?.count ?? 0;
}

async function countsOf(queries: Queries): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const table of tables()) {
    const row = await queries.first<{ count: number }>(
      `SELECT count(*)::double precision AS count FROM ${table}`,
    );
    counts.set(table, row?.count ?? 0);
  }
  return counts;
}

function isSame(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return [...a].every(([table, count]) => b.get(table) === count);
}

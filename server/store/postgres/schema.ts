// The schema of a PostgreSQL database: brought to that of this version, by one process at a time.

import { StartError } from "#server/common/start-error.ts";
import type { PostgresClient } from "./client.ts";
import { ALL_OF_ONE_NODE } from "./migrations/0001-all-of-one-node.ts";
import type { Queries } from "./queries.ts";

/** In order; the number of those applied is in `schema_version`. */
const MIGRATIONS: readonly string[] = [ALL_OF_ONE_NODE];

/** What whoever migrates holds meanwhile; any number that nobody else uses. */
const MIGRATION_LOCK = 7_461_646;

/** A migration may move many rows. */
const MIGRATION_DEADLINE_MS = 10 * 60_000;

/** Throws a {@link StartError} and leaves the database as it is where a newer Tandem has brought it further. */
export async function migrate(
  client: PostgresClient,
  migrations: readonly string[] = MIGRATIONS,
): Promise<void> {
  await client.transaction(async (queries) => {
    await queries.run("SET LOCAL statement_timeout = 0");
    await queries.all("SELECT pg_advisory_xact_lock($lock)", { lock: MIGRATION_LOCK });
    await queries.run(
      "CREATE TABLE IF NOT EXISTS schema_version (id integer PRIMARY KEY CHECK (id = 0), version integer NOT NULL)",
    );
    const version = await versionIn(queries);
    if (version > migrations.length) {
      throw new StartError(
        `the database has schema ${version}; this version of Tandem knows schemas up to ${migrations.length}`,
      );
    }
    for (const migration of migrations.slice(version)) {
      for (const statement of statementsOf(migration)) await queries.run(statement);
    }
    if (version === migrations.length) return;
    await queries.run(
      `INSERT INTO schema_version (id, version) VALUES (0, $version)
       ON CONFLICT (id) DO UPDATE SET version = excluded.version`,
      { version: migrations.length },
    );
  }, MIGRATION_DEADLINE_MS);
}

async function versionIn(queries: Queries): Promise<number> {
  const row = await queries.first<{ version: number }>("SELECT version FROM schema_version");
  return row?.version ?? 0;
}

/** One a query: no statement of a migration holds a semicolon but at its end. */
function statementsOf(migration: string): readonly string[] {
  return migration
    .split(/;\s*(?:--[^\n]*)?\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}

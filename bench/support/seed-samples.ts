// A history as long as a benchmark wants it, written straight to where a server keeps its samples.

import { Database } from "bun:sqlite";
import { join } from "node:path";
import { SQL } from "bun";
import type { TandemServer } from "#test/support/tandem-server.ts";

/**
 * Adds `count` samples, ten seconds apart and the last one now, to a side that has none. They are on the disk when it
 * resolves: what is still to be written would be paid for by whatever is measured next.
 */
export async function seedSamples(
  { environment }: Pick<TandemServer, "environment">,
  livestreamId: string,
  instance: "primary" | "secondary",
  count: number,
): Promise<void> {
  const { TANDEM_DATABASE_URL: url, TANDEM_DATA_DIR: dataDir = "" } = environment;
  if (url === undefined) seedSqlite(join(dataDir, "statistics.sqlite"), livestreamId, instance, count);
  else await seedPostgres(url, livestreamId, instance, count);
}

function seedSqlite(file: string, livestreamId: string, instance: string, count: number): void {
  const database = new Database(file, { strict: true });
  database.run("PRAGMA busy_timeout = 5000");
  database.run("PRAGMA synchronous = OFF");
  database
    .query("INSERT INTO sample_series (livestream_id, instance) VALUES ($livestreamId, $instance)")
    .run({ livestreamId, instance });
  database
    .query(
      `WITH RECURSIVE numbers (number) AS (
         SELECT 0 UNION ALL SELECT number + 1 FROM numbers WHERE number < $count - 1
       )
       INSERT INTO samples
       SELECT (SELECT id FROM sample_series WHERE livestream_id = $livestreamId AND instance = $instance),
         number, $nowMs - ($count - number) * 10000, 1, number % 1000, 1, 1, 904.0, 96.0, 30.0, 2.0, 0
       FROM numbers`,
    )
    .run({ count, livestreamId, instance, nowMs: Date.now() });
  database.run("PRAGMA synchronous = FULL");
  database.run("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
}

async function seedPostgres(
  url: string,
  livestreamId: string,
  instance: string,
  count: number,
): Promise<void> {
  const sql = new SQL(url, { max: 1 });
  try {
    const [series]: { id: number }[] = await sql.unsafe(
      "INSERT INTO sample_series (livestream_id, instance) VALUES ($1, $2) RETURNING id",
      [livestreamId, instance],
    );
    await sql.unsafe(
      `INSERT INTO samples
       SELECT ${series?.id}, number, ${Date.now()} - (${count} - number) * 10000.0, 1, number % 1000, 1, 1, 904, 96, 30, 2, 0
       FROM generate_series(0, ${count - 1}) AS number`,
    );
    await sql.unsafe("VACUUM ANALYZE samples");
  } finally {
    await sql.close({ timeout: 0 });
  }
}

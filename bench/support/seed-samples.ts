// A history as long as a benchmark wants it, written straight into the statistics file.

import { Database } from "bun:sqlite";
import { join } from "node:path";

/**
 * Adds `count` samples, ten seconds apart and the last one now, to a side that has none. They are on the disk when it
 * returns: what is still to be written would be paid for by whatever is measured next.
 */
export function seedSamples(
  dataDir: string,
  livestreamId: string,
  instance: "primary" | "secondary",
  count: number,
): void {
  const database = new Database(join(dataDir, "statistics.sqlite"), { strict: true });
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

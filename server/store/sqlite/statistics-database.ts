// The SQLite file of statistics and events, apart from the other so that whoever writes samples never holds the lock that a call waits for.

import type { Database } from "bun:sqlite";
import { openDatabase } from "./database.ts";
import { SAMPLES } from "./migrations/statistics-0001-samples.ts";
import { EVENTS } from "./migrations/statistics-0002-events.ts";
import { EVENTS_BY_TYPE } from "./migrations/statistics-0003-events-by-type.ts";
import { WEBHOOK_DELIVERIES } from "./migrations/statistics-0004-webhook-deliveries.ts";

const MIGRATIONS: readonly string[] = [SAMPLES, EVENTS, EVENTS_BY_TYPE, WEBHOOK_DELIVERIES];

const SECRET_BYTES = 32;

/** Creates the file when there is none. Throws a `NewerDatabaseError` and leaves such a file as it is. */
export function openStatisticsDatabase(path: string): Database {
  return openDatabase(path, MIGRATIONS);
}

/** What viewer sessions are signed with: made once, so that a session is the same one after a restart. */
export function viewerSecretIn(database: Database): Uint8Array {
  const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  database.query("INSERT OR IGNORE INTO viewer_secret (id, secret) VALUES (0, $secret)").run({ secret });
  const row = database.query<{ secret: Uint8Array }, []>("SELECT secret FROM viewer_secret").get();
  return row?.secret ?? secret;
}

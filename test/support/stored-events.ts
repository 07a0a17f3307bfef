// The events of a livestream as the engine has them, whether or not the server runs.

import { join } from "node:path";
import type { EventStore, StoredEvent } from "#server/store/event-store.ts";
import { PostgresClient } from "#server/store/postgres/client.ts";
import { PostgresEventStore } from "#server/store/postgres/event-store.ts";
import { SqliteEventStore } from "#server/store/sqlite/event-store.ts";
import { openStatisticsDatabase } from "#server/store/sqlite/statistics-database.ts";
import type { TandemServer } from "./tandem-server.ts";

/** Oldest first. */
export async function storedEvents(server: TandemServer, id: string): Promise<readonly StoredEvent[]> {
  const { TANDEM_DATABASE_URL: url, TANDEM_DATA_DIR: dataDir = "" } = server.environment;
  if (url !== undefined) {
    const client = new PostgresClient({ url });
    const events = await eventsIn(new PostgresEventStore(client), id);
    await client.close();
    return events;
  }
  const database = openStatisticsDatabase(join(dataDir, "statistics.sqlite"));
  const events = await eventsIn(new SqliteEventStore(database), id);
  database.close();
  return events;
}

async function eventsIn(store: EventStore, id: string): Promise<readonly StoredEvent[]> {
  return (await store.page(id, { page: 0, perpage: 1000 })).items.toReversed();
}

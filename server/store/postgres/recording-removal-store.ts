// Removals that are still to be done, in PostgreSQL; noted by the deletion itself.

import type { RecordingRemovalStore, RemovalScope } from "#server/store/recording-removal-store.ts";
import type { PostgresClient } from "./client.ts";

export class PostgresRecordingRemovalStore implements RecordingRemovalStore {
  readonly #client: PostgresClient;

  constructor(client: PostgresClient) {
    this.#client = client;
  }

  async all(): Promise<readonly string[]> {
    const rows = await this.#client.all<{ id: string }>(
      "SELECT livestream_id AS id FROM recording_removals UNION SELECT id FROM picture_removals ORDER BY id",
    );
    return rows.map(({ id }) => id);
  }

  async scopeOf(id: string): Promise<RemovalScope | null> {
    const row = await this.#client.first<{ scope: RemovalScope }>(
      `SELECT 'everything' AS scope FROM recording_removals WHERE livestream_id = $id
       UNION ALL SELECT 'pictures' FROM picture_removals WHERE id = $id`,
      { id },
    );
    return row?.scope ?? null;
  }

  done(id: string, scope: RemovalScope): Promise<void> {
    return this.#client.transaction(async (queries) => {
      await queries.run("DELETE FROM picture_removals WHERE id = $id", { id });
      if (scope === "everything") {
        await queries.run("DELETE FROM recording_removals WHERE livestream_id = $id", { id });
      }
    });
  }
}

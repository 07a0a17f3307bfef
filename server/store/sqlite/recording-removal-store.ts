// Removals that are still to be done, in SQLite; noted by the deletion itself.

import type { Database } from "bun:sqlite";
import type { RecordingRemovalStore, RemovalScope } from "#server/store/recording-removal-store.ts";

export class SqliteRecordingRemovalStore implements RecordingRemovalStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async all(): Promise<readonly string[]> {
    return this.#database
      .query<{ id: string }, []>(
        "SELECT livestream_id AS id FROM recording_removals UNION SELECT id FROM picture_removals",
      )
      .all()
      .map(({ id }) => id);
  }

  async scopeOf(id: string): Promise<RemovalScope | null> {
    return (
      this.#database
        .query<{ scope: RemovalScope }, { id: string }>(
          `SELECT 'everything' AS scope FROM recording_removals WHERE livestream_id = $id
           UNION ALL SELECT 'pictures' FROM picture_removals WHERE id = $id`,
        )
        .get({ id })?.scope ?? null
    );
  }

  async done(id: string, scope: RemovalScope): Promise<void> {
    this.#database
      .transaction(() => {
        this.#database.query("DELETE FROM picture_removals WHERE id = $id").run({ id });
        if (scope === "everything") {
          this.#database.query("DELETE FROM recording_removals WHERE livestream_id = $id").run({ id });
        }
      })
      .immediate();
  }
}

// Removals that are still to be done, in SQLite; noted by the deletion itself.

import type { Database } from "bun:sqlite";
import type { RecordingRemovalStore } from "#server/store/recording-removal-store.ts";

export class SqliteRecordingRemovalStore implements RecordingRemovalStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async all(): Promise<readonly string[]> {
    return this.#database
      .query<{ livestream_id: string }, []>("SELECT livestream_id FROM recording_removals")
      .all()
      .map((row) => row.livestream_id);
  }

  async done(livestreamId: string): Promise<void> {
    this.#database
      .query("DELETE FROM recording_removals WHERE livestream_id = $livestreamId")
      .run({ livestreamId });
  }
}

// Recordings that are still to be removed from disk: remembered until they are gone, so that a crash leaves none behind.

import type { Database } from "bun:sqlite";

export class RecordingRemovalStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add(livestreamId: string): void {
    this.#database
      .query("INSERT OR IGNORE INTO recording_removals (livestream_id) VALUES ($livestreamId)")
      .run({ livestreamId });
  }

  done(livestreamId: string): void {
    this.#database
      .query("DELETE FROM recording_removals WHERE livestream_id = $livestreamId")
      .run({ livestreamId });
  }

  all(): readonly string[] {
    return this.#database
      .query<{ livestream_id: string }, []>("SELECT livestream_id FROM recording_removals")
      .all()
      .map((row) => row.livestream_id);
  }
}

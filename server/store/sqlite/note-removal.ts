// Files that nothing refers to any more are noted within the transaction that takes the last reference away.

import type { Database } from "bun:sqlite";

/** A livestream has its recording there, or an asset plays it. */
export function isReferredTo(database: Database, recordingId: string): boolean {
  return (
    database
      .query(
        `SELECT 1 FROM livestreams WHERE id = $recordingId
         UNION ALL SELECT 1 FROM media WHERE recording_id = $recordingId`,
      )
      .get({ recordingId }) !== null
  );
}

/** The livestream or the clip is gone: its files are to be removed; where an asset plays its recording, its pictures alone. */
export function noteRemoval(database: Database, id: string): void {
  const insertion = isReferredTo(database, id)
    ? "INSERT OR IGNORE INTO picture_removals (id) VALUES ($id)"
    : "INSERT OR IGNORE INTO recording_removals (livestream_id) VALUES ($id)";
  database.query(insertion).run({ id });
}

// Files that nothing refers to any more are noted within the transaction that takes the last reference away.

import type { Queries } from "./queries.ts";

/** A livestream has its recording there, or an asset plays it. Of two that leave it at once, one waits for the other. */
export async function isReferredTo(queries: Queries, recordingId: string): Promise<boolean> {
  await queries.all("SELECT pg_advisory_xact_lock(hashtextextended($recordingId, 0))", { recordingId });
  const found = await queries.first(
    `SELECT 1 FROM livestreams WHERE id = $recordingId
     UNION ALL SELECT 1 FROM media WHERE recording_id = $recordingId`,
    { recordingId },
  );
  return found !== null;
}

/** The livestream or the clip is gone: its files are to be removed; where an asset plays its recording, its pictures alone. */
export async function noteRemoval(queries: Queries, id: string): Promise<void> {
  await queries.run(
    (await isReferredTo(queries, id))
      ? "INSERT INTO picture_removals (id) VALUES ($id) ON CONFLICT DO NOTHING"
      : "INSERT INTO recording_removals (livestream_id) VALUES ($id) ON CONFLICT DO NOTHING",
    { id },
  );
}

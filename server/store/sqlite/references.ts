// What refers to files, in SQLite.

import type { Database } from "bun:sqlite";
import type { LivestreamStatus } from "#openapi/names.ts";
import type { RecordingNeed, References } from "#server/store/references.ts";
import type { ThumbnailRow } from "#server/store/thumbnail-store.ts";

/** Of a clip that refers to a recording: what it has of its own is a recording under its id (server/store/clip-cut.ts). */
const HAS_OWN_BYTES = `ifnull(clip_cut, '') LIKE '%"of":"clip"%'`;

export class SqliteReferences implements References {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async recording(id: string): Promise<RecordingNeed | null> {
    const row = this.#database
      .query<{ status: LivestreamStatus }, { id: string }>("SELECT status FROM livestreams WHERE id = $id")
      .get({ id });
    if (row !== null) return row.status === "finished" ? "whole" : "growing";
    const removal = this.#database
      .query("SELECT 1 FROM recording_removals WHERE livestream_id = $id")
      .get({ id });
    if (removal !== null) return "removing";
    const asset = this.#database
      .query<{ isWhole: number | null }, { id: string }>(
        `SELECT max(recording_id = $id OR ${HAS_OWN_BYTES}) AS isWhole FROM media WHERE recording_id = $id OR id = $id`,
      )
      .get({ id });
    if (asset === null || asset.isWhole === null) return null;
    return asset.isWhole === 1 ? "whole" : "growing";
  }

  async wholeRecordings(): Promise<readonly string[]> {
    return this.#database
      .query<{ id: string }, []>(
        `SELECT id FROM livestreams WHERE status = 'finished'
         UNION SELECT recording_id FROM media WHERE recording_id NOT IN (SELECT id FROM livestreams)
         UNION SELECT id FROM media WHERE ${HAS_OWN_BYTES} ORDER BY id`,
      )
      .all()
      .map(({ id }) => id);
  }

  async pictures(livestreamId?: string): Promise<readonly ThumbnailRow[]> {
    return this.#database
      .query<ThumbnailRow, { livestreamId: string | null }>(
        `SELECT livestream_id AS livestreamId, source, content_hash AS contentHash, width, height FROM thumbnails
         WHERE $livestreamId IS NULL OR livestream_id = $livestreamId ORDER BY livestream_id, source`,
      )
      .all({ livestreamId: livestreamId ?? null });
  }

  async forgetPicture({ livestreamId, source, contentHash }: ThumbnailRow): Promise<void> {
    this.#database
      .query(
        "DELETE FROM thumbnails WHERE livestream_id = $livestreamId AND source = $source AND content_hash = $contentHash",
      )
      .run({ livestreamId, source, contentHash });
  }

  async problems(): Promise<readonly string[]> {
    const found = this.#database
      .query<{ quick_check: string }, []>("PRAGMA quick_check")
      .all()
      .map(({ quick_check: sentence }) => sentence);
    const unmade = this.#database
      .query<{ id: string }, []>(
        `SELECT id FROM livestreams
         WHERE status = 'finished' AND NOT EXISTS
           (SELECT 1 FROM media WHERE livestream_id = livestreams.id AND clip_start_seconds IS NULL)`,
      )
      .all();
    return [
      ...found.filter((sentence) => sentence !== "ok"),
      ...unmade.map(({ id }) => `livestream ${id} is finished and has no media asset`),
    ];
  }
}

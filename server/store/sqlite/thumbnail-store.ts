// Rows of pictures in SQLite.

import type { Database } from "bun:sqlite";
import type { ThumbnailRow, ThumbnailStore } from "#server/store/thumbnail-store.ts";

type Parameters = Record<string, string | number | null>;

const SELECT = `
  SELECT livestream_id AS livestreamId, source, content_hash AS contentHash, width, height, stored_at_ms AS storedAtMs
  FROM thumbnails
  WHERE livestream_id = $livestreamId`;

export class SqliteThumbnailStore implements ThumbnailStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async current(livestreamId: string): Promise<ThumbnailRow | null> {
    return this.#database
      .query<ThumbnailRow, Parameters>(`${SELECT} ORDER BY source = 'upload' DESC LIMIT 1`)
      .get({ livestreamId });
  }

  async all(livestreamId: string): Promise<readonly ThumbnailRow[]> {
    return this.#database.query<ThumbnailRow, Parameters>(SELECT).all({ livestreamId });
  }

  async put(row: ThumbnailRow): Promise<boolean> {
    return (
      this.#database
        .query(
          `INSERT OR REPLACE INTO thumbnails (livestream_id, source, content_hash, width, height, stored_at_ms)
           SELECT id, $source, $contentHash, $width, $height, $storedAtMs FROM livestreams WHERE id = $livestreamId
           UNION ALL SELECT id, $source, $contentHash, $width, $height, $storedAtMs FROM media
             WHERE id = $livestreamId AND clip_start_seconds IS NOT NULL`,
        )
        .run({ ...row }).changes > 0
    );
  }

  async deleteUpload(livestreamId: string): Promise<void> {
    this.#database
      .query("DELETE FROM thumbnails WHERE livestream_id = $livestreamId AND source = 'upload'")
      .run({ livestreamId });
  }
}

// Rows of pictures in PostgreSQL.

import { selected } from "#server/store/rows/columns.ts";
import type { ThumbnailRow, ThumbnailStore } from "#server/store/thumbnail-store.ts";
import type { PostgresClient } from "./client.ts";

/** Member of the row → column. */
export const THUMBNAIL_COLUMNS = {
  livestreamId: "livestream_id",
  source: "source",
  contentHash: "content_hash",
  width: "width",
  height: "height",
  storedAtMs: "stored_at_ms",
} as const satisfies Record<keyof ThumbnailRow, string>;

const SELECT = `SELECT ${selected(THUMBNAIL_COLUMNS)} FROM thumbnails WHERE livestream_id = $livestreamId`;

export class PostgresThumbnailStore implements ThumbnailStore {
  readonly #client: PostgresClient;

  constructor(client: PostgresClient) {
    this.#client = client;
  }

  current(livestreamId: string): Promise<ThumbnailRow | null> {
    return this.#client.first<ThumbnailRow>(`${SELECT} ORDER BY source = 'upload' DESC LIMIT 1`, {
      livestreamId,
    });
  }

  all(livestreamId: string): Promise<readonly ThumbnailRow[]> {
    return this.#client.all<ThumbnailRow>(`${SELECT} ORDER BY source`, { livestreamId });
  }

  async put(row: ThumbnailRow): Promise<boolean> {
    const written = await this.#client.run(
      `INSERT INTO thumbnails (livestream_id, source, content_hash, width, height, stored_at_ms)
       SELECT id, $source, $contentHash, $width::integer, $height::integer, $storedAtMs::double precision FROM
         (SELECT id FROM livestreams WHERE id = $livestreamId
          UNION ALL SELECT id FROM media WHERE id = $livestreamId AND clip_start_seconds IS NOT NULL) AS shown
       ON CONFLICT (livestream_id, source) DO UPDATE
         SET content_hash = excluded.content_hash, width = excluded.width, height = excluded.height,
           stored_at_ms = excluded.stored_at_ms`,
      { ...row },
    );
    return written > 0;
  }

  async deleteUpload(livestreamId: string): Promise<void> {
    await this.#client.run(
      "DELETE FROM thumbnails WHERE livestream_id = $livestreamId AND source = 'upload'",
      { livestreamId },
    );
  }
}

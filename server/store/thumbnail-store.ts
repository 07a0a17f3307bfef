// The pictures of livestreams as the database knows them: at most an uploaded one and an automatic one each.

import type { Database } from "bun:sqlite";

export type ThumbnailSource = "upload" | "auto";

export interface ThumbnailRow {
  readonly livestreamId: string;
  readonly source: ThumbnailSource;
  /** The hash of the stored picture: names its folder and its URL. */
  readonly contentHash: string;
  /** Pixels of the stored picture. */
  readonly width: number;
  readonly height: number;
}

type Parameters = Record<string, string | number>;

const SELECT = `
  SELECT livestream_id AS livestreamId, source, content_hash AS contentHash, width, height FROM thumbnails
  WHERE livestream_id = $livestreamId`;

export class ThumbnailStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The one that is shown: the uploaded one before the automatic one. */
  current(livestreamId: string): ThumbnailRow | null {
    return this.#database
      .query<ThumbnailRow, Parameters>(`${SELECT} ORDER BY source = 'upload' DESC LIMIT 1`)
      .get({ livestreamId });
  }

  all(livestreamId: string): readonly ThumbnailRow[] {
    return this.#database.query<ThumbnailRow, Parameters>(SELECT).all({ livestreamId });
  }

  /** In place of the one of the same source. False, and nothing written, when there is no such livestream. */
  put(row: ThumbnailRow): boolean {
    return (
      this.#database
        .query(
          `INSERT OR REPLACE INTO thumbnails (livestream_id, source, content_hash, width, height)
           SELECT id, $source, $contentHash, $width, $height FROM livestreams WHERE id = $livestreamId`,
        )
        .run({ ...row }).changes > 0
    );
  }

  deleteUpload(livestreamId: string): void {
    this.#database
      .query("DELETE FROM thumbnails WHERE livestream_id = $livestreamId AND source = 'upload'")
      .run({ livestreamId });
  }
}

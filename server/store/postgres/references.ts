// What refers to files, in PostgreSQL.

import type { LivestreamStatus } from "#openapi/names.ts";
import type { RecordingNeed, References } from "#server/store/references.ts";
import { selected } from "#server/store/rows/columns.ts";
import type { ThumbnailRow } from "#server/store/thumbnail-store.ts";
import type { PostgresClient } from "./client.ts";
import { THUMBNAIL_COLUMNS } from "./thumbnail-store.ts";

/** Of a clip that refers to a recording: what it has of its own is a recording under its id (server/store/clip-cut.ts). */
const HAS_OWN_BYTES = `coalesce(clip_cut, '') LIKE '%"of":"clip"%'`;

export class PostgresReferences implements References {
  readonly #client: PostgresClient;

  constructor(client: PostgresClient) {
    this.#client = client;
  }

  async recording(id: string): Promise<RecordingNeed | null> {
    const row = await this.#client.first<{ status: LivestreamStatus }>(
      "SELECT status FROM livestreams WHERE id = $id",
      { id },
    );
    if (row !== null) return row.status === "finished" ? "whole" : "growing";
    const removal = await this.#client.first("SELECT 1 FROM recording_removals WHERE livestream_id = $id", {
      id,
    });
    if (removal !== null) return "removing";
    const asset = await this.#client.first<{ isWhole: boolean | null }>(
      `SELECT bool_or(recording_id = $id OR ${HAS_OWN_BYTES}) AS "isWhole" FROM media
       WHERE recording_id = $id OR id = $id`,
      { id },
    );
    if (asset === null || asset.isWhole === null) return null;
    return asset.isWhole ? "whole" : "growing";
  }

  async wholeRecordings(): Promise<readonly string[]> {
    const rows = await this.#client.all<{ id: string }>(
      `SELECT id FROM livestreams WHERE status = 'finished'
       UNION SELECT recording_id FROM media WHERE recording_id NOT IN (SELECT id FROM livestreams)
       UNION SELECT id FROM media WHERE ${HAS_OWN_BYTES} ORDER BY id`,
    );
    return rows.map(({ id }) => id);
  }

  pictures(livestreamId?: string): Promise<readonly ThumbnailRow[]> {
    return this.#client.all<ThumbnailRow>(
      `SELECT ${selected(THUMBNAIL_COLUMNS)} FROM thumbnails
       WHERE $livestreamId::text IS NULL OR livestream_id = $livestreamId ORDER BY livestream_id, source`,
      { livestreamId: livestreamId ?? null },
    );
  }

  async forgetPicture({ livestreamId, source, contentHash }: ThumbnailRow): Promise<void> {
    await this.#client.run(
      "DELETE FROM thumbnails WHERE livestream_id = $livestreamId AND source = $source AND content_hash = $contentHash",
      { livestreamId, source, contentHash },
    );
  }

  /** PostgreSQL looks after its own files; what is asked is whether the rows fit together. */
  async problems(): Promise<readonly string[]> {
    const unmade = await this.#client.all<{ id: string }>(
      `SELECT id FROM livestreams
       WHERE status = 'finished' AND NOT EXISTS
         (SELECT 1 FROM media WHERE livestream_id = livestreams.id AND clip_start_seconds IS NULL)`,
    );
    return unmade.map(({ id }) => `livestream ${id} is finished and has no media asset`);
  }
}

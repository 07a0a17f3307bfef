// Assets in SQLite.

import type { Database } from "bun:sqlite";
import type {
  MediaBatch,
  MediaChange,
  MediaPageRequest,
  MediaRow,
  MediaSortField,
  MediaStore,
  NewClip,
} from "#server/store/media-store.ts";
import { type Page, pageParameters } from "#server/store/page.ts";
import { assignments } from "#server/store/rows/columns.ts";
import { MEDIA_COLUMNS, mediaRow, SELECT_MEDIA, type StoredMedia } from "#server/store/rows/media-rows.ts";
import { isReferredTo, noteRemoval } from "./note-removal.ts";
import { NAME_HAS_SEARCH, orderAndLimit, searchParameters } from "./order-and-limit.ts";

type Parameters = Record<string, string | number | null>;

const SORT_COLUMNS = {
  name: "name COLLATE NOCASE",
  createdAtUtc: "created_at_ms",
  updatedAtUtc: "updated_at_ms",
  durationSeconds: "duration_seconds",
  sizeBytes: "size_bytes",
} as const satisfies Record<MediaSortField, string>;

const MEDIA_SOURCE = "FROM media WHERE id = $clipMediaId AND deleted_at_ms IS NULL";
const LIVESTREAM_SOURCE = "FROM livestreams WHERE id = $livestreamId";

export class SqliteMediaStore implements MediaStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async announceClip(id: string): Promise<void> {
    noteRemoval(this.#database, id);
  }

  async insertClip({ clipOf, cut, ...clip }: NewClip): Promise<boolean> {
    const { mediaId: clipMediaId, startSeconds, endSeconds } = clipOf;
    const clipCut = cut === null ? null : JSON.stringify(cut);
    const sources = clipMediaId === null ? LIVESTREAM_SOURCE : MEDIA_SOURCE;
    return this.#database
      .transaction(() => {
        const isInserted =
          this.#database
            .query(
              `INSERT INTO media (id, livestream_id, recording_id, name, description, duration_seconds, size_bytes,
                 width, height, video_codec, audio_codec, clip_media_id, clip_start_seconds, clip_end_seconds,
                 clip_cut, playback_policy, created_at_ms, updated_at_ms)
               SELECT $id, $livestreamId, $recordingId, $name, $description, $durationSeconds, $sizeBytes,
                 $width, $height, $videoCodec, $audioCodec, $clipMediaId, $startSeconds, $endSeconds,
                 $clipCut, playback_policy, $createdAtMs, $createdAtMs ${sources}`,
            )
            .run({ ...clip, clipMediaId, startSeconds, endSeconds, clipCut }).changes > 0;
        if (isInserted) {
          this.#database
            .query("DELETE FROM recording_removals WHERE livestream_id = $id")
            .run({ id: clip.id });
        }
        return isInserted;
      })
      .immediate();
  }

  async deleteClip(id: string): Promise<readonly string[] | null> {
    return this.#database
      .transaction(() => {
        const deleted = this.#database
          .query<{ recordingId: string }, Parameters>(
            `DELETE FROM media WHERE id = $id AND clip_start_seconds IS NOT NULL
             RETURNING recording_id AS recordingId`,
          )
          .get({ id });
        if (deleted === null) return null;
        this.#database.query("DELETE FROM thumbnails WHERE livestream_id = $id").run({ id });
        const { recordingId } = deleted;
        const ids =
          recordingId === id || isReferredTo(this.#database, recordingId) ? [id] : [id, recordingId];
        for (const each of ids) noteRemoval(this.#database, each);
        return ids;
      })
      .immediate();
  }

  async find(id: string): Promise<MediaRow | null> {
    const stored = this.#database
      .query<StoredMedia, Parameters>(`${SELECT_MEDIA} WHERE id = $id`)
      .get({ id });
    return stored === null ? null : mediaRow(stored);
  }

  async list(request: MediaPageRequest): Promise<Page<MediaRow>> {
    const isDeleted = request.status === "ready" ? "IS NULL" : "IS NOT NULL";
    const where = `WHERE deleted_at_ms ${isDeleted} AND ${NAME_HAS_SEARCH}`;
    const wanted = searchParameters(request);
    const items = this.#database
      .query<StoredMedia, Parameters>(`${SELECT_MEDIA} ${where} ${orderAndLimit(request.sort, SORT_COLUMNS)}`)
      .all({ ...wanted, ...pageParameters(request) })
      .map(mediaRow);
    const counted = this.#database
      .query<{ total: number }, Parameters>(`SELECT count(*) AS total FROM media ${where}`)
      .get(wanted);
    return { items, total: counted?.total ?? 0 };
  }

  async update(id: string, change: MediaChange, atMs: number): Promise<boolean> {
    return (
      this.#database
        .query(`UPDATE media SET ${assignments(change, MEDIA_COLUMNS)} WHERE id = $id`)
        .run({ id, atMs, ...change }).changes > 0
    );
  }

  async softDelete(id: string, atMs: number): Promise<boolean> {
    return (
      this.#database
        .query(
          "UPDATE media SET deleted_at_ms = $atMs, updated_at_ms = $atMs WHERE id = $id AND deleted_at_ms IS NULL",
        )
        .run({ id, atMs }).changes > 0
    );
  }

  async recover(id: string, atMs: number): Promise<boolean> {
    return (
      this.#database
        .query(
          "UPDATE media SET deleted_at_ms = NULL, updated_at_ms = $atMs WHERE id = $id AND deleted_at_ms IS NOT NULL",
        )
        .run({ id, atMs }).changes > 0
    );
  }

  async createdUntil(atMs: number, batch: MediaBatch): Promise<readonly string[]> {
    return this.#idsWhere("deleted_at_ms IS NULL AND created_at_ms <= $atMs", atMs, batch);
  }

  async deletedUntil(atMs: number, batch: MediaBatch): Promise<readonly string[]> {
    return this.#idsWhere("deleted_at_ms <= $atMs", atMs, batch);
  }

  #idsWhere(condition: string, atMs: number, { after, limit }: MediaBatch): string[] {
    return this.#database
      .query<{ id: string }, Parameters>(
        `SELECT id FROM media WHERE ${condition} AND id > $after ORDER BY id LIMIT $limit`,
      )
      .all({ atMs, after: after ?? "", limit })
      .map(({ id }) => id);
  }
}

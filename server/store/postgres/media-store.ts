// Assets in PostgreSQL.

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
import type { PostgresClient } from "./client.ts";
import { isReferredTo, noteRemoval } from "./note-removal.ts";
import { NAME_HAS_SEARCH, orderAndLimit, searchParameters } from "./order-and-limit.ts";
import type { Parameters } from "./queries.ts";

const SORT_COLUMNS = {
  name: `lower(name COLLATE "C")`,
  createdAtUtc: "created_at_ms",
  updatedAtUtc: "updated_at_ms",
  durationSeconds: "duration_seconds",
  sizeBytes: "size_bytes",
} as const satisfies Record<MediaSortField, string>;

/** What a clip takes over from what it is cut from. */
type Source = Pick<MediaRow, "playbackPolicy">;

const SOURCE = `SELECT playback_policy AS "playbackPolicy"`;

/** The row that a clip is cut from stays for as long as the transaction takes. */
const MEDIA_SOURCE = "FROM media WHERE id = $clipMediaId AND deleted_at_ms IS NULL FOR SHARE";
const LIVESTREAM_SOURCE = "FROM livestreams WHERE id = $livestreamId FOR SHARE";

export class PostgresMediaStore implements MediaStore {
  readonly #client: PostgresClient;

  constructor(client: PostgresClient) {
    this.#client = client;
  }

  announceClip(id: string): Promise<void> {
    return this.#client.transaction((queries) => noteRemoval(queries, id));
  }

  insertClip({ clipOf, cut, ...clip }: NewClip): Promise<boolean> {
    const { mediaId: clipMediaId, startSeconds, endSeconds } = clipOf;
    const clipCut = cut === null ? null : JSON.stringify(cut);
    return this.#client.transaction(async (queries) => {
      // Whoever takes the last reference to the recording away does it before this, or after.
      await isReferredTo(queries, clip.recordingId);
      const source = await (clipMediaId === null
        ? queries.first<Source>(`${SOURCE} ${LIVESTREAM_SOURCE}`, { livestreamId: clip.livestreamId })
        : queries.first<Source>(`${SOURCE} ${MEDIA_SOURCE}`, { clipMediaId }));
      if (source === null) return false;
      await queries.run(
        `INSERT INTO media (id, livestream_id, recording_id, name, description, duration_seconds, size_bytes,
           width, height, video_codec, audio_codec, clip_media_id, clip_start_seconds, clip_end_seconds,
           clip_cut, playback_policy, created_at_ms, updated_at_ms)
         VALUES ($id, $livestreamId, $recordingId, $name, $description, $durationSeconds, $sizeBytes,
           $width, $height, $videoCodec, $audioCodec, $clipMediaId, $startSeconds, $endSeconds,
           $clipCut, $playbackPolicy, $createdAtMs, $createdAtMs)`,
        { ...clip, ...source, clipMediaId, startSeconds, endSeconds, clipCut },
      );
      await queries.run("DELETE FROM recording_removals WHERE livestream_id = $id", { id: clip.id });
      return true;
    });
  }

  deleteClip(id: string): Promise<readonly string[] | null> {
    return this.#client.transaction(async (queries) => {
      const deleted = await queries.first<{ recordingId: string }>(
        `DELETE FROM media WHERE id = $id AND clip_start_seconds IS NOT NULL
         RETURNING recording_id AS "recordingId"`,
        { id },
      );
      if (deleted === null) return null;
      await queries.run("DELETE FROM thumbnails WHERE livestream_id = $id", { id });
      const { recordingId } = deleted;
      const isShared = recordingId === id || (await isReferredTo(queries, recordingId));
      const ids = isShared ? [id] : [id, recordingId];
      for (const each of ids) await noteRemoval(queries, each);
      return ids;
    });
  }

  async find(id: string): Promise<MediaRow | null> {
    const stored = await this.#client.first<StoredMedia>(`${SELECT_MEDIA} WHERE id = $id`, { id });
    return stored === null ? null : mediaRow(stored);
  }

  async list(request: MediaPageRequest): Promise<Page<MediaRow>> {
    const isDeleted = request.status === "ready" ? "IS NULL" : "IS NOT NULL";
    const where = `WHERE deleted_at_ms ${isDeleted} AND ${NAME_HAS_SEARCH}`;
    const wanted = searchParameters(request);
    const [rows, counted] = await Promise.all([
      this.#client.all<StoredMedia>(`${SELECT_MEDIA} ${where} ${orderAndLimit(request.sort, SORT_COLUMNS)}`, {
        ...wanted,
        ...pageParameters(request),
      }),
      this.#client.first<{ total: number }>(`SELECT count(*)::integer AS total FROM media ${where}`, wanted),
    ]);
    return { items: rows.map(mediaRow), total: counted?.total ?? 0 };
  }

  update(id: string, change: MediaChange, atMs: number): Promise<boolean> {
    return this.#isChanged(`UPDATE media SET ${assignments(change, MEDIA_COLUMNS)} WHERE id = $id`, {
      id,
      atMs,
      ...change,
    });
  }

  softDelete(id: string, atMs: number): Promise<boolean> {
    return this.#isChanged(
      "UPDATE media SET deleted_at_ms = $atMs, updated_at_ms = $atMs WHERE id = $id AND deleted_at_ms IS NULL",
      { id, atMs },
    );
  }

  recover(id: string, atMs: number): Promise<boolean> {
    return this.#isChanged(
      "UPDATE media SET deleted_at_ms = NULL, updated_at_ms = $atMs WHERE id = $id AND deleted_at_ms IS NOT NULL",
      { id, atMs },
    );
  }

  createdUntil(atMs: number, batch: MediaBatch): Promise<readonly string[]> {
    return this.#idsWhere("deleted_at_ms IS NULL AND created_at_ms <= $atMs", atMs, batch);
  }

  deletedUntil(atMs: number, batch: MediaBatch): Promise<readonly string[]> {
    return this.#idsWhere("deleted_at_ms <= $atMs", atMs, batch);
  }

  async #isChanged(statement: string, parameters: Parameters): Promise<boolean> {
    return (await this.#client.run(statement, parameters)) > 0;
  }

  async #idsWhere(condition: string, atMs: number, { after, limit }: MediaBatch): Promise<readonly string[]> {
    const rows = await this.#client.all<{ id: string }>(
      `SELECT id FROM media WHERE ${condition} AND id > $after ORDER BY id LIMIT $limit`,
      { atMs, after: after ?? "", limit },
    );
    return rows.map(({ id }) => id);
  }
}

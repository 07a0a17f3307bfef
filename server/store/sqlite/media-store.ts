// Assets in SQLite.

import type { Database } from "bun:sqlite";
import type {
  MediaBatch,
  MediaChange,
  MediaPageRequest,
  MediaRow,
  MediaSortField,
  MediaStore,
} from "#server/store/media-store.ts";
import type { Page } from "#server/store/page.ts";
import { orderAndLimit, pageParameters } from "./order-and-limit.ts";

type Parameters = Record<string, string | number | null>;

const SORT_COLUMNS = {
  name: "name COLLATE NOCASE",
  createdAtUtc: "created_at_ms",
  updatedAtUtc: "updated_at_ms",
  durationSeconds: "duration_seconds",
  sizeBytes: "size_bytes",
} as const satisfies Record<MediaSortField, string>;

const SELECT = `
  SELECT id, livestream_id AS livestreamId, name, description, duration_seconds AS durationSeconds,
    size_bytes AS sizeBytes, width, height, video_codec AS videoCodec, audio_codec AS audioCodec,
    created_at_ms AS createdAtMs, updated_at_ms AS updatedAtMs, deleted_at_ms AS deletedAtMs
  FROM media`;

export class SqliteMediaStore implements MediaStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(id: string): Promise<MediaRow | null> {
    return this.#database.query<MediaRow, Parameters>(`${SELECT} WHERE id = $id`).get({ id });
  }

  async list(request: MediaPageRequest): Promise<Page<MediaRow>> {
    const where =
      request.status === "ready" ? "WHERE deleted_at_ms IS NULL" : "WHERE deleted_at_ms IS NOT NULL";
    const items = this.#database
      .query<MediaRow, Parameters>(`${SELECT} ${where} ${orderAndLimit(request.sort, SORT_COLUMNS)}`)
      .all(pageParameters(request));
    const counted = this.#database
      .query<{ total: number }, []>(`SELECT count(*) AS total FROM media ${where}`)
      .get();
    return { items, total: counted?.total ?? 0 };
  }

  async update(id: string, change: MediaChange, atMs: number): Promise<boolean> {
    const assignments = Object.keys(change).map((member) => `${member} = $${member}, `);
    return (
      this.#database
        .query(`UPDATE media SET ${assignments.join("")}updated_at_ms = $atMs WHERE id = $id`)
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

// On-demand assets on disk: at most one for each livestream.

import type { Database } from "bun:sqlite";
import { orderAndLimit, type Page, type PageRequest, pageParameters } from "./page.ts";

/** What a conversion found out about a recording. */
export interface MediaFacts {
  readonly durationSeconds: number;
  readonly sizeBytes: number;
  /** Pixels; null without video. */
  readonly width: number | null;
  readonly height: number | null;
  /** RFC 6381; null without a track of the kind. */
  readonly videoCodec: string | null;
  readonly audioCodec: string | null;
}

export interface MediaRow extends MediaFacts {
  readonly id: string;
  readonly livestreamId: string;
  readonly name: string;
  readonly description: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** Null while it is not soft-deleted. */
  readonly deletedAtMs: number | null;
}

export type MediaStatus = "ready" | "softDeleted";

export type MediaSortField = keyof typeof SORT_COLUMNS;

export interface MediaPageRequest extends PageRequest<MediaSortField> {
  readonly status: MediaStatus;
}

export type MediaChange = Partial<Pick<MediaRow, "name" | "description">>;

type Parameters = Record<string, string | number | null>;

const SORT_COLUMNS = {
  name: "name COLLATE NOCASE",
  createdAtUtc: "created_at_ms",
  updatedAtUtc: "updated_at_ms",
  durationSeconds: "duration_seconds",
  sizeBytes: "size_bytes",
} as const;

const SELECT = `
  SELECT id, livestream_id AS livestreamId, name, description, duration_seconds AS durationSeconds,
    size_bytes AS sizeBytes, width, height, video_codec AS videoCodec, audio_codec AS audioCodec,
    created_at_ms AS createdAtMs, updated_at_ms AS updatedAtMs, deleted_at_ms AS deletedAtMs
  FROM media`;

export class MediaStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Throws when the livestream has an asset already. */
  insert(row: Omit<MediaRow, "updatedAtMs" | "deletedAtMs">): void {
    this.#database
      .query(
        `INSERT INTO media (id, livestream_id, name, description, duration_seconds, size_bytes, width, height,
           video_codec, audio_codec, created_at_ms, updated_at_ms)
         VALUES ($id, $livestreamId, $name, $description, $durationSeconds, $sizeBytes, $width, $height,
           $videoCodec, $audioCodec, $createdAtMs, $createdAtMs)`,
      )
      .run({ ...row });
  }

  find(id: string): MediaRow | null {
    return this.#database.query<MediaRow, Parameters>(`${SELECT} WHERE id = $id`).get({ id });
  }

  list(request: MediaPageRequest): Page<MediaRow> {
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

  /** False when there is no such asset. */
  update(id: string, change: MediaChange, atMs: number): boolean {
    const assignments = Object.keys(change).map((member) => `${member} = $${member}, `);
    return (
      this.#database
        .query(`UPDATE media SET ${assignments.join("")}updated_at_ms = $atMs WHERE id = $id`)
        .run({ id, atMs, ...change }).changes > 0
    );
  }

  /** False, and nothing changed, when it is not there or soft-deleted already. */
  softDelete(id: string, atMs: number): boolean {
    return (
      this.#database
        .query(
          "UPDATE media SET deleted_at_ms = $atMs, updated_at_ms = $atMs WHERE id = $id AND deleted_at_ms IS NULL",
        )
        .run({ id, atMs }).changes > 0
    );
  }

  /** False, and nothing changed, when it is not there or not soft-deleted. */
  recover(id: string, atMs: number): boolean {
    return (
      this.#database
        .query(
          "UPDATE media SET deleted_at_ms = NULL, updated_at_ms = $atMs WHERE id = $id AND deleted_at_ms IS NOT NULL",
        )
        .run({ id, atMs }).changes > 0
    );
  }
}

// Livestreams in PostgreSQL.

import type { LivestreamStatus } from "#openapi/names.ts";
import type {
  FinishedConversion,
  LivestreamChange,
  LivestreamPageRequest,
  LivestreamRow,
  LivestreamSortField,
  LivestreamStore,
  NewLivestream,
  RebuiltAsset,
} from "#server/store/livestream-store.ts";
import { type Page, pageParameters } from "#server/store/page.ts";
import { assignments } from "#server/store/rows/columns.ts";
import {
  LIVESTREAM_COLUMNS,
  livestreamRow,
  SELECT_LIVESTREAMS,
  type StoredLivestream,
} from "#server/store/rows/livestream-rows.ts";
import type { PostgresClient } from "./client.ts";
import { KeptAnswers } from "./kept-answers.ts";
import { noteRemoval } from "./note-removal.ts";
import { NAME_HAS_SEARCH, orderAndLimit, searchParameters } from "./order-and-limit.ts";
import type { Parameters } from "./queries.ts";

const SORT_COLUMNS = {
  name: `lower(name COLLATE "C")`,
  status: "status",
  createdAtUtc: "created_at_ms",
  updatedAtUtc: "updated_at_ms",
  startedAtUtc: "started_at_ms",
} as const satisfies Record<LivestreamSortField, string>;

export class PostgresLivestreamStore implements LivestreamStore {
  readonly #client: PostgresClient;
  readonly #statuses: KeptAnswers<LivestreamStatus | null>;

  constructor(client: PostgresClient) {
    this.#client = client;
    this.#statuses = new KeptAnswers({ writes: () => client.writes });
  }

  async insert(livestream: NewLivestream): Promise<LivestreamRow> {
    await this.#client.run(
      `INSERT INTO livestreams (id, name, description, with_dvr, with_backup, playback_policy, status,
         created_at_ms, updated_at_ms)
       VALUES ($id, $name, $description, $withDvr, $withBackup, $playbackPolicy, 'created', $createdAtMs, $createdAtMs)`,
      { ...livestream },
    );
    const { id } = livestream;
    const row = await this.find(id);
    if (row === null) throw new Error(`livestream ${id} was inserted and is not there`);
    return row;
  }

  async find(id: string): Promise<LivestreamRow | null> {
    const stored = await this.#client.first<StoredLivestream>(`${SELECT_LIVESTREAMS} WHERE id = $id`, { id });
    return stored === null ? null : livestreamRow(stored);
  }

  status(id: string): Promise<LivestreamStatus | null> {
    return this.#statuses.get(id, async () => {
      const row = await this.#client.first<{ status: LivestreamStatus }>(
        "SELECT status FROM livestreams WHERE id = $id",
        { id },
      );
      return row?.status ?? null;
    });
  }

  async list(request: LivestreamPageRequest): Promise<Page<LivestreamRow>> {
    const where = `WHERE ($status::text IS NULL OR status = $status)
      AND ($playbackPolicy::text IS NULL OR playback_policy = $playbackPolicy) AND ${NAME_HAS_SEARCH}`;
    const { status, playbackPolicy = null, sort } = request;
    const wanted = { status, playbackPolicy, ...searchParameters(request) };
    const [rows, counted] = await Promise.all([
      this.#client.all<StoredLivestream>(
        `${SELECT_LIVESTREAMS} ${where} ${orderAndLimit(sort, SORT_COLUMNS)}`,
        {
          ...wanted,
          ...pageParameters(request),
        },
      ),
      this.#client.first<{ total: number }>(
        `SELECT count(*)::integer AS total FROM livestreams ${where}`,
        wanted,
      ),
    ]);
    return { items: rows.map(livestreamRow), total: counted?.total ?? 0 };
  }

  async withStatus(status: LivestreamStatus): Promise<readonly LivestreamRow[]> {
    const rows = await this.#client.all<StoredLivestream>(
      `${SELECT_LIVESTREAMS} WHERE status = $status ORDER BY created_at_ms, id`,
      { status },
    );
    return rows.map(livestreamRow);
  }

  async countsByStatus(): Promise<ReadonlyMap<LivestreamStatus, number>> {
    const rows = await this.#client.all<{ status: LivestreamStatus; count: number }>(
      "SELECT status, count(*)::integer AS count FROM livestreams GROUP BY status",
    );
    return new Map(rows.map(({ status, count }) => [status, count]));
  }

  changeStatus(
    id: string,
    from: LivestreamStatus,
    to: LivestreamStatus,
    change: LivestreamChange,
    atMs: number,
  ): Promise<boolean> {
    return this.#isChanged(
      `UPDATE livestreams SET status = $to, ${assignments(change, LIVESTREAM_COLUMNS)} WHERE id = $id AND status = $from`,
      { id, from, to, atMs, ...change },
    );
  }

  update(id: string, inStatus: LivestreamStatus, change: LivestreamChange, atMs: number): Promise<boolean> {
    return this.changeStatus(id, inStatus, inStatus, change, atMs);
  }

  noteSourceStart(id: string, atMs: number): Promise<boolean> {
    return this.#isChanged(
      `UPDATE livestreams SET started_at_ms = $atMs, updated_at_ms = $atMs
       WHERE id = $id AND status = 'started' AND started_at_ms IS NULL`,
      { id, atMs },
    );
  }

  noteRecordingStop(id: string, reason: string, atMs: number): Promise<boolean> {
    return this.#isChanged(
      `UPDATE livestreams SET conversion_message = $reason, updated_at_ms = $atMs
       WHERE id = $id AND status IN ('live', 'converting')`,
      { id, reason, atMs },
    );
  }

  finishConversion({ livestreamId, mediaId, ...rest }: FinishedConversion): Promise<boolean> {
    const { facts, message, atMs } = rest;
    return this.#client.transaction(async (queries) => {
      const finished = await queries.run(
        `UPDATE livestreams SET status = 'finished', finished_at_ms = $atMs, updated_at_ms = $atMs,
           conversion_message = coalesce($message, conversion_message)
         WHERE id = $livestreamId AND status = 'converting'`,
        { livestreamId, message, atMs },
      );
      if (finished === 0) return false;
      await queries.run(
        `INSERT INTO media (id, livestream_id, recording_id, name, description, duration_seconds, size_bytes,
           width, height, video_codec, audio_codec, playback_policy, created_at_ms, updated_at_ms)
         SELECT $mediaId, id, id, name, description, $durationSeconds::double precision, $sizeBytes::double precision,
           $width::integer, $height::integer, $videoCodec, $audioCodec, playback_policy, $atMs::double precision, $atMs
         FROM livestreams WHERE id = $livestreamId`,
        { livestreamId, mediaId, atMs, ...facts },
      );
      return true;
    });
  }

  noteRebuilt(id: string, { facts, message, atMs }: RebuiltAsset): Promise<boolean> {
    return this.#client.transaction(async (queries) => {
      const noted = await queries.run(
        `UPDATE livestreams SET conversion_message = $message, updated_at_ms = $atMs
         WHERE id = $id AND status = 'finished'`,
        { id, message, atMs },
      );
      if (noted === 0) return false;
      const { durationSeconds, sizeBytes } = facts;
      await queries.run(
        `UPDATE media SET duration_seconds = $durationSeconds, size_bytes = $sizeBytes, updated_at_ms = $atMs
         WHERE livestream_id = $id AND clip_start_seconds IS NULL`,
        { id, durationSeconds, sizeBytes, atMs },
      );
      return true;
    });
  }

  delete(id: string, from: LivestreamStatus): Promise<boolean> {
    return this.#client.transaction(async (queries) => {
      const deleted = await queries.run("DELETE FROM livestreams WHERE id = $id AND status = $from", {
        id,
        from,
      });
      if (deleted === 0) return false;
      await queries.run("DELETE FROM media WHERE livestream_id = $id AND clip_start_seconds IS NULL", { id });
      await queries.run("DELETE FROM thumbnails WHERE livestream_id = $id", { id });
      await noteRemoval(queries, id);
      return true;
    });
  }

  async #isChanged(statement: string, parameters: Parameters): Promise<boolean> {
    return (await this.#client.run(statement, parameters)) > 0;
  }
}

// Livestreams in SQLite.

import type { Database } from "bun:sqlite";
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
import { noteRemoval } from "./note-removal.ts";
import { NAME_HAS_SEARCH, orderAndLimit, searchParameters } from "./order-and-limit.ts";

type Parameters = Record<string, string | number | null>;

const SORT_COLUMNS = {
  name: "name COLLATE NOCASE",
  status: "status",
  createdAtUtc: "created_at_ms",
  updatedAtUtc: "updated_at_ms",
  startedAtUtc: "started_at_ms",
} as const satisfies Record<LivestreamSortField, string>;

export class SqliteLivestreamStore implements LivestreamStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(livestream: NewLivestream): Promise<LivestreamRow> {
    this.#database
      .query(
        `INSERT INTO livestreams (id, name, description, with_dvr, with_backup, playback_policy, status,
           created_at_ms, updated_at_ms)
         VALUES ($id, $name, $description, $withDvr, $withBackup, $playbackPolicy, 'created',
           $createdAtMs, $createdAtMs)`,
      )
      .run({ ...livestream });
    const { id } = livestream;
    const row = await this.find(id);
    if (row === null) throw new Error(`livestream ${id} was inserted and is not there`);
    return row;
  }

  async find(id: string): Promise<LivestreamRow | null> {
    const stored = this.#database
      .query<StoredLivestream, Parameters>(`${SELECT_LIVESTREAMS} WHERE id = $id`)
      .get({ id });
    return stored === null ? null : livestreamRow(stored);
  }

  async status(id: string): Promise<LivestreamStatus | null> {
    return (
      this.#database
        .query<{ status: LivestreamStatus }, Parameters>("SELECT status FROM livestreams WHERE id = $id")
        .get({ id })?.status ?? null
    );
  }

  async list(request: LivestreamPageRequest): Promise<Page<LivestreamRow>> {
    const where = `WHERE ($status IS NULL OR status = $status)
      AND ($playbackPolicy IS NULL OR playback_policy = $playbackPolicy) AND ${NAME_HAS_SEARCH}`;
    const { status, playbackPolicy = null, sort } = request;
    const wanted = { status, playbackPolicy, ...searchParameters(request) };
    const rows = this.#database
      .query<StoredLivestream, Parameters>(
        `${SELECT_LIVESTREAMS} ${where} ${orderAndLimit(sort, SORT_COLUMNS)}`,
      )
      .all({ ...wanted, ...pageParameters(request) });
    const counted = this.#database
      .query<{ total: number }, Parameters>(`SELECT count(*) AS total FROM livestreams ${where}`)
      .get(wanted);
    return { items: rows.map(livestreamRow), total: counted?.total ?? 0 };
  }

  async withStatus(status: LivestreamStatus): Promise<readonly LivestreamRow[]> {
    return this.#database
      .query<StoredLivestream, Parameters>(
        `${SELECT_LIVESTREAMS} WHERE status = $status ORDER BY created_at_ms, id`,
      )
      .all({ status })
      .map(livestreamRow);
  }

  async countsByStatus(): Promise<ReadonlyMap<LivestreamStatus, number>> {
    const rows = this.#database
      .query<{ status: LivestreamStatus; count: number }, []>(
        "SELECT status, count(*) AS count FROM livestreams GROUP BY status",
      )
      .all();
    return new Map(rows.map(({ status, count }) => [status, count]));
  }

  async changeStatus(
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

  async noteSourceStart(id: string, atMs: number): Promise<boolean> {
    return this.#isChanged(
      `UPDATE livestreams SET started_at_ms = $atMs, updated_at_ms = $atMs
       WHERE id = $id AND status = 'started' AND started_at_ms IS NULL`,
      { id, atMs },
    );
  }

  async noteRecordingStop(id: string, reason: string, atMs: number): Promise<boolean> {
    return this.#isChanged(
      `UPDATE livestreams SET conversion_message = $reason, updated_at_ms = $atMs
       WHERE id = $id AND status IN ('live', 'converting')`,
      { id, reason, atMs },
    );
  }

  async finishConversion({ livestreamId, mediaId, ...rest }: FinishedConversion): Promise<boolean> {
    const { facts, message, atMs } = rest;
    return this.#database
      .transaction(() => {
        const isFinished = this.#isChanged(
          `UPDATE livestreams SET status = 'finished', finished_at_ms = $atMs, updated_at_ms = $atMs,
             conversion_message = coalesce($message, conversion_message)
           WHERE id = $livestreamId AND status = 'converting'`,
          { livestreamId, message, atMs },
        );
        if (isFinished) {
          this.#database
            .query(
              `INSERT INTO media (id, livestream_id, recording_id, name, description, duration_seconds, size_bytes,
                 width, height, video_codec, audio_codec, playback_policy, created_at_ms, updated_at_ms)
               SELECT $mediaId, id, id, name, description, $durationSeconds, $sizeBytes, $width, $height,
                 $videoCodec, $audioCodec, playback_policy, $atMs, $atMs FROM livestreams WHERE id = $livestreamId`,
            )
            .run({ livestreamId, mediaId, atMs, ...facts });
        }
        return isFinished;
      })
      .immediate();
  }

  async noteRebuilt(id: string, { facts, message, atMs }: RebuiltAsset): Promise<boolean> {
    return this.#database
      .transaction(() => {
        const isNoted = this.#isChanged(
          `UPDATE livestreams SET conversion_message = $message, updated_at_ms = $atMs
           WHERE id = $id AND status = 'finished'`,
          { id, message, atMs },
        );
        const { durationSeconds, sizeBytes } = facts;
        if (isNoted) {
          this.#database
            .query(
              `UPDATE media SET duration_seconds = $durationSeconds, size_bytes = $sizeBytes, updated_at_ms = $atMs
               WHERE livestream_id = $id AND clip_start_seconds IS NULL`,
            )
            .run({ id, durationSeconds, sizeBytes, atMs });
        }
        return isNoted;
      })
      .immediate();
  }

  async delete(id: string, from: LivestreamStatus): Promise<boolean> {
    return this.#database
      .transaction(() => {
        if (!this.#isChanged("DELETE FROM livestreams WHERE id = $id AND status = $from", { id, from })) {
          return false;
        }
        this.#database
          .query("DELETE FROM media WHERE livestream_id = $id AND clip_start_seconds IS NULL")
          .run({ id });
        this.#database.query("DELETE FROM thumbnails WHERE livestream_id = $id").run({ id });
        noteRemoval(this.#database, id);
        return true;
      })
      .immediate();
  }

  #isChanged(statement: string, parameters: Record<string, string | number | boolean | null>): boolean {
    return this.#database.query(statement).run(parameters).changes > 0;
  }
}

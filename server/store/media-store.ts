// On-demand assets as they are stored: at most one for each livestream, with which it comes and goes.

import type { Page, PageRequest } from "./page.ts";

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

export type MediaSortField = "name" | "createdAtUtc" | "updatedAtUtc" | "durationSeconds" | "sizeBytes";

export interface MediaPageRequest extends PageRequest<MediaSortField> {
  readonly status: MediaStatus;
}

export type MediaChange = Partial<Pick<MediaRow, "name" | "description">>;

/** Some of many, in the order of their ids, which is that of their creation. */
export interface MediaBatch {
  /** The last of the batch before, null for the first. */
  readonly after: string | null;
  readonly limit: number;
}

export interface MediaStore {
  find(id: string): Promise<MediaRow | null>;

  list(request: MediaPageRequest): Promise<Page<MediaRow>>;

  /** False when there is no such asset. */
  update(id: string, change: MediaChange, atMs: number): Promise<boolean>;

  /** False, and nothing changed, when it is not there or soft-deleted already. */
  softDelete(id: string, atMs: number): Promise<boolean>;

  /** False, and nothing changed, when it is not there or not soft-deleted. */
  recover(id: string, atMs: number): Promise<boolean>;

  /** Ids of those not soft-deleted that were created then or before. */
  createdUntil(atMs: number, batch: MediaBatch): Promise<readonly string[]>;

  /** Ids of those soft-deleted then or before. */
  deletedUntil(atMs: number, batch: MediaBatch): Promise<readonly string[]>;
}

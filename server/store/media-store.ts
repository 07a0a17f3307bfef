// On-demand assets as they are stored: at most one that a livestream became, with which it goes, and clips, which go alone.

import type { PlaybackPolicy } from "#openapi/names.ts";
import type { ClipCut } from "./clip-cut.ts";
import type { Page, PageRequest, SearchRequest } from "./page.ts";

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
  /** Of a clip it may be gone. */
  readonly livestreamId: string;
  /** Whose bytes it plays: the livestream's, or a copy that is the asset's own. They stay while it is there. */
  readonly recordingId: string;
  readonly name: string;
  readonly description: string | null;
  /** Of the livestream it was, or of what it was cut from. */
  readonly playbackPolicy: PlaybackPolicy;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** Null while it is not soft-deleted. */
  readonly deletedAtMs: number | null;
  /** Null of what a livestream became. */
  readonly clipOf: ClipOf | null;
  /** The stretch of the recording that it plays; null where that is all of it. */
  readonly cut: ClipCut | null;
}

/** What a clip was cut from, and from where to where: seconds from the beginning of that. */
export interface ClipOf {
  /** The asset, which may be gone; null where it is the livestream itself. */
  readonly mediaId: string | null;
  readonly startSeconds: number;
  readonly endSeconds: number;
}

export type NewClip = Omit<MediaRow, "playbackPolicy" | "updatedAtMs" | "deletedAtMs"> & {
  readonly clipOf: ClipOf;
};

export type MediaStatus = "ready" | "softDeleted";

export type MediaSortField = "name" | "createdAtUtc" | "updatedAtUtc" | "durationSeconds" | "sizeBytes";

export interface MediaPageRequest extends PageRequest<MediaSortField>, SearchRequest {
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
  /** Notes that what is written under this id is to be removed, until a clip of it is inserted. */
  announceClip(id: string): Promise<void>;

  /**
   * The clip is there, and nothing under its id is to be removed any more. False, and nothing written, where what it is cut
   * from is not there, or soft-deleted.
   */
  insertClip(clip: NewClip): Promise<boolean>;

  /**
   * The clip goes with its pictures' rows, and that files of these ids are still to be removed is noted with it: its own, and
   * those of its recording where nothing else refers to that. Null where there is no such clip.
   */
  deleteClip(id: string): Promise<readonly string[] | null>;

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

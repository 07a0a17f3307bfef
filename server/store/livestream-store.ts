// Livestreams as they are stored. A status changes only from the status its writer saw (compare-and-set).

import type { LivestreamStatus, PlaybackPolicy } from "#openapi/names.ts";
import type { MediaFacts } from "./media-store.ts";
import type { Page, PageRequest, SearchRequest } from "./page.ts";

/** Every `…AtMs` is milliseconds since 1970, UTC; null = has not happened. */
export interface LivestreamRow {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly withDvr: boolean;
  readonly withBackup: boolean;
  /** Changes before the publish only. */
  readonly playbackPolicy: PlaybackPolicy;
  readonly status: LivestreamStatus;
  /** Null before start and after stop; the secondary one also without a backup. */
  readonly primaryStreamKey: string | null;
  readonly secondaryStreamKey: string | null;
  /** The asset it became; set with status `finished`. */
  readonly mediaId: string | null;
  readonly conversionMessage: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly ingestStartedAtMs: number | null;
  readonly startedAtMs: number | null;
  readonly stoppedAtMs: number | null;
  readonly finishedAtMs: number | null;
}

export type NewLivestream = Pick<
  LivestreamRow,
  "id" | "name" | "description" | "withDvr" | "withBackup" | "playbackPolicy" | "createdAtMs"
>;

export type LivestreamSortField = "name" | "status" | "createdAtUtc" | "updatedAtUtc" | "startedAtUtc";

export interface LivestreamPageRequest extends PageRequest<LivestreamSortField>, SearchRequest {
  readonly status: LivestreamStatus | null;
  /** Only those with this policy; left out = all. */
  readonly playbackPolicy?: PlaybackPolicy;
}

/** What may change besides the status; a member left out stays as it is. */
export type LivestreamChange = Partial<
  Omit<LivestreamRow, "id" | "status" | "mediaId" | "createdAtMs" | "updatedAtMs">
>;

/** What an asset says once its recording was put together anew. */
export interface RebuiltAsset {
  readonly facts: MediaFacts;
  readonly message: string;
  readonly atMs: number;
}

/** What a conversion leaves behind. */
export interface FinishedConversion {
  readonly livestreamId: string;
  /** The id that the asset gets. */
  readonly mediaId: string;
  readonly facts: MediaFacts;
  /** Null leaves what was said of the recording before. */
  readonly message: string | null;
  readonly atMs: number;
}

export interface LivestreamStore {
  /** Its status is `created`; answers the row as it was written. */
  insert(livestream: NewLivestream): Promise<LivestreamRow>;

  find(id: string): Promise<LivestreamRow | null>;

  /** What most calls ask first, for a fifth of what the whole row takes. Null = there is none. */
  status(id: string): Promise<LivestreamStatus | null>;

  list(request: LivestreamPageRequest): Promise<Page<LivestreamRow>>;

  /** Oldest first. */
  withStatus(status: LivestreamStatus): Promise<readonly LivestreamRow[]>;

  /** Those statuses that no livestream has are left out. */
  countsByStatus(): Promise<ReadonlyMap<LivestreamStatus, number>>;

  /** False, and nothing changed, unless the livestream exists and its status is `from`. */
  changeStatus(
    id: string,
    from: LivestreamStatus,
    to: LivestreamStatus,
    change: LivestreamChange,
    atMs: number,
  ): Promise<boolean>;

  /** False, and nothing changed, unless the livestream exists and its status is `inStatus`. */
  update(id: string, inStatus: LivestreamStatus, change: LivestreamChange, atMs: number): Promise<boolean>;

  /** An encoder began to send: noted once, and only before the publish; false when it is not. */
  noteSourceStart(id: string, atMs: number): Promise<boolean>;

  /** Why the recording stopped before its livestream did; false, and nothing noted, unless it is live or converting. */
  noteRecordingStop(id: string, reason: string, atMs: number): Promise<boolean>;

  /**
   * The asset, with the livestream's name, and the status `finished` come into being together. False, and nothing written,
   * unless the livestream exists and is converting.
   */
  finishConversion(conversion: FinishedConversion): Promise<boolean>;

  /**
   * What its recording is now, which was put together anew, and why; its asset says it, too. False, and nothing written, unless it is
   * finished.
   */
  noteRebuilt(id: string, rebuilt: RebuiltAsset): Promise<boolean>;

  /**
   * The livestream goes with its asset and its pictures' rows, and that its files are still to be removed is noted with it:
   * those that no clip plays.
   * False, and nothing gone, unless the livestream exists and its status is `from`.
   */
  delete(id: string, from: LivestreamStatus): Promise<boolean>;
}

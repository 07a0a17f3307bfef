// What can be done with assets: those that livestreams become, and clips.

import type { LivestreamStatus } from "#openapi/names.ts";
import type { PublicUrls } from "#server/common/public-urls.ts";
import { UnavailableError } from "#server/common/unavailable-error.ts";
import type { LivestreamFeed } from "#server/feed/livestream-feed.ts";
import { DISK_TROUBLES, diskTroubleOf } from "#server/store/disk-trouble.ts";
import type {
  MediaChange,
  MediaPageRequest,
  MediaRow,
  MediaStatus,
  MediaStore,
} from "#server/store/media-store.ts";
import type { Page } from "#server/store/page.ts";
import type { LivestreamTurns } from "./livestream-turns.ts";
import type { ThumbnailFacts } from "./livestream-view.ts";
import { type MediaView, mediaView } from "./media-view.ts";

export interface MediaServiceOptions {
  readonly media: MediaStore;
  readonly livestreams: FinishedLivestreams;
  readonly thumbnails: { current(livestreamId: string): Promise<ThumbnailFacts | null> };
  readonly turns: Pick<LivestreamTurns, "decide">;
  readonly urls: PublicUrls;
  readonly feed: Pick<LivestreamFeed, "emit">;
  readonly dateMs: () => number;
}

/** Where assets come from, and go with. */
export interface FinishedLivestreams {
  /** Removes the livestream, its asset and what no clip plays; false when it is not there, or not to go after all. */
  deleteFinished(livestreamId: string, isToGo: () => Promise<boolean>): Promise<boolean>;
  /** Null when there is no such livestream (any more). */
  status(livestreamId: string): Promise<LivestreamStatus | null>;
  /** Files of what was deleted. */
  removeFiles(id: string): Promise<void>;
}

export type MediaResult = { ok: true; media: MediaView } | MediaRefused;

export type MediaDeletionResult = { ok: true } | MediaRefused;

export interface MediaRefused {
  readonly ok: false;
  readonly refusal: { readonly code: "not_found" } | NotSoftDeleted;
}

interface NotSoftDeleted {
  readonly code: "not_soft_deleted";
  readonly currentStatus: MediaStatus;
  readonly allowedActions: readonly ("update" | "delete")[];
}

/** What cannot be done with a soft-deleted asset is refused with this. */
export interface SoftDeleted {
  readonly code: "soft_deleted";
  readonly currentStatus: MediaStatus;
  readonly allowedActions: readonly ("update" | "delete" | "recover")[];
}

export const SOFT_DELETED: SoftDeleted = {
  code: "soft_deleted",
  currentStatus: "softDeleted",
  allowedActions: ["update", "delete", "recover"],
};

const NOT_SOFT_DELETED: NotSoftDeleted = {
  code: "not_soft_deleted",
  currentStatus: "ready",
  allowedActions: ["update", "delete"],
};

const NOT_FOUND: MediaRefused = { ok: false, refusal: { code: "not_found" } };

export class MediaService {
  readonly #options: MediaServiceOptions;

  constructor(options: MediaServiceOptions) {
    this.#options = options;
  }

  async list(request: MediaPageRequest): Promise<Page<MediaView>> {
    const { items, total } = await this.#options.media.list(request);
    return { items: await Promise.all(items.map((row) => this.#view(row))), total };
  }

  /** Also a soft-deleted one. */
  async get(id: string): Promise<MediaView | null> {
    const row = await this.#options.media.find(id);
    return row === null ? null : this.#view(row);
  }

  /** What plays under this id, by which name, and for whom; null when there is no such asset or it is soft-deleted. */
  async playable(
    id: string,
  ): Promise<Pick<MediaRow, "id" | "name" | "recordingId" | "cut" | "playbackPolicy"> | null> {
    const row = await this.#options.media.find(id);
    return row === null || row.deletedAtMs !== null ? null : row;
  }

  async update(id: string, change: MediaChange): Promise<MediaResult> {
    await this.#options.media.update(id, change, this.#options.dateMs());
    return this.#result(id);
  }

  /**
   * `permanent`: its files are gone for good; else `recover` brings it back. Deleting it once more is no error.
   * `deletedUntilMs`: only if it was soft-deleted then or before, and still is.
   */
  async delete(
    id: string,
    { permanent, deletedUntilMs = null }: { permanent: boolean; deletedUntilMs?: number | null },
  ): Promise<MediaDeletionResult> {
    const { media, turns, dateMs } = this.#options;
    const row = await media.find(id);
    if (row === null) return NOT_FOUND;
    const isToGo = async () =>
      deletedUntilMs === null || wasDeletedUntil(deletedUntilMs, await media.find(id));
    if (permanent && row.clipOf !== null) return this.#deleteClip(row, isToGo);
    if (permanent) {
      const isDeleted = await this.#options.livestreams.deleteFinished(row.livestreamId, isToGo);
      return isDeleted ? { ok: true } : NOT_FOUND;
    }
    await turns.decide(row.livestreamId, async () => {
      if (await media.softDelete(id, dateMs())) await this.#tell("media.deleted", row);
    });
    return { ok: true };
  }

  async recover(id: string): Promise<MediaResult> {
    const { media, turns, dateMs } = this.#options;
    const row = await media.find(id);
    if (row === null) return NOT_FOUND;
    const isRecovered = await turns.decide(row.livestreamId, async () => {
      const isNew = await media.recover(id, dateMs());
      if (isNew) await this.#tell("media.restored", row);
      return isNew;
    });
    const result = await this.#result(id);
    return isRecovered || !result.ok ? result : { ok: false, refusal: NOT_SOFT_DELETED };
  }

  /** A clip goes alone, with the files that nothing else refers to. */
  async #deleteClip(row: MediaRow, isToGo: () => Promise<boolean>): Promise<MediaDeletionResult> {
    const { media, livestreams, turns } = this.#options;
    const removed = await turns.decide(row.livestreamId, async () => {
      const ids = (await isToGo()) ? await media.deleteClip(row.id) : null;
      if (ids !== null) await this.#tell("media.removed", row);
      return ids;
    });
    if (removed === null) return NOT_FOUND;
    try {
      for (const id of removed) await livestreams.removeFiles(id);
    } catch (error) {
      const trouble = diskTroubleOf(error);
      if (trouble === null) throw error;
      const reason = `${DISK_TROUBLES[trouble]}, so that its files are removed at the next start of the server.`;
      throw new UnavailableError(trouble, `The clip is deleted. But ${reason}`);
    }
    return { ok: true };
  }

  /** Nothing is told of a livestream after its deletion, which clips of it may outlive. */
  async #tell(
    type: "media.deleted" | "media.restored" | "media.removed",
    { id, livestreamId }: MediaRow,
  ): Promise<void> {
    const { livestreams, feed } = this.#options;
    if ((await livestreams.status(livestreamId)) === null) return;
    feed.emit({ type, livestreamId, data: { mediaId: id } });
  }

  async #result(id: string): Promise<MediaResult> {
    const media = await this.get(id);
    return media === null ? NOT_FOUND : { ok: true, media };
  }

  async #view(row: MediaRow): Promise<MediaView> {
    const { thumbnails, urls } = this.#options;
    return mediaView(row, await thumbnails.current(pictured(row)), urls);
  }
}

function wasDeletedUntil(atMs: number, row: MediaRow | null): boolean {
  return row !== null && row.deletedAtMs !== null && row.deletedAtMs <= atMs;
}

/** Under which id its pictures are: a clip has its own. */
function pictured({ id, livestreamId, clipOf }: MediaRow): string {
  return clipOf === null ? livestreamId : id;
}

// What can be done with the assets that livestreams become.

import type { PublicUrls } from "#server/common/public-urls.ts";
import type { LivestreamFeed } from "#server/feed/livestream-feed.ts";
import type {
  MediaChange,
  MediaPageRequest,
  MediaRow,
  MediaStatus,
  MediaStore,
} from "#server/store/media-store.ts";
import type { Page } from "#server/store/page.ts";
import type { ThumbnailFacts } from "./livestream-view.ts";
import { type MediaView, mediaView } from "./media-view.ts";

export interface MediaServiceOptions {
  readonly media: MediaStore;
  readonly livestreams: FinishedLivestreams;
  readonly thumbnails: { current(livestreamId: string): ThumbnailFacts | null };
  readonly urls: PublicUrls;
  readonly feed: Pick<LivestreamFeed, "emit">;
  readonly dateMs: () => number;
}

/** Where assets come from, and go with. */
export interface FinishedLivestreams {
  /** Removes the livestream, its asset and everything recorded; false when it is not there. */
  deleteFinished(livestreamId: string): Promise<boolean>;
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

  list(request: MediaPageRequest): Page<MediaView> {
    const { items, total } = this.#options.media.list(request);
    return { items: items.map((row) => this.#view(row)), total };
  }

  /** Also a soft-deleted one. */
  get(id: string): MediaView | null {
    const row = this.#options.media.find(id);
    return row === null ? null : this.#view(row);
  }

  /** Whose recording plays under this id; null when there is no such asset or it is soft-deleted. */
  playable(id: string): { readonly livestreamId: string } | null {
    const row = this.#options.media.find(id);
    return row === null || row.deletedAtMs !== null ? null : { livestreamId: row.livestreamId };
  }

  update(id: string, change: MediaChange): MediaResult {
    this.#options.media.update(id, change, this.#options.dateMs());
    return this.#result(id);
  }

  /** `permanent`: its files are gone for good; else `recover` brings it back. Deleting it once more is no error. */
  async delete(id: string, { permanent }: { permanent: boolean }): Promise<MediaDeletionResult> {
    const row = this.#options.media.find(id);
    if (row === null) return NOT_FOUND;
    if (permanent) {
      const isDeleted = await this.#options.livestreams.deleteFinished(row.livestreamId);
      return isDeleted ? { ok: true } : NOT_FOUND;
    }
    if (this.#options.media.softDelete(id, this.#options.dateMs())) this.#emit("media.deleted", row);
    return { ok: true };
  }

  recover(id: string): MediaResult {
    const isRecovered = this.#options.media.recover(id, this.#options.dateMs());
    const row = this.#options.media.find(id);
    if (row === null) return NOT_FOUND;
    if (!isRecovered) return { ok: false, refusal: NOT_SOFT_DELETED };
    this.#emit("media.restored", row);
    return { ok: true, media: this.#view(row) };
  }

  #emit(type: "media.deleted" | "media.restored", { id, livestreamId }: MediaRow): void {
    this.#options.feed.emit({ type, livestreamId, data: { mediaId: id } });
  }

  #result(id: string): MediaResult {
    const media = this.get(id);
    return media === null ? NOT_FOUND : { ok: true, media };
  }

  #view(row: MediaRow): MediaView {
    const { thumbnails, urls } = this.#options;
    return mediaView(row, thumbnails.current(row.livestreamId), urls);
  }
}

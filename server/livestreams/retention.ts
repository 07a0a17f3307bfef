// Media that are old enough go: into the trash, as a deletion would put them there, and out of it for good.

import type { Delay } from "#server/common/delay.ts";
import { messageOf } from "#server/common/failure.ts";
import type { Log } from "#server/common/log.ts";
import type { MediaStore } from "#server/store/media-store.ts";
import type { MediaService } from "./media-service.ts";
import type { TrustedDate } from "./trusted-date.ts";

const DAY_MS = 86_400_000;

/** Nobody counts the minutes of a day that something is kept. */
const LOOK_MS = 600_000;

/** Asked for at once: however many there are, they take no more memory than this. */
const BATCH = 100;

export interface RetentionOptions {
  /** Null: media stay. */
  readonly mediaDays: number | null;
  /** 0: the trash stays. */
  readonly trashDays: number;
  readonly stored: Pick<MediaStore, "createdUntil" | "deletedUntil">;
  readonly media: Pick<MediaService, "delete">;
  readonly date: Pick<TrustedDate, "look">;
  readonly delay: Delay;
  readonly log: Log;
}

type Going = "media_retired" | "trash_removed";

export class Retention {
  readonly #options: RetentionOptions;
  readonly #ending = new AbortController();

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  /** Looks now, and every ten minutes. */
  start(): void {
    const { mediaDays, trashDays } = this.#options;
    if (mediaDays !== null || trashDays > 0) void this.#run(); // It does not reject.
  }

  /** Nothing more is begun; what is being removed has its turn among those of its livestream. */
  stop(): void {
    this.#ending.abort();
  }

  /** Removes what is old enough by now, oldest first; what cannot be removed is tried again at the next look. */
  async look(): Promise<void> {
    const { date, mediaDays, trashDays, stored } = this.#options;
    const nowMs = await date.look();
    if (nowMs === null) return;
    if (mediaDays !== null) {
      const untilMs = nowMs - mediaDays * DAY_MS;
      await this.#each("media_retired", { permanent: false }, (after) =>
        stored.createdUntil(untilMs, { after, limit: BATCH }),
      );
    }
    if (trashDays > 0) {
      const untilMs = nowMs - trashDays * DAY_MS;
      await this.#each("trash_removed", { permanent: true, deletedUntilMs: untilMs }, (after) =>
        stored.deletedUntil(untilMs, { after, limit: BATCH }),
      );
    }
  }

  async #run(): Promise<void> {
    const { delay, log } = this.#options;
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        await this.look();
      } catch (error) {
        log.error("retention_failed", { message: messageOf(error) });
      }
      await delay(LOOK_MS, signal);
    }
  }

  async #each(
    event: Going,
    how: Parameters<MediaService["delete"]>[1],
    batchAfter: (id: string | null) => Promise<readonly string[]>,
  ): Promise<void> {
    let ids = await batchAfter(null);
    while (ids.length > 0) {
      for (const id of ids) {
        if (this.#ending.signal.aborted) return;
        await this.#remove(event, id, how);
      }
      ids = await batchAfter(ids.at(-1) ?? null);
    }
  }

  async #remove(event: Going, mediaId: string, how: Parameters<MediaService["delete"]>[1]): Promise<void> {
    const { media, log } = this.#options;
    try {
      const result = await media.delete(mediaId, how);
      if (result.ok) log.info(event, { mediaId });
    } catch (error) {
      log.error("media_not_removed", { mediaId, message: messageOf(error) });
    }
  }
}

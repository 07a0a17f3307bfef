// How converting ends: the livestream is finished and a media asset, or it has failed. Only here are these two written.

import type { Log } from "#server/common/log.ts";
import type { LivestreamFeed } from "#server/feed/livestream-feed.ts";
import type { Transaction } from "#server/store/database.ts";
import type { LivestreamStore } from "#server/store/livestream-store.ts";
import type { MediaStore } from "#server/store/media-store.ts";
import type { ConversionResult } from "./conversion-runner.ts";

export interface ConversionSettlementOptions {
  readonly livestreams: Pick<LivestreamStore, "find" | "changeStatus">;
  readonly media: Pick<MediaStore, "insert">;
  readonly transaction: Transaction;
  readonly dateMs: () => number;
  readonly log: Log;
  readonly feed: Pick<LivestreamFeed, "emit">;
}

/** The playouts that go on answering after their end. */
export interface EndedPlayouts {
  /** `seekableMs`: how far back from its end viewers may be. */
  closeAfterGrace(id: string, seekableMs: number): Promise<void>;
}

export class ConversionSettlement {
  readonly #options: ConversionSettlementOptions;
  readonly #ended: EndedPlayouts;

  constructor(options: ConversionSettlementOptions, ended: EndedPlayouts) {
    this.#options = options;
    this.#ended = ended;
  }

  /** Throws, and changes nothing, when there is an asset to make and the livestream is not converting. */
  settle(id: string, result: ConversionResult): void {
    const { livestreams, dateMs, log, feed } = this.#options;
    if (result.ok) {
      const mediaId = this.#finish(id, result);
      const { durationSeconds } = result.facts;
      log.info("conversion_done", { livestreamId: id, mediaId, durationSeconds });
      feed.emit({ type: "livestream.finished", livestreamId: id, data: { mediaId, durationSeconds } });
      feed.emit({ type: "media.created", livestreamId: id, data: { mediaId } });
    } else {
      livestreams.changeStatus(id, "converting", "failed", { conversionMessage: result.message }, dateMs());
      log.error("conversion_failed", { livestreamId: id, message: result.message });
      feed.emit({ type: "livestream.failed", livestreamId: id, data: { reason: result.message } });
    }
    // Nobody waits for the viewers of an ended playlist; one that cannot be closed answers until the process ends.
    void this.#closePlayout(id, result).catch((error: unknown) => {
      log.error("ended_playout_not_closed", { livestreamId: id, message: String(error) });
    });
  }

  /** The asset and the status that announces it come into being together. */
  #finish(id: string, result: ConversionResult & { ok: true }): string {
    const { livestreams, media, dateMs, transaction } = this.#options;
    const mediaId = Bun.randomUUIDv7();
    const atMs = dateMs();
    transaction(() => {
      const row = livestreams.find(id);
      if (
        row === null ||
        !livestreams.changeStatus(
          id,
          "converting",
          "finished",
          { finishedAtMs: atMs, conversionMessage: result.message ?? row.conversionMessage },
          atMs,
        )
      ) {
        throw new Error(`livestream ${id} is not converting`);
      }
      const { name, description } = row;
      media.insert({ id: mediaId, livestreamId: id, name, description, ...result.facts, createdAtMs: atMs });
    });
    return mediaId;
  }

  async #closePlayout(id: string, result: ConversionResult): Promise<void> {
    const isSeekable = result.ok && this.#options.livestreams.find(id)?.withDvr === true;
    const seekableMs = isSeekable ? result.facts.durationSeconds * 1000 : 0;
    await this.#ended.closeAfterGrace(id, seekableMs);
  }
}

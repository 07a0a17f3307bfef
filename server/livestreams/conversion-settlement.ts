// How converting ends: the livestream is finished and a media asset, or it has failed. Only here are these two written.

import type { Log } from "#server/common/log.ts";
import type { LivestreamFeed } from "#server/feed/livestream-feed.ts";
import type { LivestreamStore } from "#server/store/livestream-store.ts";
import type { ConversionResult } from "./conversion-runner.ts";

export interface ConversionSettlementOptions {
  readonly livestreams: Pick<LivestreamStore, "find" | "changeStatus" | "finishConversion">;
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

  /** Fails, and changes nothing, when there is an asset to make and the livestream is not converting. */
  async settle(id: string, result: ConversionResult): Promise<void> {
    const { livestreams, dateMs, log, feed } = this.#options;
    if (result.ok) {
      const mediaId = await this.#finish(id, result);
      const { durationSeconds } = result.facts;
      log.info("conversion_done", { livestreamId: id, mediaId, durationSeconds });
      feed.emit({ type: "livestream.finished", livestreamId: id, data: { mediaId, durationSeconds } });
      feed.emit({ type: "media.created", livestreamId: id, data: { mediaId } });
    } else {
      const change = { conversionMessage: result.message };
      await livestreams.changeStatus(id, "converting", "failed", change, dateMs());
      log.error("conversion_failed", { livestreamId: id, message: result.message });
      feed.emit({ type: "livestream.failed", livestreamId: id, data: { reason: result.message } });
    }
    // Nobody waits for the viewers of an ended playlist; one that cannot be closed answers until the process ends.
    void this.#closePlayout(id, result).catch((error: unknown) => {
      log.error("ended_playout_not_closed", { livestreamId: id, message: String(error) });
    });
  }

  async #finish(livestreamId: string, { facts, message }: ConversionResult & { ok: true }): Promise<string> {
    const { livestreams, dateMs } = this.#options;
    const mediaId = Bun.randomUUIDv7();
    if (await livestreams.finishConversion({ livestreamId, mediaId, facts, message, atMs: dateMs() })) {
      return mediaId;
    }
    throw new Error(`livestream ${livestreamId} is not converting`);
  }

  async #closePlayout(id: string, result: ConversionResult): Promise<void> {
    const isSeekable = result.ok && (await this.#options.livestreams.find(id))?.withDvr === true;
    const seekableMs = isSeekable ? result.facts.durationSeconds * 1000 : 0;
    await this.#ended.closeAfterGrace(id, seekableMs);
  }
}

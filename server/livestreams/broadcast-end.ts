// How a broadcast ends: the encoders are cut, the playlist ends, the conversion begins; also while the disk takes no status.

import { UnavailableError } from "#server/common/unavailable-error.ts";
import type { LivestreamFeed } from "#server/feed/livestream-feed.ts";
import { DISK_TROUBLES, type DiskTrouble, diskTroubleOf } from "#server/store/disk-trouble.ts";
import type { LivestreamChange, LivestreamStore } from "#server/store/livestream-store.ts";
import type { OwedWrites } from "#server/store/owed-writes.ts";
import { type Claim, claim, type Deciding } from "./claim.ts";
import type { ConversionRunner } from "./conversion-runner.ts";
import type { LivestreamEffects } from "./livestream-effects.ts";
import type { LivestreamTurns } from "./livestream-turns.ts";

export interface BroadcastEndOptions extends Deciding {
  readonly livestreams: Pick<LivestreamStore, "find" | "status" | "changeStatus">;
  readonly turns: Pick<LivestreamTurns, "decide" | "decideThen">;
  readonly owed: Pick<OwedWrites, "write">;
  readonly playouts: Deciding["playouts"] & {
    /** How long the recording is by now; null where there is no programme. */
    recordedSeconds(id: string): number | null;
  };
  readonly feed: Pick<LivestreamFeed, "emit">;
  readonly dateMs: () => number;
}

export class BroadcastEnd {
  readonly #options: BroadcastEndOptions;
  readonly #effects: Pick<LivestreamEffects, "stop">;
  readonly #conversions: Pick<ConversionRunner, "begin">;
  /** Livestreams that were ended while the disk did not take it → when. In the database they are `live`. */
  readonly #endedAtMs = new Map<string, number>();

  constructor(
    options: BroadcastEndOptions,
    effects: Pick<LivestreamEffects, "stop">,
    conversions: Pick<ConversionRunner, "begin">,
  ) {
    this.#options = options;
    this.#effects = effects;
    this.#conversions = conversions;
  }

  /**
   * Resolves once the encoders are gone and the playlist has ended; the conversion goes on behind it.
   *
   * @throws UnavailableError when the broadcast is over, but the disk did not take the status, which follows when it does.
   */
  async stop(id: string): Promise<Claim> {
    const ended = await this.#options.turns.decideThen<Claim | DiskTrouble>(id, async () => {
      try {
        const decision = await this.#claim(id);
        return { decision, effect: decision.ok ? this.#end(id) : null };
      } catch (error) {
        const decision = diskTroubleOf(error);
        if (decision === null || this.#options.playouts.recordedSeconds(id) === null) throw error;
        return { decision, effect: this.#endUnsaved(id) };
      }
    });
    if (typeof ended !== "string") return ended;
    throw new UnavailableError(
      ended,
      "The broadcast is over: the encoders are disconnected and the playlists have ended. But " +
        `${DISK_TROUBLES[ended]}, so that the livestream is still live by its status, which follows as soon as it ` +
        "can be written; if the server is restarted before, the livestream goes on.",
    );
  }

  #claim(id: string): Promise<Claim> {
    const { livestreams, dateMs } = this.#options;
    return claim(
      this.#options,
      id,
      () => "stop",
      ({ status }) => livestreams.changeStatus(id, status, "converting", this.#change(id), dateMs()),
    );
  }

  #change(id: string): LivestreamChange {
    const stoppedAtMs = this.#endedAtMs.get(id) ?? this.#options.dateMs();
    return { primaryStreamKey: null, secondaryStreamKey: null, stoppedAtMs };
  }

  async #end(id: string): Promise<void> {
    this.#endedAtMs.delete(id);
    try {
      await this.#effects.stop(id, () => this.#tell(id));
    } finally {
      this.#conversions.begin(id);
    }
  }

  async #endUnsaved(id: string): Promise<void> {
    const { owed, dateMs } = this.#options;
    if (!this.#endedAtMs.has(id)) this.#endedAtMs.set(id, dateMs());
    try {
      await this.#effects.stop(id);
    } finally {
      const write = () => this.#save(id);
      await owed.write({ what: "status after the stop", livestreamId: id, write });
    }
  }

  /** What a stop that could be written would have done, but for the end of the playout. */
  #save(id: string): Promise<void> {
    const { livestreams, turns, dateMs } = this.#options;
    return turns.decide(id, async () => {
      const isNew = await livestreams.changeStatus(id, "live", "converting", this.#change(id), dateMs());
      const isOurs = this.#endedAtMs.delete(id);
      // Of a write that failed nobody knows whether a database has done it all the same.
      if (!isNew && !(isOurs && (await livestreams.status(id)) === "converting")) return;
      this.#tell(id);
      this.#conversions.begin(id);
    });
  }

  #tell(id: string): void {
    const positionSeconds = this.#options.playouts.recordedSeconds(id);
    this.#options.feed.emit({ type: "livestream.stopped", livestreamId: id, positionSeconds, data: {} });
  }
}

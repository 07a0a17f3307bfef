// What calls do to a livestream's playout and to what is recorded of it: for each livestream one after another.

import type { Delay } from "#server/common/delay.ts";
import type { RecordingRemovalStore } from "#server/store/recording-removal-store.ts";
import type { LivestreamTurns } from "./livestream-turns.ts";

export interface LivestreamEffectsOptions {
  readonly turns: Pick<LivestreamTurns, "effect">;
  readonly playouts: ChangingPlayouts;
  readonly recordings: Removable;
  readonly thumbnails: Removable;
  readonly removals: Pick<RecordingRemovalStore, "scopeOf" | "done">;
  readonly delay: Delay;
}

/** What takes its time with the running part of a livestream. */
export interface ChangingPlayouts {
  publish(id: string): Promise<void>;
  /** Its playlist, which had ended, answers again. */
  reopenEnded(id: string): Promise<void>;
  stop(id: string): Promise<void>;
  close(id: string): Promise<void>;
}

/** What is on disk of livestreams. */
export interface Removable {
  /** Whatever is there of the livestream or the clip; nothing is no error. */
  remove(livestreamId: string): Promise<void>;
}

/**
 * An ended playlist and its segments keep answering this long for viewers who are still playing the end of it; with
 * DVR, who may be anywhere in it, for as long again as it lasted.
 */
const ENDED_PLAYOUT_GRACE_MS = 60_000;

/** Nothing is told: it was, before a restart. */
const nobody = (): void => {};

/** What is told of an effect is told in its turn, in the order of what happens. An effect that fails is its caller's alone: those that wait behind it go on. */
export class LivestreamEffects {
  readonly #options: LivestreamEffectsOptions;
  readonly #shutdown = new AbortController();

  constructor(options: LivestreamEffectsOptions) {
    this.#options = options;
  }

  /** The programme begins; `tell` is called then. */
  publish(id: string, tell = nobody): Promise<void> {
    return this.#options.turns.effect(id, async () => {
      await this.#options.playouts.publish(id);
      tell();
    });
  }

  /** After a restart, the playlist that had ended answers again. */
  reopenEnded(id: string): Promise<void> {
    return this.#options.turns.effect(id, () => this.#options.playouts.reopenEnded(id));
  }

  /** The encoders are cut and the playlist ends; `tell` is called before. */
  stop(id: string, tell = nobody): Promise<void> {
    return this.#options.turns.effect(id, () => {
      tell();
      return this.#options.playouts.stop(id);
    });
  }

  /**
   * Nothing of a livestream or a clip runs, answers or is on disk any more, but for a recording that an asset plays; until then
   * its removal is remembered. What is not to be removed stays. `tell` is called before.
   */
  remove(id: string, tell = nobody): Promise<void> {
    return this.#options.turns.effect(id, async () => {
      tell();
      await this.#options.playouts.close(id);
      const { removals, recordings, thumbnails } = this.#options;
      const scope = await removals.scopeOf(id);
      if (scope === null) return;
      if (scope === "everything") await recordings.remove(id);
      await thumbnails.remove(id);
      await removals.done(id, scope);
    });
  }

  /** The ended playout stops answering, but not at once. `seekableMs`: how far back from its end viewers may be. */
  async closeAfterGrace(id: string, seekableMs: number): Promise<void> {
    const { signal } = this.#shutdown;
    await this.#options.delay(ENDED_PLAYOUT_GRACE_MS + seekableMs, signal);
    if (!signal.aborted) await this.#options.turns.effect(id, () => this.#options.playouts.close(id));
  }

  /** Graces are cut short, and their playouts left as they are. */
  shutdown(): void {
    this.#shutdown.abort();
  }
}

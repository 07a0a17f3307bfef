// Livestreams go on after a restart: inputs and playlists before anybody can come, what nobody waits for behind it.

import type { Delay } from "#server/common/delay.ts";
import type { Log } from "#server/common/log.ts";
import type { LivestreamRow, LivestreamStore } from "#server/store/livestream-store.ts";
import type { RecordingRemovalStore } from "#server/store/recording-removal-store.ts";
import type { ConversionRunner } from "./conversion-runner.ts";
import type { LivestreamEffects } from "./livestream-effects.ts";

export interface ReopeningOptions {
  readonly livestreams: Pick<LivestreamStore, "withStatus">;
  readonly removals: Pick<RecordingRemovalStore, "all">;
  readonly effects: Pick<LivestreamEffects, "publish" | "reopenEnded" | "remove">;
  readonly conversions: Pick<ConversionRunner, "begin">;
  /** Its inputs let in whoever has a stream key. */
  readonly open: (row: LivestreamRow) => void;
  readonly delay: Delay;
  readonly log: Log;
}

/** Ids of livestreams that something is still to be done for. */
interface LeftOver {
  readonly converting: readonly string[];
  readonly removals: readonly string[];
}

const NOTHING_LEFT: LeftOver = { converting: [], removals: [] };

/** With what a process takes to start, the ports listen again within two seconds, whatever a disk does. */
const REOPEN_MS = 1000;

export class Reopening {
  readonly #options: ReopeningOptions;
  /** Those of the last process whose recordings are still being read back. */
  readonly #reopening = new Map<string, Promise<void>>();
  /** What the last process left to do. */
  #leftOver: LeftOver = NOTHING_LEFT;

  constructor(options: ReopeningOptions) {
    this.#options = options;
  }

  /**
   * Every input and every playlist is where the last process left it. Livestreams do not wait for each other; one that cannot
   * go on keeps no other from it, and one whose disk takes its time goes on reopening behind this.
   */
  async reopen(): Promise<void> {
    const { livestreams, removals, effects, open, log, delay } = this.#options;
    const started = await livestreams.withStatus("started");
    const live = await livestreams.withStatus("live");
    const converting = await livestreams.withStatus("converting");
    this.#leftOver = { converting: converting.map(({ id }) => id), removals: await removals.all() };
    for (const row of [...started, ...live, ...converting]) open(row);
    for (const { id } of live) this.#reopen(id, () => effects.publish(id));
    for (const { id } of converting) this.#reopen(id, () => effects.reopenEnded(id));
    const isDone = new AbortController();
    await Promise.race([Promise.all(this.#reopening.values()), delay(REOPEN_MS, isDone.signal)]);
    isDone.abort();
    for (const livestreamId of this.#reopening.keys()) log.error("livestream_reopens_late", { livestreamId });
  }

  /** What nobody waits for, as {@link reopen} found it: conversions and removals go on. */
  goOn(): void {
    const { effects, conversions } = this.#options;
    const { converting, removals } = this.#leftOver;
    this.#leftOver = NOTHING_LEFT;
    for (const id of converting) {
      const reopening = this.#reopening.get(id);
      if (reopening === undefined) conversions.begin(id);
      // A recording that is still being repaired is not repaired twice at once. What is waited for does not reject.
      else void reopening.then(() => conversions.begin(id));
    }
    for (const id of removals) void this.#resume(id, () => effects.remove(id)); // It does not reject.
  }

  #reopen(id: string, effect: () => Promise<void>): void {
    const isOpen = this.#resume(id, effect).then(() => {
      this.#reopening.delete(id);
    });
    this.#reopening.set(id, isOpen);
  }

  /** One livestream that cannot go on is no reason for the others not to. */
  async #resume(livestreamId: string, effect: () => Promise<void>): Promise<void> {
    try {
      await effect();
    } catch (error) {
      this.#options.log.error("livestream_not_resumed", { livestreamId, message: String(error) });
    }
  }
}

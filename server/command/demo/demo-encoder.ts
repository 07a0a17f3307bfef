// One of the demo's two encoders: it follows the clip as it runs, and when it is cut it comes back, in step with the other.

import { repeatClip } from "./clip.ts";
import type { ClipMessage } from "./flv-file.ts";

export interface DemoEncoderOptions {
  readonly clip: readonly ClipMessage[];
  /**
   * Sends each message when its time has come. Resolves when the server disconnects, `cut` breaks the connection or the broadcast's
   * signal ends it; throws where the server refuses.
   */
  readonly publish: (messages: Iterable<ClipMessage>, cut: AbortSignal) => Promise<void>;
  /** Whether the broadcast still goes on. */
  readonly isWanted: () => Promise<boolean>;
  /** How far the clip has run, milliseconds. */
  readonly elapsedMs: () => number;
  /** Resolves when an encoder that was cut has been started again, or when the signal comes. */
  readonly away: () => Promise<void>;
  readonly signal: AbortSignal;
}

export class DemoEncoder {
  readonly #options: DemoEncoderOptions;
  #cut = new AbortController();

  constructor(options: DemoEncoderOptions) {
    this.#options = options;
  }

  /** Resolves when the broadcast is over, or when the signal comes. */
  async run(): Promise<void> {
    const { clip, publish, isWanted, elapsedMs, away, signal } = this.#options;
    await publish(repeatClip(clip, 0), this.#cut.signal);
    while (this.#cut.signal.aborted && !signal.aborted) {
      await away();
      if (signal.aborted || !(await isWanted())) return;
      this.#cut = new AbortController();
      try {
        await publish(repeatClip(clip, elapsedMs()), this.#cut.signal);
      } catch (error) {
        if (await isWanted()) throw error; // Stopped in this very moment, it wants no encoder.
      }
    }
  }

  /** Breaks its connection as a pulled cable or a crash does. */
  cut(): void {
    this.#cut.abort();
  }
}

// Conversions run behind the calls that asked for them: one at a time, and ended in order with the process.

import type { Delay } from "#server/common/delay.ts";
import { InTurn } from "#server/common/in-turn.ts";
import type { Log } from "#server/common/log.ts";
import { diskTroubleOf } from "#server/store/disk-trouble.ts";
import type { MediaFacts } from "#server/store/media-store.ts";

/** `message`: what a person should know of it, such as why a recording stopped before its livestream did. */
export type ConversionResult =
  | { readonly ok: true; readonly facts: MediaFacts; readonly message: string | null }
  | { readonly ok: false; readonly message: string };

/** Reads a stopped livestream's recording; may be called again for the same one after a crash. */
export type Convert = (livestreamId: string, signal: AbortSignal) => Promise<ConversionResult>;

/** How long a conversion waits for the disk before it is tried again. */
const RETRY_MS = 5000;

export class ConversionRunner {
  readonly #convert: Convert;
  readonly #settle: (livestreamId: string, result: ConversionResult) => Promise<void>;
  readonly #delay: Delay;
  readonly #log: Log;
  readonly #abort = new AbortController();
  readonly #queue = new InTurn();

  /** `settle` is called with the result of each conversion that came to an end before `shutdown`. */
  constructor(options: {
    convert: Convert;
    settle: (livestreamId: string, result: ConversionResult) => Promise<void>;
    delay: Delay;
    log: Log;
  }) {
    this.#convert = options.convert;
    this.#settle = options.settle;
    this.#delay = options.delay;
    this.#log = options.log;
  }

  begin(livestreamId: string): void {
    // Nobody waits: the result is settled. What the disk does not take now it may take later; another failure to settle is left
    // to the next start of the process.
    void this.#queue
      .run("conversions", () => this.#run(livestreamId))
      .catch((error: unknown) => {
        const failure = { livestreamId, message: String(error) };
        if (diskTroubleOf(error) === null) this.#log.error("conversion_not_settled", failure);
        else {
          this.#log.error("conversion_waits", failure);
          void this.#beginLater(livestreamId); // Ends with the delay.
        }
      });
  }

  /** Conversions that are not through are abandoned, and resumed when the process starts again. */
  async shutdown(): Promise<void> {
    this.#abort.abort();
    await this.#queue.settled();
  }

  /** Resolves once every conversion that was begun is settled. */
  settled(): Promise<void> {
    return this.#queue.settled();
  }

  async #beginLater(livestreamId: string): Promise<void> {
    const { signal } = this.#abort;
    await this.#delay(RETRY_MS, signal);
    if (!signal.aborted) this.begin(livestreamId);
  }

  async #run(livestreamId: string): Promise<void> {
    const { signal } = this.#abort;
    if (signal.aborted) return;
    const result = await this.#result(livestreamId, signal);
    if (!signal.aborted) await this.#settle(livestreamId, result);
  }

  async #result(livestreamId: string, signal: AbortSignal): Promise<ConversionResult> {
    try {
      return await this.#convert(livestreamId, signal);
    } catch (error) {
      const trouble = diskTroubleOf(error);
      // A disk that is full stays so until somebody makes room: the conversion has failed, and says why.
      if (trouble !== null && trouble !== "disk_full") throw error;
      return { ok: false, message: `the recording could not be read: ${String(error)}` };
    }
  }
}

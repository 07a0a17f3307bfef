// When a burst of frames is complete: at the frame after which the next one would come too late to go with it.

export class BurstPace {
  readonly #maxMilliseconds: number;
  #firstMs: number | null = null;
  #lastMs = 0;
  #stepMs = 0;

  /** From a burst's first frame until it is sent. */
  constructor(maxMilliseconds: number) {
    this.#maxMilliseconds = maxMilliseconds;
  }

  /** The times of one track's frames, one by one. True when waiting any longer would bring no other. */
  isCompleteAt(timestampMs: number): boolean {
    this.#stepMs = timestampMs - this.#lastMs;
    this.#lastMs = timestampMs;
    this.#firstMs ??= timestampMs;
    return timestampMs + this.#stepMs - this.#firstMs > this.#maxMilliseconds;
  }

  /** The burst was sent: the next frame begins another. */
  restart(): void {
    this.#firstMs = null;
  }
}

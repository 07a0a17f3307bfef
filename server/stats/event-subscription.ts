// One reader of a livestream's events: what it has not taken yet waits here, up to a bound.

export interface LivestreamEvent {
  /** Rises from event to event; what a reader that comes back was last given. */
  readonly id: string;
  readonly event: "status" | "switch" | "statistics" | "inputs";
  /** JSON. */
  readonly data: string;
}

/** Half a minute of events: whoever is further behind is not reading. */
const MAX_WAITING = 64;

export class EventSubscription {
  readonly #onClosed: () => void;
  #waiting: LivestreamEvent[] = [];
  #wake: (() => void) | null = null;
  #isClosed = false;

  constructor(onClosed: () => void) {
    this.#onClosed = onClosed;
  }

  /** What comes before all that waits by now; to be called before anything is taken. */
  beginWith(events: readonly LivestreamEvent[]): void {
    this.#waiting = [...events, ...this.#waiting];
    this.#wake?.();
  }

  /** A reader that lets too much pile up loses its subscription, and what piled up. */
  push(event: LivestreamEvent): void {
    if (this.#isClosed) return;
    this.#waiting.push(event);
    if (this.#waiting.length > MAX_WAITING) this.close();
    this.#wake?.();
  }

  /** Lets the reader take what waits; then it is over. */
  end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClosed();
    this.#wake?.();
  }

  close(): void {
    this.#waiting = [];
    this.end();
  }

  /** The next event, null once it is over. One reader at a time. */
  async next(): Promise<LivestreamEvent | null> {
    while (this.#waiting.length === 0 && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
    return this.#waiting.shift() ?? null;
  }
}

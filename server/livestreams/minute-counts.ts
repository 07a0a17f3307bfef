// What can happen too often to be told one by one: counted over a minute, and told at its end with the place of the first.

import type { Happening } from "#server/feed/feed-event.ts";
import type { LivestreamFeed } from "#server/feed/livestream-feed.ts";

const MINUTE_MS = 60_000;

/** One of them: its count is 1. */
export type Countable = Extract<Happening, { type: "ingest.refused" | "ingest.repaired" | "ingest.dropped" }>;

interface Minute {
  readonly timer: Timer;
  /** Where the first that is counted happened. */
  positionSeconds: number | null;
  last: Countable | null;
  count: number;
}

export class MinuteCounts {
  readonly #feed: Pick<LivestreamFeed, "emit">;
  readonly #minuteMs: number;
  readonly #minutes = new Map<string, Minute>();

  constructor(feed: Pick<LivestreamFeed, "emit">, minuteMs = MINUTE_MS) {
    this.#feed = feed;
    this.#minuteMs = minuteMs;
  }

  /** The first one begins the minute. */
  count(happening: Countable): void {
    const minute = this.#minute(happening);
    if (minute.count === 0) minute.positionSeconds = happening.positionSeconds ?? null;
    minute.count += 1;
    minute.last = happening;
  }

  /** The first one is told at once, and begins the minute in which others are counted. */
  tellFirst(happening: Countable): void {
    if (this.#minutes.has(keyOf(happening))) {
      this.count(happening);
    } else {
      this.#feed.emit(happening);
      this.#minute(happening);
    }
  }

  /** What was counted of this kind is told now. */
  end(kind: Pick<Countable, "type" | "livestreamId" | "instance">): void {
    this.#end(keyOf(kind));
  }

  /** All that was counted is told now. */
  endAll(): void {
    for (const key of [...this.#minutes.keys()]) this.#end(key);
  }

  #minute(happening: Countable): Minute {
    const key = keyOf(happening);
    const known = this.#minutes.get(key);
    if (known !== undefined) return known;
    const timer = setTimeout(() => this.#end(key), this.#minuteMs).unref();
    const minute = { timer, positionSeconds: null, last: null, count: 0 };
    this.#minutes.set(key, minute);
    return minute;
  }

  #end(key: string): void {
    const minute = this.#minutes.get(key);
    if (minute === undefined) return;
    clearTimeout(minute.timer);
    this.#minutes.delete(key);
    const { last, count, positionSeconds } = minute;
    if (last === null) return;
    this.#feed.emit({ ...last, positionSeconds, data: { ...last.data, count } } as Countable);
  }
}

function keyOf({
  type,
  livestreamId,
  instance,
}: Pick<Countable, "type" | "livestreamId" | "instance">): string {
  return `${type} ${livestreamId} ${instance}`;
}

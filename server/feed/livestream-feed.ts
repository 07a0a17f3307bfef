// One typed stream of what happens to livestreams: each event is stored, then told to whoever listens, in order.
//
// Whoever emits never waits: a thread of its own writes. While the disk takes nothing, events wait in order and are tried
// again, and after a second are told all the same, with a loud line in the log: a console must not go blind, and a deletion
// must not be missed, because of a disk. Those may be lost if the process is killed before the disk is back. When more wait
// than there is room for, the newest are told and not stored; they are counted, and logged.
//
// What encoders and disks make happen more often than the budget of a livestream allows is told and not stored: it is counted,
// and its counts are stored and told once a minute.

import type { Log } from "#server/common/log.ts";
import type { NewDelivery } from "#server/store/delivery-store.ts";
import type { StatisticsWriter } from "#server/store/statistics-writer.ts";
import { EventBudget } from "./event-budget.ts";
import type { FeedEvent, Happening } from "./feed-event.ts";
import { FoldedEvents } from "./folded-events.ts";

/** How long an event waits for the disk before it is told all the same. */
const PATIENCE_MS = 1000;

const MINUTE_MS = 60_000;

/** What calls alone make happen is always kept, and so is the count of what was not. */
const ALWAYS_KEPT = /^(livestream|media|timeline)\./;

export interface LivestreamFeedOptions {
  readonly writer: Pick<StatisticsWriter, "writeEvent" | "remove">;
  readonly dateMs: () => number;
  readonly log: Log;
  readonly patienceMs?: number;
  readonly minuteMs?: number;
  readonly outbox?: Outbox;
}

/** What is sent of events to the world outside, once it is stored: together with the event, or neither is. */
interface Outbox {
  readonly deliveriesOf: (event: FeedEvent) => readonly NewDelivery[];
  readonly stored: (deliveries: readonly NewDelivery[]) => void;
}

type Listener = (event: FeedEvent) => void;

interface Untold {
  readonly event: FeedEvent;
  /** It is stored first; else it only keeps its place. */
  readonly isKept: boolean;
  /** By the process's own clock. */
  readonly overdueAtMs: number;
  isTold: boolean;
  /** Whoever waits for it to be told. */
  readonly waiting: (() => void)[];
}

export class LivestreamFeed {
  readonly #options: LivestreamFeedOptions;
  readonly #patienceMs: number;
  readonly #listeners: Listener[] = [];
  readonly #budget = new EventBudget();
  readonly #folded: FoldedEvents;
  readonly #untold: Untold[] = [];
  /** Livestreams whose last event was emitted, while something of theirs still runs. */
  readonly #ended = new Set<string>();
  #timer: Timer | null = null;

  constructor(options: LivestreamFeedOptions) {
    this.#options = options;
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
    this.#folded = new FoldedEvents((happening) => this.emit(happening), options.minuteMs ?? MINUTE_MS);
  }

  /** For as long as the process lives. A listener takes what it is told and does not throw. */
  subscribe(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** Stores what happened, then tells of it; drops what still comes of a deleted livestream. */
  emit(happening: Happening): void {
    const { livestreamId } = happening;
    if (this.#ended.has(livestreamId)) return;
    if (happening.type === "livestream.deleted") this.#isOver(livestreamId);
    const atMs = this.#options.dateMs();
    const event: FeedEvent = {
      ...happening,
      id: Bun.randomUUIDv7("hex", atMs),
      atMs,
      instance: happening.instance ?? null,
      positionSeconds: toTheMillisecond(happening.positionSeconds ?? null),
    };
    const nowMs = performance.now();
    const isKept = ALWAYS_KEPT.test(event.type) || this.#budget.take(livestreamId, nowMs);
    const untold = {
      event,
      isKept,
      overdueAtMs: nowMs + this.#patienceMs,
      isTold: false,
      waiting: [],
    };
    this.#untold.push(untold);
    if (isKept) {
      this.#store(untold);
    } else {
      this.#folded.add(event);
      this.#tellUnkept();
    }
    this.#awaitOverdue();
  }

  /** What was only counted so far is stored and told. */
  close(): void {
    this.#folded.endAll();
  }

  /** Resolves once all that was emitted is told: it is on the disk then, unless that takes nothing. */
  told(): Promise<void> {
    const last = this.#untold.at(-1);
    return last === undefined
      ? Promise.resolve()
      : new Promise((resolve) => {
          last.waiting.push(resolve);
        });
  }

  /** Nothing of the deleted livestream runs any more: there is nothing left to hold back. */
  forget(livestreamId: string): void {
    this.#ended.delete(livestreamId);
  }

  /** With what is sent of it. */
  #store(untold: Untold): void {
    const { writer, outbox } = this.#options;
    const deliveries = outbox?.deliveriesOf(untold.event) ?? [];
    const stored = (): void => {
      this.#tellUpTo(untold);
      outbox?.stored(deliveries);
    };
    writer.writeEvent(untold.event, stored, deliveries);
  }

  #isOver(livestreamId: string): void {
    this.#ended.add(livestreamId);
    this.#budget.forget(livestreamId);
    this.#folded.forget(livestreamId);
  }

  #tellUpTo(last: Untold): void {
    while (!last.isTold) if (!this.#tellNext()) return;
    this.#tellUnkept();
  }

  /** Whatever is not stored is told as soon as all before it was. */
  #tellUnkept(): void {
    while (this.#untold[0]?.isKept === false) this.#tellNext();
  }

  #tellOverdue(): void {
    const nowMs = performance.now();
    let count = 0;
    while ((this.#untold[0]?.overdueAtMs ?? Number.POSITIVE_INFINITY) <= nowMs) {
      if (this.#untold[0]?.isKept === true) count += 1;
      this.#tellNext();
    }
    if (count > 0) this.#options.log.error("events_told_unstored", { count });
    this.#awaitOverdue();
  }

  /** False when there is none. */
  #tellNext(): boolean {
    const next = this.#untold.shift();
    if (next === undefined) return false;
    next.isTold = true;
    for (const listener of this.#listeners) listener(next.event);
    if (next.event.type === "livestream.deleted") this.#options.writer.remove(next.event.livestreamId);
    for (const resolve of next.waiting) resolve();
    return true;
  }

  #awaitOverdue(): void {
    const [first] = this.#untold;
    if (this.#timer !== null || first === undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#tellOverdue();
      },
      Math.max(0, first.overdueAtMs - performance.now()),
    );
    this.#timer.unref();
  }
}

function toTheMillisecond(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 1000) / 1000;
}

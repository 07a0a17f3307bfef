// What waits to be written, whichever engine writes it: kept in order and within bounds, and handed out a transaction at a time.

import type { Log } from "#server/common/log.ts";
import type { DeliveryChange, NewDelivery } from "./delivery-store.ts";
import type { StoredEvent } from "./event-store.ts";
import { RowQueue } from "./row-queue.ts";
import type { NewSample } from "./sample-store.ts";
import type { StatisticsWriter, StatisticsWriterFigures } from "./statistics-writer.ts";

/** Two hours of ten instances sampled every second, in some tens of megabytes; a store that is away for longer loses rows. */
const MAX_WAITING_SAMPLES = 100_000;

/** Twenty seconds of a thousand events a second, or days of what usually happens, in some ten megabytes. */
const MAX_WAITING_EVENTS = 20_000;

/** More than are ever attempted at once. */
const MAX_WAITING_CHANGES = 10_000;

/** Rows of one transaction at most. */
export interface BatchSizes {
  readonly samples: number;
  readonly events: number;
  readonly changes: number;
}

/** One transaction. Of a removal or a pruning it may be a part: they are handed out until they are through. */
export type Batch =
  | {
      readonly type: "append-events";
      readonly events: readonly StoredEvent[];
      readonly deliveries: readonly NewDelivery[];
    }
  | { readonly type: "change-deliveries"; readonly changes: readonly DeliveryChange[] }
  | { readonly type: "append-samples"; readonly samples: readonly NewSample[] }
  | { readonly type: "remove-some"; readonly livestreamId: string }
  | Chore;

/** What becomes of the deliveries of a webhook. */
type Chore =
  | { readonly type: "remove-some-deliveries"; readonly webhookId: string }
  | { readonly type: "prune-some-deliveries"; readonly webhookId: string; readonly beforeRisingMs: number };

interface WaitingEvent {
  readonly livestreamId: string;
  readonly event: StoredEvent;
  readonly deliveries: readonly NewDelivery[];
  readonly onWritten: () => void;
}

interface WaitingChange {
  readonly change: DeliveryChange;
  readonly onWritten: () => void;
}

/** Of what waits, one kind after another is written. */
type Kind = "events" | "deliveries" | "samples";
const KINDS: readonly Kind[] = ["events", "deliveries", "samples"];

export abstract class QueuedStatisticsWriter implements StatisticsWriter {
  protected readonly log: Log;
  readonly #samples: RowQueue<NewSample>;
  readonly #events: RowQueue<WaitingEvent>;
  readonly #changes: RowQueue<WaitingChange>;
  /** Livestreams whose rows go, and none of whose rows are written. */
  readonly #removals = new Set<string>();
  /** Of each webhook one: to be removed comes after to be pruned. */
  readonly #chores = new Map<string, Chore>();
  #lastKind: Kind = "samples";

  constructor(log: Log, { samples, events, changes }: BatchSizes) {
    this.log = log;
    this.#samples = new RowQueue({ maxWaiting: MAX_WAITING_SAMPLES, maxBatch: samples });
    this.#events = new RowQueue({ maxWaiting: MAX_WAITING_EVENTS, maxBatch: events });
    this.#changes = new RowQueue({ maxWaiting: MAX_WAITING_CHANGES, maxBatch: changes });
  }

  get figures(): StatisticsWriterFigures {
    return { samples: this.#samples.figures, events: this.#events.figures };
  }

  writeSamples(samples: readonly NewSample[]): void {
    const dropped = this.#samples.add(samples);
    if (dropped > 0) this.log.warn("samples_dropped", { count: dropped });
    this.wake();
  }

  writeEvent(event: StoredEvent, onWritten: () => void, deliveries: readonly NewDelivery[] = []): void {
    const { livestreamId } = event;
    const dropped = this.#events.add([{ livestreamId, event, deliveries, onWritten }]);
    if (dropped > 0) this.log.warn("events_dropped", { count: dropped });
    this.wake();
  }

  async changeDelivery(change: DeliveryChange): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const dropped = this.#changes.add([{ change, onWritten: () => resolve(true) }]);
    if (dropped > 0) return false;
    this.wake();
    return promise;
  }

  remove(livestreamId: string): void {
    this.#removals.add(livestreamId);
    this.#samples.forget(this.#isKept);
    this.#events.forget(this.#isEventKept);
    this.wake();
  }

  removeDeliveries(webhookId: string): void {
    this.#chores.set(webhookId, { type: "remove-some-deliveries", webhookId });
    this.wake();
  }

  pruneDeliveries(webhookId: string, beforeRisingMs: number): void {
    if (this.#chores.has(webhookId)) return;
    this.#chores.set(webhookId, { type: "prune-some-deliveries", webhookId, beforeRisingMs });
    this.wake();
  }

  /** There is something to be written. */
  protected abstract wake(): void;

  /**
   * What is written next; null where nothing waits. What waits takes turns by its kind, so that a flood of one holds up none;
   * removals, many small transactions, come last, and not where the process ends.
   */
  protected nextBatch({ isClosing }: { readonly isClosing: boolean }): Batch | null {
    const last = KINDS.indexOf(this.#lastKind);
    for (const kind of [...KINDS.slice(last + 1), ...KINDS.slice(0, last + 1)]) {
      const batch = this.#batchOf(kind);
      if (batch === null) continue;
      this.#lastKind = kind;
      return batch;
    }
    if (isClosing) return null;
    const [livestreamId] = this.#removals;
    if (livestreamId !== undefined) return { type: "remove-some", livestreamId };
    const [chore = null] = this.#chores.values();
    return chore;
  }

  /** The batch is in the store. `isThrough`: of what was to be removed or pruned nothing is left. */
  protected written(batch: Batch, isThrough: boolean): void {
    switch (batch.type) {
      case "append-events":
        for (const { onWritten } of this.#events.settle()) onWritten();
        return;
      case "append-samples":
        this.#samples.settle();
        return;
      case "change-deliveries":
        for (const { onWritten } of this.#changes.settle()) onWritten();
        return;
      case "remove-some":
        if (isThrough) this.#removals.delete(batch.livestreamId);
        return;
      case "remove-some-deliveries":
      case "prune-some-deliveries":
        // Removed after all, it has another.
        if (isThrough && this.#chores.get(batch.webhookId) === batch) this.#chores.delete(batch.webhookId);
    }
  }

  /** What was to be written is not in the store: it comes before what came later. */
  protected putBack(): void {
    this.#events.putBack(this.#isEventKept);
    this.#samples.putBack(this.#isKept);
    this.#changes.putBack(() => true);
  }

  /** The process ends, and what still waits is lost. */
  protected giveUp(): void {
    const { samples, events } = this.figures;
    if (samples.waiting > 0) this.log.warn("samples_dropped", { count: samples.waiting });
    if (events.waiting > 0) this.log.warn("events_dropped", { count: events.waiting });
  }

  /** Null where nothing of the kind waits. */
  #batchOf(kind: Kind): Batch | null {
    switch (kind) {
      case "events": {
        if (this.#events.isEmpty) return null;
        const rows = this.#events.take();
        return {
          type: "append-events",
          events: rows.filter(this.#isKept).map(({ event }) => event),
          deliveries: rows.flatMap(({ deliveries }) => deliveries),
        };
      }
      case "deliveries":
        if (this.#changes.isEmpty) return null;
        return { type: "change-deliveries", changes: this.#changes.take().map(({ change }) => change) };
      case "samples":
        return this.#samples.isEmpty ? null : { type: "append-samples", samples: this.#samples.take() };
    }
  }

  /** Of a livestream that goes no event is written; what is sent of it is. */
  readonly #isEventKept = ({ livestreamId, deliveries }: WaitingEvent): boolean =>
    deliveries.length > 0 || !this.#removals.has(livestreamId);

  readonly #isKept = ({ livestreamId }: { readonly livestreamId: string }): boolean =>
    !this.#removals.has(livestreamId);
}

// Samples, events and deliveries on their way to PostgreSQL: in batches, in order, each written once, and nobody waits for it here.
//
// Whether a batch was written is not known when the connection is lost while it is committed. Each has a number, which is
// written with it, so that the second try finds out that the first has done it.

import { messageOf } from "#server/common/failure.ts";
import type { Log } from "#server/common/log.ts";
import type { DeliveryChange, NewDelivery } from "#server/store/delivery-store.ts";
import type { StoredEvent } from "#server/store/event-store.ts";
import { RowQueue } from "#server/store/row-queue.ts";
import type { NewSample } from "#server/store/sample-store.ts";
import type { StatisticsWriter, StatisticsWriterFigures } from "#server/store/statistics-writer.ts";
import type { PostgresClient } from "./client.ts";
import {
  appendDeliveries,
  changeDeliveries,
  pruneSomeDeliveries,
  removeSomeDeliveries,
} from "./delivery-rows.ts";
import { EventRows } from "./event-rows.ts";
import type { Queries } from "./queries.ts";
import { SampleRows } from "./sample-rows.ts";

/** Two hours of ten instances sampled every second, in some tens of megabytes; a database that is away for longer loses rows. */
const MAX_WAITING_SAMPLES = 100_000;

/** Twenty seconds of a thousand events a second, or days of what usually happens, in some ten megabytes. */
const MAX_WAITING_EVENTS = 20_000;

/** More than are ever attempted at once. */
const MAX_WAITING_CHANGES = 10_000;

/** One statement of about half a megabyte. */
const MAX_BATCH = 2000;

/** Events are waited for: their statements are shorter. */
const MAX_EVENT_BATCH = 500;

/** A few statements each. */
const MAX_CHANGE_BATCH = 100;

/** After a batch that was not written. */
const RETRY_MS = 1000;

/** At the end of the process what waits gets this long. */
const CLOSE_MS = 3000;

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

/** What goes on until it is through: `beforeRisingMs` null = all of the webhook's deliveries go. */
interface Chore {
  readonly webhookId: string;
  readonly beforeRisingMs: number | null;
}

/** Of what waits, one kind after another is written. */
type Kind = "events" | "deliveries" | "samples";
const KINDS: readonly Kind[] = ["events", "deliveries", "samples"];

/** One transaction. */
interface Batch {
  readonly number: number;
  readonly write: (queries: Queries) => Promise<void>;
  readonly settle: () => void;
}

export class PostgresStatisticsWriter implements StatisticsWriter {
  readonly #client: PostgresClient;
  readonly #log: Log;
  readonly #name = Bun.randomUUIDv7();
  readonly #samples = new RowQueue<NewSample>({ maxWaiting: MAX_WAITING_SAMPLES, maxBatch: MAX_BATCH });
  readonly #events = new RowQueue<WaitingEvent>({
    maxWaiting: MAX_WAITING_EVENTS,
    maxBatch: MAX_EVENT_BATCH,
  });
  readonly #changes = new RowQueue<WaitingChange>({
    maxWaiting: MAX_WAITING_CHANGES,
    maxBatch: MAX_CHANGE_BATCH,
  });
  readonly #sampleRows = new SampleRows();
  readonly #eventRows = new EventRows();
  /** Livestreams whose rows go, and none of whose rows are written. */
  readonly #removals = new Set<string>();
  /** Of each webhook one: to be removed comes after to be pruned. */
  readonly #chores = new Map<string, Chore>();
  #batches = 0;
  #lastKind: Kind = "samples";
  /** Resolves when nothing is being written any more. */
  #work: Promise<void> | null = null;
  #isClosing = false;
  #stopWaiting: (() => void) | null = null;

  constructor({ client, log }: { client: PostgresClient; log: Log }) {
    this.#client = client;
    this.#log = log;
  }

  get figures(): StatisticsWriterFigures {
    return { samples: this.#samples.figures, events: this.#events.figures };
  }

  writeSamples(samples: readonly NewSample[]): void {
    const dropped = this.#samples.add(samples);
    if (dropped > 0) this.#log.warn("samples_dropped", { count: dropped });
    this.#begin();
  }

  writeEvent(event: StoredEvent, onWritten: () => void, deliveries: readonly NewDelivery[] = []): void {
    const { livestreamId } = event;
    const dropped = this.#events.add([{ livestreamId, event, deliveries, onWritten }]);
    if (dropped > 0) this.#log.warn("events_dropped", { count: dropped });
    this.#begin();
  }

  async changeDelivery(change: DeliveryChange): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const dropped = this.#changes.add([{ change, onWritten: () => resolve(true) }]);
    if (dropped > 0) return false;
    this.#begin();
    return promise;
  }

  remove(livestreamId: string): void {
    this.#removals.add(livestreamId);
    this.#samples.forget(this.#isKept);
    this.#events.forget(this.#isEventKept);
    this.#begin();
  }

  removeDeliveries(webhookId: string): void {
    this.#chores.set(webhookId, { webhookId, beforeRisingMs: null });
    this.#begin();
  }

  pruneDeliveries(webhookId: string, beforeRisingMs: number): void {
    if (this.#chores.has(webhookId)) return;
    this.#chores.set(webhookId, { webhookId, beforeRisingMs });
    this.#begin();
  }

  /** Resolves once everything is in the database, or when that takes too long. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#begin();
    await Promise.race([this.#work, Bun.sleep(CLOSE_MS)]);
    this.#stopWaiting?.();
    const { samples, events } = this.figures;
    if (samples.waiting > 0) this.#log.warn("samples_dropped", { count: samples.waiting });
    if (events.waiting > 0) this.#log.warn("events_dropped", { count: events.waiting });
  }

  #begin(): void {
    this.#work ??= this.#writeAll(); // Its failures are its own.
  }

  async #writeAll(): Promise<void> {
    for (let batch = this.#next(); batch !== null; batch = this.#next()) {
      while (!(await this.#isWritten(batch))) {
        if (await this.#isOverBeforeRetry()) return;
      }
      batch.settle();
    }
    this.#work = null;
  }

  /** What waits takes turns by its kind, so that a flood of one holds up none; removals come last. */
  #next(): Batch | null {
    const last = KINDS.indexOf(this.#lastKind);
    for (const kind of [...KINDS.slice(last + 1), ...KINDS.slice(0, last + 1)]) {
      const batch = this.#batchOf(kind);
      if (batch === null) continue;
      this.#lastKind = kind;
      return batch;
    }
    if (this.#isClosing) return null;
    const [livestreamId] = this.#removals;
    if (livestreamId !== undefined) return this.#removal(livestreamId);
    const [chore] = this.#chores.values();
    return chore === undefined ? null : this.#choreBatch(chore);
  }

  /** Null where nothing of the kind waits. */
  #batchOf(kind: Kind): Batch | null {
    switch (kind) {
      case "events":
        return this.#events.isEmpty ? null : this.#eventBatch();
      case "deliveries":
        return this.#changes.isEmpty ? null : this.#changeBatch();
      case "samples":
        return this.#samples.isEmpty ? null : this.#sampleBatch();
    }
  }

  /** Of a livestream that goes no event is written; what is sent of it is. */
  #eventBatch(): Batch {
    const rows = this.#events.take();
    const events = rows.map(({ event }) => event).filter(this.#isKept);
    const deliveries = rows.flatMap((row) => row.deliveries);
    return {
      number: this.#nextNumber(),
      write: async (queries) => {
        if (events.length > 0) await this.#eventRows.append(queries, events);
        await appendDeliveries(queries, deliveries);
      },
      settle: () => {
        for (const { onWritten } of this.#events.settle()) onWritten();
      },
    };
  }

  #changeBatch(): Batch {
    const changes = this.#changes.take().map(({ change }) => change);
    return {
      number: this.#nextNumber(),
      write: (queries) => changeDeliveries(queries, changes),
      settle: () => {
        for (const { onWritten } of this.#changes.settle()) onWritten();
      },
    };
  }

  #sampleBatch(): Batch {
    const samples = this.#samples.take();
    return {
      number: this.#nextNumber(),
      write: (queries) => this.#sampleRows.append(queries, samples),
      settle: () => this.#samples.settle(),
    };
  }

  #removal(livestreamId: string): Batch {
    let isThrough = false;
    return {
      number: this.#nextNumber(),
      write: async (queries) => {
        isThrough =
          (await this.#eventRows.removeSome(queries, livestreamId)) &&
          (await this.#sampleRows.removeSome(queries, livestreamId));
      },
      settle: () => {
        if (isThrough) this.#removals.delete(livestreamId);
      },
    };
  }

  #choreBatch(chore: Chore): Batch {
    const { webhookId, beforeRisingMs } = chore;
    let isThrough = false;
    return {
      number: this.#nextNumber(),
      write: async (queries) => {
        isThrough = await (beforeRisingMs === null
          ? removeSomeDeliveries(queries, webhookId)
          : pruneSomeDeliveries(queries, webhookId, beforeRisingMs));
      },
      settle: () => {
        // Removed after all, it has another.
        if (isThrough && this.#chores.get(webhookId) === chore) this.#chores.delete(webhookId);
      },
    };
  }

  readonly #isKept = ({ livestreamId }: { readonly livestreamId: string }): boolean =>
    !this.#removals.has(livestreamId);

  /** What is sent of it is written, whatever becomes of the livestream. */
  readonly #isEventKept = (row: WaitingEvent): boolean => row.deliveries.length > 0 || this.#isKept(row);

  #nextNumber(): number {
    this.#batches += 1;
    return this.#batches;
  }

  async #isWritten(batch: Batch): Promise<boolean> {
    try {
      await this.#client.transaction((queries) => this.#writeOnce(queries, batch));
      return true;
    } catch (error) {
      this.#forget();
      this.#log.error("statistics_not_written", { message: messageOf(error) });
      return false;
    }
  }

  async #writeOnce(queries: Queries, { number, write }: Batch): Promise<void> {
    const last = await queries.first<{ batch: number }>(
      "SELECT batch FROM written_batches WHERE writer = $writer FOR UPDATE",
      { writer: this.#name },
    );
    if (last?.batch === number) return;
    // A database that was set back, as by a crash that lost its last second, has fewer rows than were written.
    if ((last?.batch ?? 0) !== number - 1) this.#forget();
    await queries.run(
      `INSERT INTO written_batches (writer, batch) VALUES ($writer, $number)
       ON CONFLICT (writer) DO UPDATE SET batch = excluded.batch`,
      { writer: this.#name, number },
    );
    await write(queries);
  }

  /** What numbers come next is asked of the database. */
  #forget(): void {
    this.#eventRows.forget();
    this.#sampleRows.forget();
  }

  /** Waits before the next try; true when the process ends instead. */
  async #isOverBeforeRetry(): Promise<boolean> {
    const { promise: over, resolve } = Promise.withResolvers<true>();
    this.#stopWaiting = () => resolve(true);
    const retry = Bun.sleep(RETRY_MS).then(() => false as const);
    return Promise.race([over, retry]);
  }
}

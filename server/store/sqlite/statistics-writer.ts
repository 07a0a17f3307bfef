// Samples, events and deliveries on their way to the disk: a thread of its own writes them, and nobody here waits for it.

import type { Log } from "#server/common/log.ts";
import type { DeliveryChange, NewDelivery } from "#server/store/delivery-store.ts";
import type { StoredEvent } from "#server/store/event-store.ts";
import { RowQueue } from "#server/store/row-queue.ts";
import type { NewSample } from "#server/store/sample-store.ts";
import type { StatisticsWriter, StatisticsWriterFigures } from "#server/store/statistics-writer.ts";
import type { WriterAnswer, WriterCommand } from "./statistics-writer-messages.ts";

/** Two hours of ten instances sampled every second, in some tens of megabytes; a disk that is away for longer loses rows. */
const MAX_WAITING_SAMPLES = 100_000;

/** Twenty seconds of a thousand events a second, or days of what usually happens, in some ten megabytes. */
const MAX_WAITING_EVENTS = 20_000;

/** More than are ever attempted at once. */
const MAX_WAITING_CHANGES = 10_000;

/** One transaction: a few tens of milliseconds of the thread. */
const MAX_BATCH = 5000;

/** Events are waited for: their transactions are shorter. */
const MAX_EVENT_BATCH = 1000;

/** After a write that failed, such as on a full disk. */
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

/** What a command is for that goes on until it is through. */
type Chore = Extract<WriterCommand, { type: `${string}-some-deliveries` }>;

/** Of what waits, one kind after another is written. */
type Kind = "events" | "deliveries" | "samples";
const KINDS: readonly Kind[] = ["events", "deliveries", "samples"];

export class SqliteStatisticsWriter implements StatisticsWriter {
  readonly #file: string;
  readonly #log: Log;
  readonly #samples = new RowQueue<NewSample>({ maxWaiting: MAX_WAITING_SAMPLES, maxBatch: MAX_BATCH });
  readonly #events = new RowQueue<WaitingEvent>({
    maxWaiting: MAX_WAITING_EVENTS,
    maxBatch: MAX_EVENT_BATCH,
  });
  readonly #changes = new RowQueue<WaitingChange>({
    maxWaiting: MAX_WAITING_CHANGES,
    maxBatch: MAX_EVENT_BATCH,
  });
  /** Livestreams whose rows go, and none of whose rows are written. */
  readonly #removals = new Set<string>();
  /** Of each webhook one: to be removed comes after to be pruned. */
  readonly #chores = new Map<string, Chore>();
  #worker: Worker;
  /** The command that the worker has not answered yet. */
  #inFlight: WriterCommand | null = null;
  #lastKind: Kind = "samples";
  #retry: Timer | null = null;
  #closed: (() => void) | null = null;

  /** `file`: of the statistics database, which exists. */
  constructor(options: { file: string; log: Log }) {
    this.#file = options.file;
    this.#log = options.log;
    this.#worker = this.#begin();
  }

  get figures(): StatisticsWriterFigures {
    return { samples: this.#samples.figures, events: this.#events.figures };
  }

  writeSamples(samples: readonly NewSample[]): void {
    const dropped = this.#samples.add(samples);
    if (dropped > 0) this.#log.warn("samples_dropped", { count: dropped });
    this.#next();
  }

  writeEvent(event: StoredEvent, onWritten: () => void, deliveries: readonly NewDelivery[] = []): void {
    const { livestreamId } = event;
    const dropped = this.#events.add([{ livestreamId, event, deliveries, onWritten }]);
    if (dropped > 0) this.#log.warn("events_dropped", { count: dropped });
    this.#next();
  }

  async changeDelivery(change: DeliveryChange): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const dropped = this.#changes.add([{ change, onWritten: () => resolve(true) }]);
    if (dropped > 0) return false;
    this.#next();
    return promise;
  }

  remove(livestreamId: string): void {
    this.#removals.add(livestreamId);
    this.#samples.forget(this.#isKept);
    this.#events.forget(this.#isEventKept);
    this.#next();
  }

  removeDeliveries(webhookId: string): void {
    this.#chores.set(webhookId, { type: "remove-some-deliveries", webhookId });
    this.#next();
  }

  pruneDeliveries(webhookId: string, beforeRisingMs: number): void {
    if (this.#chores.has(webhookId)) return;
    this.#chores.set(webhookId, { type: "prune-some-deliveries", webhookId, beforeRisingMs });
    this.#next();
  }

  /** Resolves once everything is on the disk, or when that takes too long. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#closed = resolve;
    });
    this.#next();
    await Promise.race([closed, Bun.sleep(CLOSE_MS)]);
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#worker.terminate();
    const { samples, events } = this.figures;
    if (samples.waiting > 0) this.#log.warn("samples_dropped", { count: samples.waiting });
    if (events.waiting > 0) this.#log.warn("events_dropped", { count: events.waiting });
  }

  #begin(): Worker {
    const worker = new Worker(new URL("./statistics-writer-worker.ts", import.meta.url));
    worker.onmessage = (event: MessageEvent<WriterAnswer>) => this.#answered(event.data);
    worker.onerror = ({ message }) => this.#answered({ type: "failed", message });
    this.#inFlight = { type: "open", file: this.#file };
    worker.postMessage(this.#inFlight);
    return worker;
  }

  #next(): void {
    if (this.#inFlight !== null || this.#retry !== null) return;
    this.#inFlight = this.#nextCommand();
    if (this.#inFlight !== null) this.#worker.postMessage(this.#inFlight);
  }

  /** What waits takes turns by its kind, so that a flood of one holds up none; removals, many small commands, come last. */
  #nextCommand(): WriterCommand | null {
    const last = KINDS.indexOf(this.#lastKind);
    for (const kind of [...KINDS.slice(last + 1), ...KINDS.slice(0, last + 1)]) {
      const command = this.#commandOf(kind);
      if (command === null) continue;
      this.#lastKind = kind;
      return command;
    }
    if (this.#closed !== null) return { type: "close" };
    const [livestreamId] = this.#removals;
    if (livestreamId !== undefined) return { type: "remove-some", livestreamId };
    const [chore = null] = this.#chores.values();
    return chore;
  }

  /** Null where nothing of the kind waits. */
  #commandOf(kind: Kind): WriterCommand | null {
    switch (kind) {
      case "events": {
        if (this.#events.isEmpty) return null;
        const rows = this.#events.take();
        return {
          type: "append-events",
          events: rows.map(({ event }) => event),
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

  #answered(answer: WriterAnswer): void {
    const command = this.#inFlight;
    this.#inFlight = null;
    if (answer.type === "failed") this.#failed(command, answer.message);
    else if (command !== null) this.#done(command, answer.isThrough);
    this.#next();
  }

  #done(command: WriterCommand, isThrough: boolean): void {
    switch (command.type) {
      case "append-events":
        for (const { onWritten } of this.#events.settle()) onWritten();
        return;
      case "append-samples":
        this.#samples.settle();
        return;
      case "change-deliveries":
        for (const { onWritten } of this.#changes.settle()) onWritten();
        return;
      case "remove-some-deliveries":
      case "prune-some-deliveries":
        // Removed after all, it has another.
        if (isThrough && this.#chores.get(command.webhookId) === command)
          this.#chores.delete(command.webhookId);
        return;
      case "remove-some":
        if (isThrough) this.#removals.delete(command.livestreamId);
        return;
      case "close":
        this.#closed?.();
        this.#closed = null;
        return;
      case "open":
        return;
    }
  }

  /** What was to be written is tried again, before what came later. */
  #failed(command: WriterCommand | null, message: string): void {
    if (this.#retry !== null) return;
    this.#log.error("statistics_not_written", { message });
    this.#events.putBack(this.#isEventKept);
    this.#samples.putBack(this.#isKept);
    this.#changes.putBack(() => true);
    this.#retry = setTimeout(() => {
      this.#retry = null;
      if (command?.type === "open" || command === null) {
        this.#worker.terminate();
        this.#worker = this.#begin();
      }
      this.#next();
    }, RETRY_MS);
    this.#retry.unref();
  }

  /** What is sent of an event is to be written, and the event goes as the others do. */
  readonly #isEventKept = ({ livestreamId, deliveries }: WaitingEvent): boolean =>
    deliveries.length > 0 || !this.#removals.has(livestreamId);

  readonly #isKept = ({ livestreamId }: { livestreamId: string }): boolean =>
    !this.#removals.has(livestreamId);
}

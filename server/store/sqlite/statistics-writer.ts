// Samples and events on their way to the disk: a thread of its own writes them, and nobody here waits for it.

import type { Log } from "#server/common/log.ts";
import type { StoredEvent } from "#server/store/event-store.ts";
import { RowQueue } from "#server/store/row-queue.ts";
import type { NewSample } from "#server/store/sample-store.ts";
import type { StatisticsWriter, StatisticsWriterFigures } from "#server/store/statistics-writer.ts";
import type { WriterAnswer, WriterCommand } from "./statistics-writer-messages.ts";

/** Two hours of ten instances sampled every second, in some tens of megabytes; a disk that is away for longer loses rows. */
const MAX_WAITING_SAMPLES = 100_000;

/** Twenty seconds of a thousand events a second, or days of what usually happens, in some ten megabytes. */
const MAX_WAITING_EVENTS = 20_000;

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
  readonly onWritten: () => void;
}

export class SqliteStatisticsWriter implements StatisticsWriter {
  readonly #file: string;
  readonly #log: Log;
  readonly #samples = new RowQueue<NewSample>({ maxWaiting: MAX_WAITING_SAMPLES, maxBatch: MAX_BATCH });
  readonly #events = new RowQueue<WaitingEvent>({
    maxWaiting: MAX_WAITING_EVENTS,
    maxBatch: MAX_EVENT_BATCH,
  });
  /** Livestreams whose rows go, and none of whose rows are written. */
  readonly #removals = new Set<string>();
  #worker: Worker;
  /** The command that the worker has not answered yet. */
  #inFlight: WriterCommand | null = null;
  #wereEventsLast = false;
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

  writeEvent(event: StoredEvent, onWritten: () => void): void {
    const dropped = this.#events.add([{ livestreamId: event.livestreamId, event, onWritten }]);
    if (dropped > 0) this.#log.warn("events_dropped", { count: dropped });
    this.#next();
  }

  remove(livestreamId: string): void {
    this.#samples.forget(livestreamId);
    this.#events.forget(livestreamId);
    this.#removals.add(livestreamId);
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

  /** Events and samples take turns where both wait, so that a flood of one holds up neither; removals, many small commands, come last. */
  #nextCommand(): WriterCommand | null {
    this.#wereEventsLast = !this.#events.isEmpty && !(this.#wereEventsLast && !this.#samples.isEmpty);
    if (this.#wereEventsLast) {
      return { type: "append-events", events: this.#events.take().map(({ event }) => event) };
    }
    if (!this.#samples.isEmpty) return { type: "append-samples", samples: this.#samples.take() };
    if (this.#closed !== null) return { type: "close" };
    const [livestreamId] = this.#removals;
    return livestreamId === undefined ? null : { type: "remove-some", livestreamId };
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
    this.#events.putBack(this.#isKept);
    this.#samples.putBack(this.#isKept);
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

  readonly #isKept = ({ livestreamId }: { livestreamId: string }): boolean =>
    !this.#removals.has(livestreamId);
}

// Samples, events and deliveries on their way to the disk: a thread of its own writes them, and nobody here waits for it.

import type { Log } from "#server/common/log.ts";
import { type BatchSizes, QueuedStatisticsWriter } from "#server/store/queued-statistics-writer.ts";
import type { WriterAnswer, WriterCommand } from "./statistics-writer-messages.ts";

/** One transaction takes a few tens of milliseconds of the thread; of events, which are waited for, less. */
const BATCH_SIZES: BatchSizes = { samples: 5000, events: 1000, changes: 1000 };

/** After a write that failed, such as on a full disk. */
const RETRY_MS = 1000;

/** At the end of the process what waits gets this long. */
const CLOSE_MS = 3000;

export class SqliteStatisticsWriter extends QueuedStatisticsWriter {
  readonly #file: string;
  #worker: Worker;
  /** The command that the worker has not answered yet. */
  #inFlight: WriterCommand | null = null;
  #retry: Timer | null = null;
  #closed: (() => void) | null = null;

  /** `file`: of the statistics database, which exists. */
  constructor({ file, log }: { file: string; log: Log }) {
    super(log, BATCH_SIZES);
    this.#file = file;
    this.#worker = this.#begin();
  }

  /** Resolves once everything is on the disk, or when that takes too long. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#closed = resolve;
    });
    this.wake();
    await Promise.race([closed, Bun.sleep(CLOSE_MS)]);
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#worker.terminate();
    this.giveUp();
  }

  protected override wake(): void {
    if (this.#inFlight !== null || this.#retry !== null) return;
    this.#inFlight = this.#nextCommand();
    if (this.#inFlight !== null) this.#worker.postMessage(this.#inFlight);
  }

  #begin(): Worker {
    const worker = new Worker(new URL("./statistics-writer-worker.ts", import.meta.url));
    worker.onmessage = (event: MessageEvent<WriterAnswer>) => this.#answered(event.data);
    worker.onerror = ({ message }) => this.#answered({ type: "failed", message });
    this.#inFlight = { type: "open", file: this.#file };
    worker.postMessage(this.#inFlight);
    return worker;
  }

  #nextCommand(): WriterCommand | null {
    const isClosing = this.#closed !== null;
    return this.nextBatch({ isClosing }) ?? (isClosing ? { type: "close" } : null);
  }

  #answered(answer: WriterAnswer): void {
    const command = this.#inFlight;
    this.#inFlight = null;
    if (answer.type === "failed") this.#failed(command, answer.message);
    else if (command?.type === "close") this.#isClosed();
    else if (command !== null && command.type !== "open") this.written(command, answer.isThrough);
    this.wake();
  }

  #isClosed(): void {
    this.#closed?.();
    this.#closed = null;
  }

  /** What was to be written is tried again. */
  #failed(command: WriterCommand | null, message: string): void {
    if (this.#retry !== null) return;
    this.log.error("statistics_not_written", { message });
    this.putBack();
    this.#retry = setTimeout(() => {
      this.#retry = null;
      if (command?.type === "open" || command === null) {
        this.#worker.terminate();
        this.#worker = this.#begin();
      }
      this.wake();
    }, RETRY_MS);
    this.#retry.unref();
  }
}

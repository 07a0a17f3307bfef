// Samples on their way to the disk: kept in order and within a bound until a thread of its own has written them.

import type { Log } from "#server/common/log.ts";
import type { NewSample } from "#server/store/sample-store.ts";
import type { WriterAnswer, WriterCommand } from "./sample-writer-messages.ts";

/** Two hours of ten sides sampled every second, in some tens of megabytes; a disk that is away for longer loses rows. */
const MAX_WAITING = 100_000;

/** One transaction: a few tens of milliseconds of the thread. */
const MAX_BATCH = 5000;

/** After a write that failed, such as on a full disk. */
const RETRY_MS = 1000;

/** At the end of the process what waits gets this long. */
const CLOSE_MS = 3000;

export interface SampleWriterFigures {
  /** Samples that are not on the disk yet. */
  readonly waiting: number;
  readonly written: number;
  /** Samples for which there was no room to wait. */
  readonly dropped: number;
}

export class SampleWriter {
  readonly #file: string;
  readonly #log: Log;
  #worker: Worker;
  /** The command that the worker has not answered yet. */
  #inFlight: WriterCommand | null = null;
  #waiting: NewSample[] = [];
  readonly #removals = new Set<string>();
  #retry: Timer | null = null;
  #closed: (() => void) | null = null;
  #written = 0;
  #dropped = 0;

  /** `file`: of the statistics database, which exists. */
  constructor(options: { file: string; log: Log }) {
    this.#file = options.file;
    this.#log = options.log;
    this.#worker = this.#begin();
  }

  get figures(): SampleWriterFigures {
    const writing = this.#inFlight?.type === "append" ? this.#inFlight.samples.length : 0;
    return { waiting: this.#waiting.length + writing, written: this.#written, dropped: this.#dropped };
  }

  /** Never waits. Samples of one series are given in the order of their times. */
  write(samples: readonly NewSample[]): void {
    const room = Math.max(0, MAX_WAITING - this.#waiting.length);
    if (samples.length > room) {
      this.#dropped += samples.length - room;
      this.#log.warn("samples_dropped", { count: samples.length - room });
    }
    for (const sample of samples.slice(0, room)) this.#waiting.push(sample);
    this.#next();
  }

  /** All samples of the livestream go, a little at a time; none of it may be written after this. */
  remove(livestreamId: string): void {
    this.#waiting = this.#waiting.filter((sample) => sample.livestreamId !== livestreamId);
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
    if (this.figures.waiting > 0) this.#log.warn("samples_dropped", { count: this.figures.waiting });
  }

  #begin(): Worker {
    const worker = new Worker(new URL("./sample-writer-worker.ts", import.meta.url));
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

  /** Samples go before removals, which are many small commands. */
  #nextCommand(): WriterCommand | null {
    if (this.#waiting.length > 0) return { type: "append", samples: this.#waiting.splice(0, MAX_BATCH) };
    if (this.#closed !== null) return { type: "close" };
    const [livestreamId] = this.#removals;
    return livestreamId === undefined ? null : { type: "remove-some", livestreamId };
  }

  #answered(answer: WriterAnswer): void {
    const command = this.#inFlight;
    this.#inFlight = null;
    if (answer.type === "failed") this.#failed(command, answer.message);
    else if (command?.type === "append") this.#written += command.samples.length;
    else if (command?.type === "remove-some" && answer.isThrough) this.#removals.delete(command.livestreamId);
    else if (command?.type === "close") this.#closed?.();
    this.#next();
  }

  /** What was to be written is tried again, before what came later. */
  #failed(command: WriterCommand | null, message: string): void {
    this.#log.error("samples_not_written", { message });
    if (command?.type === "append")
      this.#waiting = [...command.samples, ...this.#waiting].filter(this.#isKept);
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

  readonly #isKept = ({ livestreamId }: NewSample): boolean => !this.#removals.has(livestreamId);
}

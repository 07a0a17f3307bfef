// Samples, events and deliveries on their way to PostgreSQL: in batches, in order, each written once, and nobody waits for it here.
//
// Whether a batch was written is not known when the connection is lost while it is committed. Each has a number, which is
// written with it, so that the second try finds out that the first has done it.

import { messageOf } from "#server/common/failure.ts";
import type { Log } from "#server/common/log.ts";
import { type DiskTrouble, diskTroubleOf } from "#server/store/disk-trouble.ts";
import {
  type Batch,
  type BatchSizes,
  QueuedStatisticsWriter,
} from "#server/store/queued-statistics-writer.ts";
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

/** One statement of samples is about half a megabyte; events are waited for, and a change takes a few statements. */
const BATCH_SIZES: BatchSizes = { samples: 2000, events: 500, changes: 100 };

/** After a batch that was not written. */
const RETRY_MS = 1000;

/** At the end of the process what waits gets this long. */
const CLOSE_MS = 3000;

export class PostgresStatisticsWriter extends QueuedStatisticsWriter {
  readonly #client: PostgresClient;
  readonly #name = Bun.randomUUIDv7();
  readonly #sampleRows = new SampleRows();
  readonly #eventRows = new EventRows();
  /** Of the batch that is being written. */
  #number = 0;
  #isWriting = false;
  /** Resolves when what was to be written last is, or when that is given up. */
  #work: Promise<void> = Promise.resolve();
  #isClosing = false;
  #stopWaiting: (() => void) | null = null;
  #trouble: DiskTrouble | null = null;

  constructor({ client, log }: { client: PostgresClient; log: Log }) {
    super(log, BATCH_SIZES);
    this.#client = client;
  }

  /** What kept the last batch from being written; null once one is. */
  get trouble(): DiskTrouble | null {
    return this.#trouble;
  }

  /** Resolves once everything is in the database, or when that takes too long. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.wake();
    await Promise.race([this.#work, Bun.sleep(CLOSE_MS)]);
    this.#stopWaiting?.();
    this.giveUp();
  }

  protected override wake(): void {
    if (!this.#isWriting) this.#work = this.#writeAll(); // Its failures are its own.
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    for (let batch = this.#next(); batch !== null; batch = this.#next()) {
      this.#number += 1;
      let isThrough = await this.#attempt(batch);
      while (isThrough === null) {
        if (await this.#isOverBeforeRetry()) return;
        isThrough = await this.#attempt(batch);
      }
      this.written(batch, isThrough);
    }
    this.#isWriting = false;
  }

  #next(): Batch | null {
    return this.nextBatch({ isClosing: this.#isClosing });
  }

  /** Whether nothing is left of what it removes; null where it is not known to be written. */
  async #attempt(batch: Batch): Promise<boolean | null> {
    try {
      const isThrough = await this.#client.transaction((queries) => this.#writeOnce(queries, batch));
      this.#trouble = null;
      return isThrough;
    } catch (error) {
      this.#forget();
      this.#trouble = diskTroubleOf(error);
      this.log.error("statistics_not_written", { message: messageOf(error) });
      return null;
    }
  }

  /** A removal that the first try has done, which cannot say so any more, is not through: it comes again. */
  async #writeOnce(queries: Queries, batch: Batch): Promise<boolean> {
    const last = await queries.first<{ batch: number }>(
      "SELECT batch FROM written_batches WHERE writer = $writer FOR UPDATE",
      { writer: this.#name },
    );
    const number = this.#number;
    if (last?.batch === number) return false;
    // A database that was set back, as by a crash that lost its last second, has fewer rows than were written.
    if ((last?.batch ?? 0) !== number - 1) this.#forget();
    await queries.run(
      `INSERT INTO written_batches (writer, batch) VALUES ($writer, $number)
       ON CONFLICT (writer) DO UPDATE SET batch = excluded.batch`,
      { writer: this.#name, number },
    );
    return await this.#write(queries, batch);
  }

  async #write(queries: Queries, batch: Batch): Promise<boolean> {
    switch (batch.type) {
      case "append-events":
        if (batch.events.length > 0) await this.#eventRows.append(queries, batch.events);
        await appendDeliveries(queries, batch.deliveries);
        return true;
      case "change-deliveries":
        await changeDeliveries(queries, batch.changes);
        return true;
      case "append-samples":
        await this.#sampleRows.append(queries, batch.samples);
        return true;
      case "remove-some":
        return (
          (await this.#eventRows.removeSome(queries, batch.livestreamId)) &&
          (await this.#sampleRows.removeSome(queries, batch.livestreamId))
        );
      case "remove-some-deliveries":
        return removeSomeDeliveries(queries, batch.webhookId);
      case "prune-some-deliveries":
        return pruneSomeDeliveries(queries, batch.webhookId, batch.beforeRisingMs);
    }
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

// Webhooks on databases in memory and a clock that the test sets: what is sent to whom, and when, without a socket.

import type { Database } from "bun:sqlite";
import { createLog } from "#server/common/log.ts";
import type { DeliveryAttempt, DeliveryChange, NewDelivery } from "#server/store/delivery-store.ts";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { SqliteDeliveryChanges } from "#server/store/sqlite/delivery-changes.ts";
import { SqliteDeliveryStore } from "#server/store/sqlite/delivery-store.ts";
import { openStatisticsDatabase } from "#server/store/sqlite/statistics-database.ts";
import { SqliteWebhookStore } from "#server/store/sqlite/webhook-store.ts";
import { Dispatcher } from "#server/webhooks/dispatcher.ts";
import type { WebhookRequest } from "#server/webhooks/sender.ts";
import { WebhookRegistry } from "#server/webhooks/webhook-registry.ts";
import { WebhookService } from "#server/webhooks/webhook-service.ts";
import { FakeClock } from "./fake-clock.ts";

export interface FakeWebhooksOptions {
  readonly database?: Database;
  readonly isPrivateAllowed?: boolean;
}

/** Status and text of an answer; a sentence alone where there is none. */
export type FakeAnswer = readonly [status: number, answer?: string] | string;

interface Sleeper {
  readonly wakesAtMs: number;
  readonly wake: () => void;
}

export class FakeWebhooks {
  readonly statistics = openStatisticsDatabase(":memory:");
  readonly deliveries = new SqliteDeliveryStore(this.statistics);
  readonly store: SqliteWebhookStore;
  readonly registry: WebhookRegistry;
  readonly dispatcher: Dispatcher;
  readonly service: WebhookService;
  readonly logged: string[] = [];
  /** What was sent, in order. */
  readonly sent: WebhookRequest[] = [];
  /** What the next request is answered with, and all those after it. */
  answer: (request: WebhookRequest) => FakeAnswer | Promise<FakeAnswer> = () => [200];
  /** The disk takes nothing while it is false. */
  isDiskWell = true;
  /** What is read of deliveries is handed over once this is resolved. */
  reading: Promise<void> = Promise.resolve();
  readonly #changes = new SqliteDeliveryChanges(this.statistics);
  readonly #sleepers = new Set<Sleeper>();
  #nowMs = Date.UTC(2026, 0, 1);

  constructor({ database = openDatabase(":memory:"), isPrivateAllowed = false }: FakeWebhooksOptions = {}) {
    const [dateMs, risingMs] = [() => this.#nowMs, () => this.risingMs];
    const { deliveries } = this;
    const delay = (milliseconds: number, signal: AbortSignal) => this.#sleep(milliseconds, signal);
    const log = createLog({
      level: "debug",
      write: (line) => this.logged.push(line),
      clock: new FakeClock(),
    });
    this.store = new SqliteWebhookStore(database);
    this.registry = new WebhookRegistry({ store: this.store, dateMs, risingMs }, []);
    const slowDeliveries = {
      webhookIds: () => deliveries.webhookIds(),
      upcoming: async (id: string, limit: number) => {
        const found = await deliveries.upcoming(id, limit);
        await this.reading;
        return found;
      },
    };
    this.dispatcher = new Dispatcher({
      ...{ registry: this.registry, deliveries: slowDeliveries, writer: this.writer, risingMs, delay, log },
      sender: { send: (request) => this.#send(request) },
    });
    this.service = new WebhookService({
      ...{ registry: this.registry, dispatcher: this.dispatcher, store: this.store, deliveries },
      ...{ writer: this.writer, isPrivateAllowed, dateMs, risingMs, delay },
    });
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get risingMs(): number {
    return this.#nowMs - RISING_BEHIND_MS;
  }

  /** These are stored, as the feed stores them. */
  happened(deliveries: readonly NewDelivery[]): void {
    this.#changes.append(deliveries);
    this.dispatcher.stored(deliveries);
  }

  /** Everything that is due in this time happens, at its time, and has happened when this resolves. */
  async pass(milliseconds: number): Promise<void> {
    const untilMs = this.#nowMs + milliseconds;
    await settle();
    for (;;) {
      const [first] = [...this.#sleepers].sort((a, b) => a.wakesAtMs - b.wakesAtMs);
      if (first === undefined || first.wakesAtMs > untilMs) break;
      this.#nowMs = Math.max(this.#nowMs, first.wakesAtMs);
      first.wake();
      await settle();
    }
    this.#nowMs = untilMs;
    await settle();
  }

  readonly writer = {
    changeDelivery: async (change: DeliveryChange): Promise<boolean> => {
      if (this.isDiskWell) this.#changes.apply([change]);
      return this.isDiskWell;
    },
    removeDeliveries: (webhookId: string): void => {
      while (!this.#changes.removeSome(webhookId));
    },
    pruneDeliveries: (webhookId: string, beforeRisingMs: number): void => {
      while (!this.#changes.pruneSome(webhookId, beforeRisingMs));
    },
  };

  async #send(request: WebhookRequest): Promise<DeliveryAttempt> {
    this.sent.push(request);
    const atMs = this.#nowMs;
    const answered = await this.answer(request);
    const durationMs = this.#nowMs - atMs;
    if (typeof answered === "string") return { atMs, status: null, durationMs, answer: answered };
    const [status, answer = ""] = answered;
    return { atMs, status, durationMs, answer };
  }

  #sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => {
      this.#sleepers.delete(sleeper);
      resolve();
    };
    const sleeper = { wakesAtMs: this.#nowMs + milliseconds, wake };
    if (signal.aborted) return Promise.resolve();
    this.#sleepers.add(sleeper);
    signal.addEventListener("abort", wake, { once: true });
    return promise;
  }
}

/** The rising time is not the date, and nobody may take one for the other. */
const RISING_BEHIND_MS = 1_000_000_000;

/** What follows from what happened has happened: nothing here waits for more than promises. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

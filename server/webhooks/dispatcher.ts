// Every webhook has a courier of its own, so that one that hangs holds up no other; what is old goes.

import type { DeliveryStore, NewDelivery } from "#server/store/delivery-store.ts";
import type { StatisticsWriter } from "#server/store/statistics-writer.ts";
import { Courier, type CourierOptions } from "./courier.ts";
import type { WebhookRegistry } from "./webhook-registry.ts";

export interface DispatcherOptions extends Omit<CourierOptions, "share"> {
  readonly registry: Pick<WebhookRegistry, "find" | "update" | "ids" | "size">;
  readonly deliveries: Pick<DeliveryStore, "upcoming" | "webhookIds">;
  readonly writer: Pick<StatisticsWriter, "changeDelivery" | "removeDeliveries" | "pruneDeliveries">;
}

/** Bun makes 256 requests at once, and lets the others wait for these. */
const MAX_REQUESTS = 200;

/** A webhook that answers at once needs no more to be told a thousand events a second. */
const MAX_REQUESTS_EACH = 32;

/** At the end of the process what is on its way gets this long. */
const STOP_MS = 1000;

/** How long what was sent can be looked up. */
const KEPT_MS = 30 * 86_400_000;

/** How often what is old is looked for. */
const PRUNE_MS = 600_000;

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #couriers = new Map<string, Courier>();
  readonly #ending = new AbortController();

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Goes on with what waits, and removes what a process that ended too early has left of deleted webhooks. */
  async start(): Promise<void> {
    const { registry, deliveries, writer } = this.#options;
    for (const id of await deliveries.webhookIds()) {
      if (registry.find(id) === null) writer.removeDeliveries(id);
    }
    for (const id of registry.ids) this.wake(id);
    void this.#prune(); // It does not reject.
  }

  /** These are on the disk now. */
  stored(deliveries: readonly NewDelivery[]): void {
    for (const { webhookId } of deliveries) this.wake(webhookId);
  }

  /** There may be something to send to it. */
  wake(webhookId: string): void {
    if (this.#ending.signal.aborted || this.#options.registry.find(webhookId) === null) return;
    const courier = this.#couriers.get(webhookId) ?? this.#newCourier(webhookId);
    courier.wake();
  }

  /** The webhook is gone: nothing more is sent, and its deliveries go. */
  removed(webhookId: string): void {
    void this.#couriers.get(webhookId)?.stop(0); // It does not reject, and nobody waits.
    this.#couriers.delete(webhookId);
    this.#options.writer.removeDeliveries(webhookId);
  }

  /** Nothing more is begun; what is on its way has a second, and is sent again by the next process if that was too short. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await Promise.all([...this.#couriers.values()].map((courier) => courier.stop(STOP_MS)));
  }

  #newCourier(webhookId: string): Courier {
    const { registry } = this.#options;
    const share = () =>
      Math.max(1, Math.min(MAX_REQUESTS_EACH, Math.floor(MAX_REQUESTS / Math.max(1, registry.size))));
    const courier = new Courier(webhookId, { ...this.#options, share });
    this.#couriers.set(webhookId, courier);
    return courier;
  }

  async #prune(): Promise<void> {
    const { registry, writer, risingMs, delay } = this.#options;
    const { signal } = this.#ending;
    while (!signal.aborted) {
      for (const id of registry.ids) writer.pruneDeliveries(id, risingMs() - KEPT_MS);
      await delay(PRUNE_MS, signal);
    }
  }
}

// Everything about webhooks, joined: who is told, what they are told, and the calls about it.

import type { Clock } from "#server/common/clock.ts";
import type { Delay } from "#server/common/delay.ts";
import type { Log } from "#server/common/log.ts";
import type { DeliveryStore } from "#server/store/delivery-store.ts";
import type { StatisticsWriter } from "#server/store/statistics-writer.ts";
import type { WebhookStore } from "#server/store/webhook-store.ts";
import { Dispatcher } from "./dispatcher.ts";
import { addressesOf, Sender } from "./sender.ts";
import { WebhookRegistry } from "./webhook-registry.ts";
import { WebhookService } from "./webhook-service.ts";

export interface WebhooksOptions {
  readonly store: WebhookStore;
  readonly deliveries: DeliveryStore;
  readonly writer: Pick<StatisticsWriter, "changeDelivery" | "removeDeliveries" | "pruneDeliveries">;
  /** Loopback, link-local and private addresses may be asked. */
  readonly isPrivateAllowed: boolean;
  readonly clock: Pick<Clock, "monotonicMs" | "dateMs">;
  /** Never goes back, not even across a restart. */
  readonly risingMs: () => number;
  readonly delay: Delay;
  readonly log: Log;
}

export interface Webhooks {
  readonly registry: WebhookRegistry;
  readonly dispatcher: Dispatcher;
  readonly service: WebhookService;
}

/** Nothing is sent before the dispatcher is started. */
export async function openWebhooks(options: WebhooksOptions): Promise<Webhooks> {
  const { store, deliveries, writer, isPrivateAllowed, clock, risingMs, delay, log } = options;
  const [dateMs, monotonicMs] = [() => clock.dateMs(), () => clock.monotonicMs()];
  const registry = await WebhookRegistry.load({ store, dateMs, risingMs });
  const sender = new Sender({ isPrivateAllowed, dateMs, monotonicMs, delay, resolve: addressesOf });
  const dispatcher = new Dispatcher({ registry, deliveries, writer, sender, risingMs, delay, log });
  const service = new WebhookService({
    ...{ registry, dispatcher, store, deliveries, writer, isPrivateAllowed, dateMs, risingMs, delay },
  });
  return { registry, dispatcher, service };
}

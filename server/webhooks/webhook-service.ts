// What can be done with webhooks, and with what was sent to them.

import { WEBHOOK_TEST_TYPE } from "#openapi/names.ts";
import type { Delay } from "#server/common/delay.ts";
import { UnavailableError } from "#server/common/unavailable-error.ts";
import type { DeliveryChange, DeliveryStore } from "#server/store/delivery-store.ts";
import { DISK_TROUBLES } from "#server/store/disk-trouble.ts";
import type { Page, PageRequest } from "#server/store/page.ts";
import type { StatisticsWriter } from "#server/store/statistics-writer.ts";
import type {
  WebhookChange,
  WebhookRow,
  WebhookSortField,
  WebhookStore,
} from "#server/store/webhook-store.ts";
import { privateHost } from "./address-check.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { testBody } from "./webhook-event.ts";
import type { WebhookRegistry } from "./webhook-registry.ts";
import { newWebhookSecret } from "./webhook-secret.ts";
import { type DeliveryView, deliveryView, type WebhookView, webhookView } from "./webhook-view.ts";

export interface WebhookServiceOptions {
  readonly registry: WebhookRegistry;
  readonly dispatcher: Pick<Dispatcher, "wake" | "removed">;
  readonly store: Pick<WebhookStore, "list">;
  readonly deliveries: Pick<DeliveryStore, "page" | "find">;
  readonly writer: Pick<StatisticsWriter, "changeDelivery">;
  /** Loopback, link-local and private addresses may be asked. */
  readonly isPrivateAllowed: boolean;
  readonly dateMs: () => number;
  /** Never goes back, not even across a restart. */
  readonly risingMs: () => number;
  readonly delay: Delay;
}

export interface WebhookChoice {
  readonly url: string;
  readonly events: WebhookRow["events"];
  readonly description: string | null;
  readonly active: boolean;
}

export interface WebhookRefused {
  readonly ok: false;
  readonly refusal:
    | { readonly code: "not_found" | "webhook_inactive" | "too_many_webhooks" }
    | { readonly code: "validation_failed"; readonly fields: Readonly<Record<string, string>> };
}

export type WebhookResult = { readonly ok: true; readonly webhook: WebhookView } | WebhookRefused;
export type DeliveryResult = { readonly ok: true; readonly delivery: DeliveryView } | WebhookRefused;

/** A caller who waits for the disk waits this long. */
const WRITE_MS = 3000;

export class WebhookService {
  readonly #options: WebhookServiceOptions;

  constructor(options: WebhookServiceOptions) {
    this.#options = options;
  }

  async list(request: PageRequest<WebhookSortField>): Promise<Page<WebhookView>> {
    const { items, total } = await this.#options.store.list(request);
    return { items: items.map(webhookView), total };
  }

  /** Null when there is no such webhook. */
  get(id: string): WebhookView | null {
    const row = this.#options.registry.find(id);
    return row === null ? null : webhookView(row);
  }

  async create({ active: isActive, ...wanted }: WebhookChoice): Promise<WebhookResult> {
    const wrong = this.#wrongAddress(wanted.url);
    if (wrong !== null) return wrong;
    const { registry, dateMs } = this.#options;
    const [atMs, secret] = [dateMs(), newWebhookSecret()];
    const id = Bun.randomUUIDv7("hex", atMs);
    const row = { id, ...wanted, isActive, secret, createdAtMs: atMs, updatedAtMs: atMs };
    if (!(await registry.insert(row))) return refused({ code: "too_many_webhooks" });
    return { ok: true, webhook: { ...webhookView(row), secret } };
  }

  async update(id: string, change: Partial<WebhookChoice>): Promise<WebhookResult> {
    const { active: isActive, ...others } = change;
    const wrong = change.url === undefined ? null : this.#wrongAddress(change.url);
    if (wrong !== null && this.#options.registry.find(id) !== null) return wrong;
    return this.#change(id, isActive === undefined ? others : { ...others, isActive });
  }

  async rotateSecret(id: string): Promise<WebhookResult> {
    const secret = newWebhookSecret();
    const result = await this.#change(id, { secret });
    return result.ok ? { ok: true, webhook: { ...result.webhook, secret } } : result;
  }

  /** False when there is no such webhook. Its deliveries go with it. */
  async delete(id: string): Promise<boolean> {
    const isDeleted = await this.#options.registry.delete(id);
    if (isDeleted) this.#options.dispatcher.removed(id);
    return isDeleted;
  }

  /** Newest first; null when there is no such webhook. */
  async deliveries(
    id: string,
    request: { page: number; perpage: number },
  ): Promise<Page<DeliveryView> | null> {
    const { registry, deliveries } = this.#options;
    if (registry.find(id) === null) return null;
    const { items, total } = await deliveries.page(id, request);
    return { items: items.map((each) => this.#deliveryView(each)), total };
  }

  /** Throws an {@link UnavailableError} where the disk does not take it. */
  async test(id: string): Promise<DeliveryResult> {
    const refusal = this.#refusalOf(id);
    if (refusal !== null) return refusal;
    const { dateMs, risingMs } = this.#options;
    const [atMs, now] = [dateMs(), risingMs()];
    const [deliveryId, eventId] = [Bun.randomUUIDv7("hex", atMs), Bun.randomUUIDv7("hex", atMs)];
    const delivery = {
      ...{ id: deliveryId, webhookId: id, eventId, lane: deliveryId, type: WEBHOOK_TEST_TYPE },
      ...{ body: testBody(eventId, atMs), createdAtMs: atMs, risingMs: now },
    };
    return this.#write(id, deliveryId, { type: "append", delivery });
  }

  /** Throws an {@link UnavailableError} where the disk does not take it. */
  async redeliver(id: string, deliveryId: string): Promise<DeliveryResult> {
    const { deliveries, risingMs } = this.#options;
    const refusal = this.#refusalOf(id);
    if (refusal !== null) return refusal;
    if ((await deliveries.find(id, deliveryId)) === null) return refused({ code: "not_found" });
    return this.#write(id, deliveryId, { type: "redeliver", id: deliveryId, risingMs: risingMs() });
  }

  async #change(id: string, change: WebhookChange): Promise<WebhookResult> {
    const row = await this.#options.registry.update(id, change);
    if (row === null) return refused({ code: "not_found" });
    this.#options.dispatcher.wake(id);
    return { ok: true, webhook: webhookView(row) };
  }

  async #write(id: string, deliveryId: string, change: DeliveryChange): Promise<DeliveryResult> {
    const { writer, dispatcher, deliveries, delay } = this.#options;
    const isOver = new AbortController();
    const patience = delay(WRITE_MS, isOver.signal).then(() => false);
    const isWritten = await Promise.race([writer.changeDelivery(change), patience]);
    isOver.abort();
    if (!isWritten) {
      const reason = `${DISK_TROUBLES.disk_failing}; it may be sent later`;
      throw new UnavailableError("disk_failing", `This cannot be done now: ${reason}.`);
    }
    const delivery = await deliveries.find(id, deliveryId);
    dispatcher.wake(id);
    if (delivery === null) return refused({ code: "not_found" });
    return { ok: true, delivery: this.#deliveryView(delivery) };
  }

  /** What stands in the way of sending it something. */
  #refusalOf(id: string): WebhookRefused | null {
    const row = this.#options.registry.find(id);
    if (row === null) return refused({ code: "not_found" });
    return row.isActive ? null : refused({ code: "webhook_inactive" });
  }

  #wrongAddress(url: string): WebhookRefused | null {
    const problem = this.#options.isPrivateAllowed ? null : privateHost(new URL(url));
    return problem === null ? null : refused({ code: "validation_failed", fields: { url: problem } });
  }

  #deliveryView(delivery: Parameters<typeof deliveryView>[0]): DeliveryView {
    const { dateMs, risingMs } = this.#options;
    const offsetMs = dateMs() - risingMs();
    return deliveryView(delivery, (atRisingMs) => atRisingMs + offsetMs);
  }
}

function refused(refusal: WebhookRefused["refusal"]): WebhookRefused {
  return { ok: false, refusal };
}

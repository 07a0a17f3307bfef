// The webhooks there are, at hand at any moment: each event is addressed before it is stored, and nothing is waited for then.

import { InTurn } from "#server/common/in-turn.ts";
import type { FeedEvent } from "#server/feed/feed-event.ts";
import type { NewDelivery } from "#server/store/delivery-store.ts";
import type { WebhookChange, WebhookRow, WebhookStore } from "#server/store/webhook-store.ts";
import { bodyOf, isSent, isWanted } from "./webhook-event.ts";

export interface WebhookRegistryOptions {
  readonly store: WebhookStore;
  readonly dateMs: () => number;
  /** Never goes back, not even across a restart. */
  readonly risingMs: () => number;
}

/** Each has connections, and a share of what is sent at once. */
const MAX_WEBHOOKS = 100;

export class WebhookRegistry {
  readonly #options: WebhookRegistryOptions;
  readonly #rows: Map<string, WebhookRow>;
  /** Of one webhook one change at a time, so that the row at hand is the last that was stored. */
  readonly #turns = new InTurn();
  /** Places of those that are being stored. */
  #coming = 0;

  /** `rows`: those of the store. */
  constructor(options: WebhookRegistryOptions, rows: readonly WebhookRow[]) {
    this.#options = options;
    this.#rows = new Map(rows.map((row) => [row.id, row]));
  }

  static async load(options: WebhookRegistryOptions): Promise<WebhookRegistry> {
    return new WebhookRegistry(options, await options.store.all());
  }

  get ids(): readonly string[] {
    return [...this.#rows.keys()];
  }

  get size(): number {
    return this.#rows.size;
  }

  find(id: string): WebhookRow | null {
    return this.#rows.get(id) ?? null;
  }

  /** What is to be sent of an event, to each webhook that is on and wants it. */
  deliveriesOf(event: FeedEvent): readonly NewDelivery[] {
    const { type, livestreamId } = event;
    if (this.#rows.size === 0 || !isSent(type)) return [];
    const wanting = [...this.#rows.values()].filter((row) => row.isActive && isWanted(type, row.events));
    if (wanting.length === 0) return [];
    const body = bodyOf(event);
    const risingMs = this.#options.risingMs();
    return wanting.map(({ id: webhookId }) => ({
      ...{ id: Bun.randomUUIDv7("hex", event.atMs), webhookId, eventId: event.id },
      ...{ lane: livestreamId, type, body, createdAtMs: event.atMs, risingMs },
    }));
  }

  /** False where there are as many as there may be. */
  async insert(row: WebhookRow): Promise<boolean> {
    if (this.#rows.size + this.#coming >= MAX_WEBHOOKS) return false;
    this.#coming += 1;
    try {
      await this.#options.store.insert(row);
      this.#rows.set(row.id, row);
    } finally {
      this.#coming -= 1;
    }
    return true;
  }

  /** Null when there is no such webhook. */
  update(id: string, change: WebhookChange): Promise<WebhookRow | null> {
    return this.#turns.run(id, async () => {
      const row = await this.#options.store.update(id, change, this.#options.dateMs());
      if (row !== null) this.#rows.set(id, row);
      return row;
    });
  }

  /** False when there is no such webhook. */
  delete(id: string): Promise<boolean> {
    return this.#turns.run(id, async () => {
      const isDeleted = await this.#options.store.delete(id);
      this.#rows.delete(id);
      return isDeleted;
    });
  }
}

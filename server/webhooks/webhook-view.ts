// Webhooks and deliveries as the contract shows them.

import type { EVERY_EVENT, WebhookEventType } from "#openapi/names.ts";
import type { DeliveryState, StoredDelivery } from "#server/store/delivery-store.ts";
import type { WebhookRow } from "#server/store/webhook-store.ts";

export interface WebhookView {
  readonly id: string;
  readonly url: string;
  readonly events: (typeof EVERY_EVENT | WebhookEventType)[];
  readonly description: string | null;
  readonly active: boolean;
  /** In the answers to its creation and its rotation only. */
  readonly secret?: string;
  readonly createdAtUtc: string;
  readonly updatedAtUtc: string;
}

export interface DeliveryView {
  readonly id: string;
  readonly eventId: string;
  readonly type: string;
  readonly state: DeliveryState;
  readonly attempts: { atUtc: string; status: number | null; durationMs: number; answer: string | null }[];
  readonly nextAttemptAtUtc: string | null;
  readonly createdAtUtc: string;
}

/** Without its secret. */
export function webhookView(row: WebhookRow): WebhookView {
  return {
    id: row.id,
    url: row.url,
    events: [...row.events],
    description: row.description,
    active: row.isActive,
    createdAtUtc: utc(row.createdAtMs),
    updatedAtUtc: utc(row.updatedAtMs),
  };
}

/** `dateOf`: the date of a moment of the rising time. */
export function deliveryView(
  { id, eventId, type, state, attempts, nextAttemptRisingMs, createdAtMs }: StoredDelivery,
  dateOf: (risingMs: number) => number,
): DeliveryView {
  return {
    ...{ id, eventId, type, state },
    attempts: attempts.map(({ atMs, ...attempt }) => ({ atUtc: utc(atMs), ...attempt })),
    nextAttemptAtUtc: nextAttemptRisingMs === null ? null : utc(dateOf(nextAttemptRisingMs)),
    createdAtUtc: utc(createdAtMs),
  };
}

function utc(atMs: number): string {
  return new Date(atMs).toISOString();
}

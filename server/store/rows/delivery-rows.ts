// A delivery as it is stored: which column each member of its row is, the row again, and how much is kept.

import type { DeliveryChange, StoredDelivery, UpcomingDelivery } from "#server/store/delivery-store.ts";
import { selected } from "./columns.ts";

/** Attempts that a delivery remembers: eight come by themselves, the others by somebody's asking. */
export const MAX_ATTEMPTS = 50;

/** Of a webhook that is away for long, or told very much: some 600 MB. The oldest go first, sent or not. */
export const MAX_KEPT = 1_000_000;

/** How many deliveries one transaction removes: a few milliseconds' worth. */
export const REMOVED_AT_ONCE = 1000;

export type Change<Type extends DeliveryChange["type"]> = Extract<DeliveryChange, { type: Type }>;

/** Where a delivery waits for its turn. */
export interface Place {
  readonly webhookId: string;
  readonly lane: string;
}

export type DeliveryRow = Omit<StoredDelivery, "attempts"> & { readonly attempts: string };

/** Member of the row → column. */
const COLUMNS = {
  id: "id",
  eventId: "event_id",
  type: "type",
  state: "state",
  attempts: "attempts",
  nextAttemptRisingMs: "next_attempt_rising_ms",
  createdAtMs: "created_at_ms",
} as const satisfies Record<keyof StoredDelivery, string>;

const UPCOMING_COLUMNS = {
  id: "id",
  eventId: "event_id",
  type: "type",
  body: "body",
  failures: "failures",
  nextAttemptRisingMs: "next_attempt_rising_ms",
} as const satisfies Record<keyof UpcomingDelivery, string>;

export const SELECT_DELIVERIES = `SELECT ${selected(COLUMNS)} FROM webhook_deliveries`;

/** With `$webhookId` and `$limit`. */
export const SELECT_UPCOMING = `SELECT ${selected(UPCOMING_COLUMNS)} FROM webhook_deliveries
  WHERE webhook_id = $webhookId AND next_attempt_rising_ms IS NOT NULL
  ORDER BY next_attempt_rising_ms, number LIMIT $limit`;

export function storedDelivery({ attempts, ...row }: DeliveryRow): StoredDelivery {
  return { ...row, attempts: JSON.parse(attempts) };
}

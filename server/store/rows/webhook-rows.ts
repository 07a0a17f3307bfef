// A webhook as it is stored: which column each member of its row is, and the row again.

import type { WebhookChange, WebhookRow } from "#server/store/webhook-store.ts";
import { selected } from "./columns.ts";

export type StoredWebhook = Omit<WebhookRow, "events" | "isActive"> & {
  readonly events: string;
  readonly isActive: number;
};

/** Member of the row → column. */
export const WEBHOOK_COLUMNS = {
  id: "id",
  url: "url",
  events: "events",
  description: "description",
  isActive: "is_active",
  secret: "secret",
  createdAtMs: "created_at_ms",
  updatedAtMs: "updated_at_ms",
} as const satisfies Record<keyof WebhookRow, string>;

export const SELECTED_WEBHOOK = selected(WEBHOOK_COLUMNS);

export function webhookRow({ events, isActive, ...row }: StoredWebhook): WebhookRow {
  return { ...row, events: JSON.parse(events), isActive: isActive === 1 };
}

/** What is written of a change, or of the whole row. */
export function webhookValues<Row extends WebhookChange>({ events, ...others }: Row) {
  return events === undefined ? others : { ...others, events: JSON.stringify(events) };
}

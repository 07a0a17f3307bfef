// Webhooks as they are stored: where events are sent to, and what they are signed with.

import type { EVERY_EVENT, WebhookEventType } from "#openapi/names.ts";
import type { Page, PageRequest } from "./page.ts";

export interface WebhookRow {
  readonly id: string;
  readonly url: string;
  /** Types of events, or `*` alone. */
  readonly events: readonly (typeof EVERY_EVENT | WebhookEventType)[];
  readonly description: string | null;
  readonly isActive: boolean;
  /** It signs, so that it cannot be kept as a hash. */
  readonly secret: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export type WebhookSortField = "url" | "createdAtUtc" | "updatedAtUtc";

export type WebhookChange = Partial<
  Pick<WebhookRow, "url" | "events" | "description" | "isActive" | "secret">
>;

export interface WebhookStore {
  insert(row: WebhookRow): Promise<void>;

  list(request: PageRequest<WebhookSortField>): Promise<Page<WebhookRow>>;

  /** Oldest first. */
  all(): Promise<readonly WebhookRow[]>;

  /** The row as it is then; null when there is no such webhook. */
  update(id: string, change: WebhookChange, atMs: number): Promise<WebhookRow | null>;

  /** False when there is no such webhook. */
  delete(id: string): Promise<boolean>;
}

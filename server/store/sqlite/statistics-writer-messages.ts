// What the statistics writer and its worker say to each other: one command at a time, each with one answer.

import type { DeliveryChange, NewDelivery } from "#server/store/delivery-store.ts";
import type { StoredEvent } from "#server/store/event-store.ts";
import type { NewSample } from "#server/store/sample-store.ts";

export type WriterCommand =
  | { readonly type: "open"; readonly file: string }
  | {
      readonly type: "append-events";
      readonly events: readonly StoredEvent[];
      readonly deliveries: readonly NewDelivery[];
    }
  | { readonly type: "change-deliveries"; readonly changes: readonly DeliveryChange[] }
  | { readonly type: "append-samples"; readonly samples: readonly NewSample[] }
  | { readonly type: "remove-some"; readonly livestreamId: string }
  | { readonly type: "remove-some-deliveries"; readonly webhookId: string }
  | { readonly type: "prune-some-deliveries"; readonly webhookId: string; readonly beforeRisingMs: number }
  | { readonly type: "close" };

/** `isThrough`: there is nothing left to remove. */
export type WriterAnswer =
  | { readonly type: "done"; readonly isThrough: boolean }
  | { readonly type: "failed"; readonly message: string };

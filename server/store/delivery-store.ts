// What is sent to webhooks, and what became of it; the statistics writer writes it.
//
// What shares a lane is sent one after another, in the order in which it happened: a delivery waits until the one before it is
// delivered or has failed. Times named `rising` are of the time that never goes back.

import type { Page } from "./page.ts";

export type DeliveryState = "pending" | "delivered" | "failed";

export interface DeliveryAttempt {
  readonly atMs: number;
  /** Of HTTP; null where there was no answer. */
  readonly status: number | null;
  readonly durationMs: number;
  /** What came with the status; without one, a sentence that says why. */
  readonly answer: string | null;
}

export interface NewDelivery {
  /** UUIDv7; no other delivery has it. */
  readonly id: string;
  readonly webhookId: string;
  readonly eventId: string;
  /** The livestream's id; its own where it waits for nothing and nothing waits for it. */
  readonly lane: string;
  readonly type: string;
  /** JSON, as it is sent. */
  readonly body: string;
  readonly createdAtMs: number;
  readonly risingMs: number;
}

export interface StoredDelivery {
  readonly id: string;
  readonly eventId: string;
  readonly type: string;
  readonly state: DeliveryState;
  /** Oldest first. */
  readonly attempts: readonly DeliveryAttempt[];
  /** Null where there is none, and while it waits behind another of its lane. */
  readonly nextAttemptRisingMs: number | null;
  readonly createdAtMs: number;
}

/** The first of its lane that is pending. */
export interface UpcomingDelivery {
  readonly id: string;
  readonly eventId: string;
  readonly type: string;
  readonly body: string;
  /** Attempts that failed since it was made, or asked for once more. */
  readonly failures: number;
  readonly nextAttemptRisingMs: number;
}

/** What is changed of deliveries. One that is not there any more is left alone. */
export type DeliveryChange =
  | { readonly type: "append"; readonly delivery: NewDelivery }
  /** `nextAttemptRisingMs`: null unless it stays pending. */
  | {
      readonly type: "attempted";
      readonly id: string;
      readonly attempt: DeliveryAttempt;
      readonly state: DeliveryState;
      readonly nextAttemptRisingMs: number | null;
      readonly risingMs: number;
    }
  /**
   * It is sent at once, its failures forgotten: one that is pending keeps its turn, so that the first of its lane is; any
   * other leaves its lane.
   */
  | { readonly type: "redeliver"; readonly id: string; readonly risingMs: number };

export interface DeliveryStore {
  /** Newest first, at the same cost whatever their number. */
  page(webhookId: string, request: { page: number; perpage: number }): Promise<Page<StoredDelivery>>;

  /** Null when the webhook has no such delivery. */
  find(webhookId: string, id: string): Promise<StoredDelivery | null>;

  /** The first of each lane, in the order of their next attempts. */
  upcoming(webhookId: string, limit: number): Promise<readonly UpcomingDelivery[]>;

  /** Whose deliveries there are. */
  webhookIds(): Promise<readonly string[]>;
}

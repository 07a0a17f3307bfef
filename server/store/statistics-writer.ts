// Samples, events and what is sent of them on their way to the store: whoever hands them over never waits.

import type { DeliveryChange, NewDelivery } from "./delivery-store.ts";
import type { StoredEvent } from "./event-store.ts";
import type { RowFigures } from "./row-queue.ts";
import type { NewSample } from "./sample-store.ts";

export interface StatisticsWriterFigures {
  readonly samples: RowFigures;
  readonly events: RowFigures;
}

export interface StatisticsWriter {
  readonly figures: StatisticsWriterFigures;

  /** Samples of one series are given in the order of their times. */
  writeSamples(samples: readonly NewSample[]): void;

  /**
   * Events are written, and `onWritten` is called for each, in the order in which they are given. `deliveries`: what is sent of
   * it, written with it: neither is there without the other.
   */
  writeEvent(event: StoredEvent, onWritten: () => void, deliveries?: readonly NewDelivery[]): void;

  /** Resolves once it is written, in the order in which they are given; false where too many wait already. */
  changeDelivery(change: DeliveryChange): Promise<boolean>;

  /** All deliveries of the webhook go, a little at a time; none may be given after this. */
  removeDeliveries(webhookId: string): void;

  /** Deliveries that were made and attempted last before then go, a little at a time. */
  pruneDeliveries(webhookId: string, beforeRisingMs: number): void;

  /**
   * All samples and events of the livestream go, a little at a time; none of it may be given after this. What is sent of them
   * stays.
   */
  remove(livestreamId: string): void;
}

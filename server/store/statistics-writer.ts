// Samples and events on their way to the store: whoever hands them over never waits.

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

  /** Events are written, and `onWritten` is called for each, in the order in which they are given. */
  writeEvent(event: StoredEvent, onWritten: () => void): void;

  /** All rows of the livestream go, a little at a time; none of it may be given after this. */
  remove(livestreamId: string): void;
}

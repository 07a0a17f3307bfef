// What happened to livestreams, as it is read; the statistics writer writes it.

import type { InstanceName } from "#openapi/names.ts";
import type { Page } from "./page.ts";

/** One thing that happened. */
export interface StoredEvent {
  /** UUIDv7; no other event has it. */
  readonly id: string;
  readonly livestreamId: string;
  readonly atMs: number;
  readonly type: string;
  /** The instance it happened to, null when it is of the whole livestream. */
  readonly instance: InstanceName | null;
  /** Where in the recording it happened, null when there was none. */
  readonly positionSeconds: number | null;
  /** What its type has to say, as JSON can hold it. */
  readonly data: object;
}

export interface EventStore {
  /** The events of a livestream, newest first, at the same cost whatever their number. */
  page(livestreamId: string, request: { page: number; perpage: number }): Promise<Page<StoredEvent>>;

  /** Whose events there are. */
  livestreamIds(): Promise<readonly string[]>;
}

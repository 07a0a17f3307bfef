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

/** A page of a livestream's events; a filter that is left out, or null, leaves out none. */
export interface EventPageRequest {
  /** 0-based. */
  readonly page: number;
  readonly perpage: number;
  /** Only those of one of these types. */
  readonly types?: readonly string[] | null;
  /** Only those of this instance. */
  readonly instance?: InstanceName | null;
}

export interface EventStore {
  /** Newest first; without a filter at the same cost whatever their number. */
  page(livestreamId: string, request: EventPageRequest): Promise<Page<StoredEvent>>;

  /** Whose events there are. */
  livestreamIds(): Promise<readonly string[]>;
}

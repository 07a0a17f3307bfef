// The timeline of a livestream as the contract has it: what the feed stored of it, newest first, a page at a time.

import type { InstanceName } from "#openapi/names.ts";
import type { EventPageRequest, EventStore, StoredEvent } from "#server/store/event-store.ts";
import type { LivestreamStore } from "#server/store/livestream-store.ts";
import type { Page } from "#server/store/page.ts";
import { timelineMessage } from "./timeline-message.ts";
import { utc } from "./utc.ts";

export interface TimelineEntryView {
  readonly id: string;
  readonly atUtc: string;
  readonly type: string;
  readonly instance: InstanceName | null;
  readonly positionSeconds: number | null;
  readonly message: string;
  readonly data: Record<string, unknown>;
}

export interface LivestreamTimelineOptions {
  readonly events: Pick<EventStore, "page">;
  readonly livestreams: Pick<LivestreamStore, "status">;
}

export class LivestreamTimeline {
  readonly #options: LivestreamTimelineOptions;

  constructor(options: LivestreamTimelineOptions) {
    this.#options = options;
  }

  /** Null when there is no such livestream. */
  async page(livestreamId: string, request: EventPageRequest): Promise<Page<TimelineEntryView> | null> {
    const { events, livestreams } = this.#options;
    if ((await livestreams.status(livestreamId)) === null) return null;
    const { items, total } = await events.page(livestreamId, request);
    return { items: items.map(entryView), total };
  }
}

function entryView(event: StoredEvent): TimelineEntryView {
  const { id, atMs, type, instance, positionSeconds, data } = event;
  const message = timelineMessage(event);
  return { id, atUtc: utc(atMs), type, instance, positionSeconds, message, data: { ...data } };
}

// A feed that stores nothing and tells at once; what was emitted can be looked at.

import type { FeedEvent, Happening } from "#server/feed/feed-event.ts";

export class FakeFeed {
  readonly events: FeedEvent[] = [];
  /** Livestreams of which nothing runs any more. */
  readonly forgotten: string[] = [];
  readonly #listeners: ((event: FeedEvent) => void)[] = [];

  emit(happening: Happening): void {
    const event = feedEvent(happening, this.events.length);
    this.events.push(event);
    for (const listener of this.#listeners) listener(event);
  }

  forget(livestreamId: string): void {
    this.forgotten.push(livestreamId);
  }

  subscribe(listener: (event: FeedEvent) => void): void {
    this.#listeners.push(listener);
  }

  /** What happened to a livestream, in order. */
  typesOf(livestreamId: string): string[] {
    return this.events.filter((event) => event.livestreamId === livestreamId).map(({ type }) => type);
  }
}

export function feedEvent(happening: Happening, atMs = 0): FeedEvent {
  return { instance: null, positionSeconds: null, ...happening, id: Bun.randomUUIDv7(), atMs };
}

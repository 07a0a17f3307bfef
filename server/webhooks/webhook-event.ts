// What webhooks are told of an event: which types go out, and the body that is sent.

import {
  EVERY_EVENT,
  WEBHOOK_EVENT_TYPES,
  WEBHOOK_TEST_TYPE,
  type WebhookEventType,
} from "#openapi/names.ts";
import type { FeedEvent } from "#server/feed/feed-event.ts";

const TYPES: ReadonlySet<string> = new Set(WEBHOOK_EVENT_TYPES);

/** The feed tells more than what goes out. */
export function isSent(type: string): type is WebhookEventType {
  return TYPES.has(type);
}

export function isWanted(type: string, events: readonly string[]): boolean {
  return events.includes(EVERY_EVENT) || events.includes(type);
}

/** JSON. An instance that it happened to is in `data`. */
export function bodyOf({ id, type, atMs, livestreamId, instance, data }: FeedEvent): string {
  const mediaId = "mediaId" in data ? data.mediaId : null;
  const told = instance === null ? data : { instance, ...data };
  return JSON.stringify({ id, type, atUtc: utc(atMs), livestreamId, mediaId, data: told });
}

export function testBody(id: string, atMs: number): string {
  return JSON.stringify({
    ...{ id, type: WEBHOOK_TEST_TYPE, atUtc: utc(atMs) },
    ...{ livestreamId: null, mediaId: null, data: {} },
  });
}

function utc(atMs: number): string {
  return new Date(atMs).toISOString();
}

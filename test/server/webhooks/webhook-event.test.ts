import { expect, test } from "bun:test";
import { WEBHOOK_EVENT_TYPES } from "#openapi/names.ts";
import type { FeedEvent } from "#server/feed/feed-event.ts";
import { bodyOf, isSent, isWanted, testBody } from "#server/webhooks/webhook-event.ts";

const common = {
  id: "0190a5d0-0000-7000-8000-000000000001",
  atMs: Date.UTC(2026, 0, 31, 18),
  livestreamId: "show",
  positionSeconds: 12,
};

test("the body says what happened, when, and to what", () => {
  const event: FeedEvent = { ...common, type: "livestream.created", instance: null, data: { name: "Derby" } };
  expect(JSON.parse(bodyOf(event))).toEqual({
    id: common.id,
    type: "livestream.created",
    atUtc: "2026-01-31T18:00:00.000Z",
    livestreamId: "show",
    mediaId: null,
    data: { name: "Derby" },
  });
});

test("the asset it is about stands beside the livestream, and the instance in the data", () => {
  const made: FeedEvent = { ...common, type: "media.created", instance: null, data: { mediaId: "film" } };
  expect(JSON.parse(bodyOf(made))).toMatchObject({ mediaId: "film", data: { mediaId: "film" } });
  const left: FeedEvent = {
    ...common,
    type: "ingest.inactive",
    instance: "secondary",
    data: { cause: "silent" },
  };
  expect(JSON.parse(bodyOf(left)).data).toEqual({ instance: "secondary", cause: "silent" });
});

test("what the contract lists goes out, and nothing else that the feed may tell", () => {
  expect(WEBHOOK_EVENT_TYPES.filter((type) => !isSent(type))).toEqual([]);
  expect(["input.repairs", "webhook.test", "*", ""].filter(isSent)).toEqual([]);
});

test("a webhook wants the types it names, or all", () => {
  expect(isWanted("livestream.failed", ["livestream.finished", "livestream.failed"])).toBe(true);
  expect(isWanted("livestream.failed", ["livestream.finished"])).toBe(false);
  expect(isWanted("livestream.failed", ["*"])).toBe(true);
});

test("a test is of no livestream", () => {
  expect(JSON.parse(testBody("event", common.atMs))).toEqual({
    ...{ id: "event", type: "webhook.test", atUtc: "2026-01-31T18:00:00.000Z" },
    ...{ livestreamId: null, mediaId: null, data: {} },
  });
});

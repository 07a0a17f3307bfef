import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { renderDocument } from "#openapi/document.ts";
import { ROOT } from "#test/support/imports.ts";

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, object>>;
}

interface Document {
  readonly openapi: string;
  readonly security: unknown;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const text = renderDocument();
const document: Document = JSON.parse(text);
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ call: `${method} ${path}`, ...operation })),
);

test("the committed document is this one; `bun server/main.ts openapi >openapi/openapi.json` makes it so", async () => {
  expect(await Bun.file(join(ROOT, "openapi/openapi.json")).text()).toBe(text);
});

test("it has the operations of the contract, and no other", () => {
  expect(Object.fromEntries(operations.map(({ operationId, call }) => [operationId, call]))).toEqual({
    listLivestreams: "get /v2/livestreams",
    createLivestream: "post /v2/livestreams",
    startLivestream: "post /v2/livestreams/{id}/start",
    publishLivestream: "post /v2/livestreams/{id}/publish",
    stopLivestream: "post /v2/livestreams/{id}/stop",
    getLivestream: "get /v2/livestreams/{id}",
    updateLivestream: "patch /v2/livestreams/{id}",
    deleteLivestream: "delete /v2/livestreams/{id}",
    getLivestreamStatsOverview: "get /v2/livestreams/{id}/statistics",
    getLivestreamStats: "get /v2/livestreams/{id}/statistics/{instance}",
    getLivestreamThumbnail: "get /v2/livestreams/{id}/thumbnail",
    updateLivestreamThumbnail: "put /v2/livestreams/{id}/thumbnail",
    deleteLivestreamThumbnail: "delete /v2/livestreams/{id}/thumbnail",
    getMediaThumbnail: "get /v2/media/{id}/thumbnail",
    switchLivestream: "post /v2/livestreams/{id}/switch",
    listMedia: "get /v2/media",
    getMedia: "get /v2/media/{id}",
    updateMedia: "patch /v2/media/{id}",
    deleteMedia: "delete /v2/media/{id}",
    recoverMedia: "post /v2/media/{id}/recover",
    createMediaClip: "post /v2/media/{id}/clips",
    createLivestreamClip: "post /v2/livestreams/{id}/clips",
    resetStreamKey: "post /v2/livestreams/{id}/inputs/{instance}/reset-key",
    createPlaybackToken: "post /v2/livestreams/{id}/playback-tokens",
    createMediaPlaybackToken: "post /v2/media/{id}/playback-tokens",
    listTokens: "get /v2/tokens",
    createToken: "post /v2/tokens",
    revokeToken: "delete /v2/tokens/{id}",
    listLivestreamStatsOverviews: "get /v2/statistics",
    streamLivestreamEvents: "get /v2/livestreams/{id}/events",
    listLivestreamTimeline: "get /v2/livestreams/{id}/timeline",
    listWebhooks: "get /v2/webhooks",
    createWebhook: "post /v2/webhooks",
    getWebhook: "get /v2/webhooks/{id}",
    updateWebhook: "patch /v2/webhooks/{id}",
    deleteWebhook: "delete /v2/webhooks/{id}",
    rotateWebhookSecret: "post /v2/webhooks/{id}/rotate-secret",
    listWebhookDeliveries: "get /v2/webhooks/{id}/deliveries",
    redeliverWebhook: "post /v2/webhooks/{id}/deliveries/{deliveryId}/redeliver",
    testWebhook: "post /v2/webhooks/{id}/test",
  });
  expect([document.openapi, document.security]).toEqual(["3.1.0", [{ token: [] }]]);
});

describe.each(operations)("$operationId", ({ call, responses }) => {
  const statuses = Object.keys(responses).map(Number);

  test("says that it may be refused for want of a token, and that the server may fail", () => {
    expect(statuses).toEqual(expect.arrayContaining([401, 500]));
  });

  test("says that what it changes may be forbidden, too large or no JSON", () => {
    const isChange = !call.startsWith("get ");
    for (const status of [413, 415]) expect(statuses.includes(status)).toBe(isChange);
    expect(statuses.includes(403)).toBe(isChange || call.endsWith("/v2/tokens"));
  });

  test("says that what it is about may not be there", () => {
    expect(statuses.includes(404)).toBe(call.includes("{id}"));
  });
});

test("no schema is null for one who uses it and not for another", () => {
  for (const schema of Object.values(document.components.schemas)) {
    expect("type" in schema ? schema.type : null).toBeString();
    expect(schema).not.toHaveProperty("default");
  }
});

test("every text that is sent has a greatest length", () => {
  const { NewLivestream, LivestreamPatch, MediaPatch } = document.components.schemas;
  for (const schema of [NewLivestream, LivestreamPatch, MediaPatch]) {
    expect(schema).toMatchObject({
      properties: { name: { minLength: 1, maxLength: 200 }, description: { maxLength: 5000 } },
    });
  }
});

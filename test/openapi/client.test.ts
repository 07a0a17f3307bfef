import { expect, test } from "bun:test";
import { TandemClient, TandemRefusal } from "#openapi/client.ts";
import { renderDocument } from "#openapi/document.ts";

const { paths }: { paths: Record<string, Record<string, { operationId: string }>> } = JSON.parse(
  renderDocument(),
);
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { operationId }]) => ({ method, path, operationId })),
);

/** Each operation, called with values that show where they end up. */
const CALLS: Record<string, (client: TandemClient) => Promise<unknown>> = {
  listLivestreams: (client) => client.listLivestreams(),
  createLivestream: (client) => client.createLivestream({ name: "Derby" }),
  getLivestream: (client) => client.getLivestream("ID"),
  updateLivestream: (client) => client.updateLivestream("ID", { description: null }),
  deleteLivestream: (client) => client.deleteLivestream("ID"),
  startLivestream: (client) => client.startLivestream("ID"),
  publishLivestream: (client) => client.publishLivestream("ID"),
  switchLivestream: (client) => client.switchLivestream("ID", "secondary"),
  stopLivestream: (client) => client.stopLivestream("ID"),
  getLivestreamStatsOverview: (client) => client.getLivestreamStatsOverview("ID"),
  listLivestreamStatsOverviews: (client) => client.listLivestreamStatsOverviews([]),
  getLivestreamStats: (client) => client.getLivestreamStats("ID", "primary"),
  listLivestreamTimeline: (client) => client.listLivestreamTimeline("ID"),
  streamLivestreamEvents: (client) => Array.fromAsync(client.streamLivestreamEvents("ID")),
  getLivestreamThumbnail: (client) => client.getLivestreamThumbnail("ID"),
  updateLivestreamThumbnail: (client) => client.updateLivestreamThumbnail("ID", new Blob(["picture"])),
  deleteLivestreamThumbnail: (client) => client.deleteLivestreamThumbnail("ID"),
  listMedia: (client) => client.listMedia(),
  getMedia: (client) => client.getMedia("ID"),
  updateMedia: (client) => client.updateMedia("ID", { name: "Final" }),
  deleteMedia: (client) => client.deleteMedia("ID"),
  recoverMedia: (client) => client.recoverMedia("ID"),
  createMediaClip: (client) => client.createMediaClip("ID", { name: "Goal", startSeconds: 1, endSeconds: 2 }),
  createLivestreamClip: (client) =>
    client.createLivestreamClip("ID", {
      ...{ name: "Goal", startAtUtc: "2026-01-31T18:00:00Z", endAtUtc: "2026-01-31T18:00:30Z" },
    }),
  resetStreamKey: (client) => client.resetStreamKey("ID", "primary"),
  createPlaybackToken: (client) => client.createPlaybackToken("ID"),
  createMediaPlaybackToken: (client) => client.createMediaPlaybackToken("ID", { viewerId: "me" }),
  listTokens: (client) => client.listTokens(),
  createToken: (client) => client.createToken({ name: "ci", scope: "read" }),
  revokeToken: (client) => client.revokeToken("ID"),
  getMediaThumbnail: (client) => client.getMediaThumbnail("ID"),
  listWebhooks: (client) => client.listWebhooks(),
  createWebhook: (client) => client.createWebhook({ url: "https://example.com", events: ["*"] }),
  getWebhook: (client) => client.getWebhook("ID"),
  updateWebhook: (client) => client.updateWebhook("ID", { active: false }),
  deleteWebhook: (client) => client.deleteWebhook("ID"),
  rotateWebhookSecret: (client) => client.rotateWebhookSecret("ID"),
  listWebhookDeliveries: (client) => client.listWebhookDeliveries("ID"),
  redeliverWebhook: (client) => client.redeliverWebhook("ID", "DELIVERY"),
  testWebhook: (client) => client.testWebhook("ID"),
};

/** A client whose requests are kept and answered with `answer`. */
function recorded(answer: () => Response = () => Response.json({ status: "success", data: null })) {
  const requests: Request[] = [];
  const client = new TandemClient({
    url: "https://example.com/video/",
    token: "secret",
    fetch: async (request) => {
      requests.push(request);
      return answer();
    },
  });
  return { client, requests };
}

test("it has a method for each operation of the document, and no other", () => {
  const methods = Object.getOwnPropertyNames(TandemClient.prototype).filter((name) => name !== "constructor");
  const expected = operations.map(({ operationId }) => operationId).sort();
  expect(methods.sort()).toEqual(expected);
  expect(Object.keys(CALLS).sort()).toEqual(expected);
});

test.each(operations)("$operationId calls $method $path", async ({ method, path, operationId }) => {
  const { client, requests } = recorded();
  await CALLS[operationId]?.(client);
  const expected = path
    .replace("{id}", "ID")
    .replace("{instance}", "primary")
    .replace("{deliveryId}", "DELIVERY");
  expect(requests.map((request) => [request.method.toLowerCase(), request.url])).toEqual([
    [method, `https://example.com/video${expected}`],
  ]);
  expect(requests[0]?.headers.get("Authorization")).toBe("Bearer secret");
});

test("what is not asked for is not in the query, and values are escaped", async () => {
  const { client, requests } = recorded(() => Response.json({ data: [], pagination: {} }));
  await client.listLivestreams({ page: 2, sort: "name:desc" });
  await client.getLivestream("../media?x");
  await client.deleteMedia("M", { permanent: true });
  await client.listLivestreamTimeline("L", { type: ["playout.switched", "ingest.fault"] });
  await client.listLivestreamStatsOverviews(["one", "two"]);
  expect(requests.map(({ url }) => url.slice("https://example.com/video/v2/".length))).toEqual([
    "livestreams?page=2&sort=name%3Adesc",
    "livestreams/..%2Fmedia%3Fx",
    "media/M?permanent=true",
    "livestreams/L/timeline?type=playout.switched%2Cingest.fault",
    "statistics?ids=one%2Ctwo",
  ]);
});

test("a body is JSON, a picture is itself, a key goes along", async () => {
  const { client, requests } = recorded();
  await client.createLivestream({ name: "Derby", withDvr: true }, { idempotencyKey: "k1" });
  await client.updateLivestreamThumbnail("ID", new Blob(["picture"], { type: "image/png" }));
  await client.startLivestream("ID");
  const [create, upload, start] = requests;
  expect(await create?.json()).toEqual({ name: "Derby", withDvr: true });
  expect(create?.headers.get("Idempotency-Key")).toBe("k1");
  expect([upload?.headers.get("Content-Type"), await upload?.text()]).toEqual(["image/png", "picture"]);
  expect(start?.body ?? null).toBe(null);
});

test("a list is a page of items", async () => {
  const pagination = { page: 0, perpage: 10, total: 1, pageCount: 1 };
  const { client } = recorded(() => Response.json({ status: "success", data: ["one"], pagination }));
  expect<unknown>(await client.listMedia()).toEqual({ items: ["one"], pagination });
});

test("a refusal is thrown with all that it says", async () => {
  const data = { code: "not_started", currentStatus: "created", allowedActions: ["start"] };
  const { client } = recorded(() =>
    Response.json({ status: "fail", message: "It was not started.", data }, { status: 409 }),
  );
  const refusal = await client.publishLivestream("ID").catch((error) => error);
  expect(refusal).toBeInstanceOf(TandemRefusal);
  expect(refusal).toMatchObject({ status: 409, code: "not_started", message: "It was not started.", data });
});

test("an error of the server's, or of a proxy's, is thrown as one", async () => {
  const { client } = recorded(() => new Response("<h1>Bad gateway</h1>", { status: 502 }));
  const refusal = await client.getLivestream("ID").catch((error) => error);
  expect(refusal).toMatchObject({ status: 502, code: "internal_error", data: null });
});

import { describe, expect, test } from "bun:test";
import { createLog } from "#server/common/log.ts";
import { PublicUrls } from "#server/common/public-urls.ts";
import { answerFailure, createApp } from "#server/http/app.ts";
import { LivestreamTimeline } from "#server/livestreams/livestream-timeline.ts";
import { FakeHouse } from "#test/server/livestreams/fake-house.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { FakeStatistics } from "#test/support/fake-statistics.ts";
import { FakeWebhooks } from "#test/support/fake-webhooks.ts";
import { codeOf, emptyPages, FakeApp, READER } from "./fake-app.ts";

test("an app is made of services, stores and what else is open to all", async () => {
  const house = new FakeHouse();
  const statistics = new FakeStatistics();
  const app = createApp({
    livestreams: house.livestreams,
    media: house.mediaService,
    clips: house.clips,
    timeline: new LivestreamTimeline({ events: statistics.stored, livestreams: house.stored }),
    statistics: statistics.routes,
    thumbnails: house.thumbnails,
    playbackTokens: { issue: () => Promise.reject(new Error("nobody asks")) },
    tokens: house.tokens,
    webhooks: new FakeWebhooks().service,
    scopeOf: async (token) => (token === "secret" ? "admin" : null),
    idempotencyKeys: house.idempotencyKeys,
    urls: new PublicUrls({ publicUrl: null, rtmpPublicUrl: null }, { http: 8080, rtmp: 1935 }),
    corsOrigins: "*",
    eventsTold: async () => {},
    risingMs: Date.now,
    dateMs: Date.now,
    log: createLog({ level: "error", write: () => {}, clock: new FakeClock() }),
    readiness: { store: () => null, http: () => null, rtmp: () => null },
    openRoutes: [emptyPages()],
  });
  const list = await app.request("/v2/livestreams", { headers: { Authorization: "Bearer secret" } });
  expect(await list.json()).toEqual({
    status: "success",
    data: [],
    pagination: { page: 0, perpage: 10, total: 0, pageCount: 0 },
  });
  expect((await app.request("/")).headers.get("Content-Type")).toBe("text/html; charset=UTF-8");
});

describe("a token", () => {
  test.each([
    ["none", undefined],
    ["an unknown one", "Bearer nobody"],
    ["another scheme", "Basic YWRtaW46"],
    ["no token after the scheme", "Bearer "],
    ["two of them", "Bearer admin-token admin-token"],
    ["one that is too long", `Bearer ${"a".repeat(5000)}`],
  ])("is needed: %s is 401", async (_, authorization) => {
    const response = await new FakeApp().app.request("/v2/livestreams", {
      headers: authorization === undefined ? {} : { Authorization: authorization },
    });
    expect([response.status, response.headers.get("WWW-Authenticate")]).toEqual([401, "Bearer"]);
    expect(await response.json()).toEqual({
      status: "fail",
      message: "A known API token is needed: Authorization: Bearer <token>.",
      data: { code: "unauthorized" },
    });
  });

  test("is asked for before anything is told of a path", async () => {
    expect((await new FakeApp().call("GET", "/v2/nothing", { token: "nobody" })).status).toBe(401);
  });

  test("is read after its scheme in any case", async () => {
    const headers = { Authorization: "bEARER admin-token" };
    expect((await new FakeApp().call("GET", "/v2/media", { headers })).status).toBe(200);
  });

  test("of scope read may GET and HEAD", async () => {
    const app = new FakeApp();
    const path = `/v2/livestreams/${await app.house.create()}`;
    expect((await app.call("GET", path, { token: READER })).status).toBe(200);
    expect((await app.call("HEAD", path, { token: READER })).status).toBe(200);
  });

  test.each([
    ["POST", ""],
    ["PATCH", "/id"],
    ["DELETE", "/id"],
    ["POST", "/id/start"],
  ])("of scope read may not %s %s", async (method, path) => {
    const app = new FakeApp();
    const id = await app.house.create();
    const answer = await app.call(method, `/v2/livestreams${path.replace("id", id)}`, { token: READER });
    expect([answer.status, codeOf(answer)]).toEqual([403, "forbidden"]);
    expect((await app.house.livestreams.get(id))?.status).toBe("created");
  });
});

describe("what there is not", () => {
  test.each(["/v2/nothing", "/nothing", "/v2/livestreams/", "/v2/livestreams/a/b"])(
    "%s is 404",
    async (path) => {
      const answer = await new FakeApp().call("POST", path, { body: "not JSON" });
      expect([answer.status, codeOf(answer)]).toEqual([404, "not_found"]);
      expect(answer.headers.get("Cache-Control")).toBe("no-store");
    },
  );

  test.each([
    ["PUT", "/v2/livestreams", "GET, HEAD, POST, OPTIONS"],
    ["POST", "/v2/livestreams/a", "GET, HEAD, PATCH, DELETE, OPTIONS"],
    ["GET", "/v2/livestreams/a/stop", "POST, OPTIONS"],
    ["HEAD", "/v2/media/a/recover", "POST, OPTIONS"],
    ["DELETE", "/healthz", "GET, HEAD, OPTIONS"],
    ["POST", "/watch/a", "GET, HEAD, OPTIONS"],
  ])("%s %s is 405, with what there is", async (method, path, allow) => {
    const app = new FakeApp();
    const answer = await app.call(method, path);
    expect([answer.status, answer.headers.get("Allow")]).toEqual([405, allow]);
  });
});

test.each([
  ["/v2/livestreams", 200],
  ["/v2/livestreams/unknown", 404],
  ["/healthz", 200],
  ["/readyz", 200],
  ["/openapi.json", 200],
  ["/docs", 200],
  ["/", 200],
  ["/watch/unknown", 404],
])("HEAD %s is GET without the body, and says how long that is", async (path, status) => {
  const app = new FakeApp();
  await app.house.create();
  const get = await app.app.request(path, { headers: { Authorization: "Bearer admin-token" } });
  const head = await app.call("HEAD", path);
  expect([head.status, head.body]).toEqual([status, null]);
  expect(Number(head.headers.get("Content-Length"))).toBe((await get.bytes()).byteLength);
});

test("answers of the contract are kept by nobody", async () => {
  const { headers } = await new FakeApp().call("GET", "/v2/livestreams");
  expect(headers.get("Cache-Control")).toBe("no-store");
  expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
  expect(headers.get("Content-Security-Policy")).toBe("default-src 'none'; frame-ancestors 'none'");
});

test("what fails is logged by its path, without the folder that only signed playlists tell", () => {
  const app = new FakeApp();
  const folder = "0123456789abcdef0123456789abcdef";
  const request = new Request(`http://localhost/live/a/${folder}/v0/media.m3u8?session=secret&token=secret`);
  answerFailure(new Error("disk on fire"), request, app.log);
  expect(JSON.parse(app.logged[0] ?? "")).toMatchObject({ path: "/live/a/…/v0/media.m3u8" });
  expect(app.logged[0]).not.toContain("secret");
});

test("an error of ours is said without its reason, and logged once with it", async () => {
  const app = new FakeApp();
  const id = await app.house.receiving();
  const failure = Promise.reject(new Error("disk on fire"));
  failure.catch(() => {});
  app.house.playouts.holds.set("publish", failure);
  const answer = await app.call("POST", `/v2/livestreams/${id}/publish`);
  expect([answer.status, answer.body]).toEqual([
    500,
    { status: "error", message: "The server failed to answer this call." },
  ]);
  expect(answer.headers.get("Content-Type")).toBe("application/json");
  expect(answer.headers.get("Cache-Control")).toBe("no-store");
  expect(app.logged).toHaveLength(1);
  expect(JSON.parse(app.logged[0] ?? "")).toMatchObject({
    level: "error",
    event: "http_call_failed",
    method: "POST",
    path: `/v2/livestreams/${id}/publish`,
    message: "Error: disk on fire",
  });
  expect(app.logged[0]).not.toContain("admin-token");
});

test("a change is answered once what happened by it is told; whoever only reads waits for nothing", async () => {
  const app = new FakeApp();
  const created = await app.call("POST", "/v2/livestreams", { body: { name: "Derby" } });
  expect([created.status, app.toldCalls]).toEqual([201, 1]);
  await app.call("GET", "/v2/livestreams");
  expect(app.toldCalls).toBe(1);
});

import { describe, expect, test } from "bun:test";
import { codeOf, FakeApp } from "./fake-app.ts";

const LIMIT = 64 * 1024;

describe("a body", () => {
  test.each([
    ["that is cut off", '{"name":"Show"'],
    ["that is not JSON", "name=Show"],
    ["that is deeper than anybody reads", "[".repeat(60_000)],
    ["with a trailing comma", '{"name":"Show",}'],
    ["of nothing", ""],
  ])("%s is malformed", async (_, body) => {
    const answer = await new FakeApp().call("POST", "/v2/livestreams", { body });
    expect([answer.status, codeOf(answer)]).toEqual([400, "malformed_json"]);
  });

  test("that is not UTF-8 is malformed", async () => {
    const response = await new FakeApp().app.request("/v2/livestreams", {
      method: "POST",
      headers: { Authorization: "Bearer admin-token", "Content-Type": "application/json" },
      body: new Uint8Array([0x22, 0xff, 0x22]),
    });
    expect(response.status).toBe(400);
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp"])(
    "said to be %s is not taken",
    async (type) => {
      const answer = await new FakeApp().call("POST", "/v2/livestreams", {
        body: { name: "Show" },
        headers: { "Content-Type": type },
      });
      expect([answer.status, codeOf(answer)]).toEqual([415, "unsupported_media_type"]);
    },
  );

  test("said to be nothing is not taken", async () => {
    const response = await new FakeApp().app.request("/v2/livestreams", {
      method: "POST",
      headers: { Authorization: "Bearer admin-token" },
      body: new TextEncoder().encode('{"name":"Show"}'),
    });
    expect(response.status).toBe(415);
  });

  test.each(["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"])(
    "said to be %s is taken",
    async (type) => {
      const answer = await new FakeApp().call("POST", "/v2/livestreams", {
        body: { name: "Show" },
        headers: { "Content-Type": type },
      });
      expect(answer.status).toBe(201);
    },
  );

  test("of as many bytes as the limit is read, of one more refused", async () => {
    const app = new FakeApp();
    const ofBytes = (byteLength: number) => `{"name":"Show"${" ".repeat(byteLength - 15)}}`;
    expect((await app.call("POST", "/v2/livestreams", { body: ofBytes(LIMIT) })).status).toBe(201);
    const refused = await app.call("POST", "/v2/livestreams", { body: ofBytes(LIMIT + 1) });
    expect([refused.status, codeOf(refused)]).toEqual([413, "body_too_large"]);
    expect((await app.house.livestreams.list({ page: 0, perpage: 10, sort: null, status: null })).total).toBe(
      1,
    );
  });

  test("without a length is read no further than the limit", async () => {
    let sentBytes = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sentBytes += 1024;
        controller.enqueue(new Uint8Array(1024).fill(0x20));
      },
    });
    const response = await new FakeApp().app.request("/v2/livestreams", {
      method: "POST",
      headers: { Authorization: "Bearer admin-token", "Content-Type": "application/json" },
      body: endless,
    });
    expect(response.status).toBe(413);
    expect(sentBytes).toBeLessThan(2 * LIMIT);
  });

  test("of a caller who goes away in the middle is no error of ours", async () => {
    const app = new FakeApp();
    const cutOff = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"name":'));
        controller.error(new Error("the connection was closed"));
      },
    });
    const response = await app.app.request("/v2/livestreams", {
      method: "POST",
      headers: { Authorization: "Bearer admin-token", "Content-Type": "application/json" },
      body: cutOff,
    });
    expect(response.status).toBe(400);
    expect(app.logged).toEqual([]);
  });

  test("of an action may be missing, whatever it is said to be", async () => {
    const app = new FakeApp();
    for (const headers of [{}, { "Content-Type": "application/json" }, { "Content-Type": "text/plain" }]) {
      const id = await app.house.create();
      expect((await app.call("POST", `/v2/livestreams/${id}/start`, { headers })).status).toBe(200);
    }
  });

  test("of an action is ignored, as long as it is JSON", async () => {
    const app = new FakeApp();
    const path = `/v2/livestreams/${await app.house.create()}/start`;
    expect((await app.call("POST", path, { body: "{" })).status).toBe(400);
    expect((await app.call("POST", path, { body: ["anything"] })).status).toBe(200);
  });

  test("of a change may not be missing", async () => {
    const app = new FakeApp();
    const answer = await app.call("PATCH", `/v2/livestreams/${await app.house.create()}`);
    expect([answer.status, codeOf(answer)]).toEqual([400, "malformed_json"]);
  });
});

import { describe, expect, test } from "bun:test";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { until } from "#test/support/until.ts";
import { type CallOptions, codeOf, FakeApp } from "./fake-app.ts";

const DAY_MS = 86_400_000;

function withKey(key: string, options: CallOptions = {}): CallOptions {
  return { ...options, headers: { "Idempotency-Key": key } };
}

async function totalOf({ house }: FakeApp): Promise<number> {
  return (await house.livestreams.list({ page: 0, perpage: 1, sort: null, status: null })).total;
}

describe("a POST with an Idempotency-Key", () => {
  test("happens once, and is answered with the first answer", async () => {
    const app = new FakeApp();
    const call = () => app.call("POST", "/v2/livestreams", withKey("k", { body: { name: "Show" } }));
    const first = await call();
    const second = await call();
    expect(first.status).toBe(201);
    expect([second.status, second.body]).toEqual([201, first.body]);
    for (const name of ["Location", "Content-Type", "Cache-Control"]) {
      expect(second.headers.get(name)).toBe(first.headers.get(name));
    }
    expect(await totalOf(app)).toBe(1);
  });

  test("is kept so that nobody reads it who does not have the token", async () => {
    const database = openDatabase(":memory:");
    const app = new FakeApp({ database });
    const call = () => app.call("POST", "/v2/tokens", withKey("k", { body: { name: "CI", scope: "admin" } }));
    const { body } = await call();
    const { data } = body as unknown as { data: { secret: string } };
    expect(Buffer.from(database.serialize()).includes(data.secret)).toBe(false);
    expect((await call()).body).toEqual(body);
  });

  test("is remembered across a restart", async () => {
    const database = openDatabase(":memory:");
    const call = (app: FakeApp) =>
      app.call("POST", "/v2/livestreams", withKey("k", { body: { name: "Show" } }));
    const first = await call(new FakeApp({ database }));
    expect((await call(new FakeApp({ database }))).body).toEqual(first.body);
  });

  test("happens again after 24 hours", async () => {
    const app = new FakeApp();
    const call = () => app.call("POST", "/v2/livestreams", withKey("k", { body: { name: "Show" } }));
    await call();
    app.risingMs += DAY_MS;
    await call();
    expect(await totalOf(app)).toBe(2);
  });

  test("is another call on another route", async () => {
    const app = new FakeApp();
    const [one, two] = [await app.house.create(), await app.house.create()];
    for (const id of [one, two]) {
      expect((await app.call("POST", `/v2/livestreams/${id}/start`, withKey("k"))).body).toMatchObject({
        data: { id, status: "started" },
      });
    }
  });

  test("is answered with the first answer whatever its body says", async () => {
    const app = new FakeApp();
    const first = await app.call("POST", "/v2/livestreams", withKey("k", { body: { name: "One" } }));
    const second = await app.call("POST", "/v2/livestreams", withKey("k", { body: { name: "Two" } }));
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect(await totalOf(app)).toBe(1);
  });

  test("waits for the same call that is being answered", async () => {
    const app = new FakeApp();
    const id = await app.house.live();
    const cut = Promise.withResolvers<void>();
    app.house.playouts.holds.set("stop", cut.promise);
    const path = `/v2/livestreams/${id}/stop`;
    const calls = [
      app.call("POST", path, withKey("k")),
      app.call("POST", path, withKey("k")),
      app.call("POST", path, withKey("k", { body: { other: true } })),
    ];
    cut.resolve();
    const [first, ...others] = await Promise.all(calls);
    expect(first?.status).toBe(200);
    for (const other of others) expect([other.status, other.body]).toEqual([200, first?.body ?? null]);
  });

  test("is answered with the first refusal, although it would be answered otherwise now", async () => {
    const app = new FakeApp();
    const id = await app.house.started();
    const call = (key: string) => app.call("POST", `/v2/livestreams/${id}/publish`, withKey(key));
    expect(codeOf(await call("k"))).toBe("no_active_ingest");
    app.house.playouts.active.set(id, "primary");
    expect(codeOf(await call("k"))).toBe("no_active_ingest");
    expect((await call("another")).status).toBe(200);
  });

  test("may be put right when it was not valid", async () => {
    const app = new FakeApp();
    expect((await app.call("POST", "/v2/livestreams", withKey("k", { body: {} }))).status).toBe(400);
    const second = await app.call("POST", "/v2/livestreams", withKey("k", { body: { name: "Show" } }));
    expect(second.status).toBe(201);
  });

  test("may be tried again when the server failed, also by who waited for that", async () => {
    const app = new FakeApp();
    const id = await app.house.receiving();
    const begun = Promise.withResolvers<void>();
    app.house.playouts.holds.set("publish", begun.promise);
    const call = () => app.call("POST", `/v2/livestreams/${id}/publish`, withKey("k"));
    const calls = [call(), call()];
    await until("the publish", () => app.house.playouts.calls.includes(`publish ${id}`));
    app.house.playouts.holds.delete("publish");
    begun.reject(new Error("no disk"));
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([500, 200]);
  });

  test.each([["k k"], [" "], ["k".repeat(256)], ["schlüssel"]])("that is %p is not valid", async (key) => {
    const answer = await new FakeApp().call(
      "POST",
      "/v2/livestreams",
      withKey(key, { body: { name: "Show" } }),
    );
    expect(answer.body?.data).toEqual({
      code: "validation_failed",
      fields: { "Idempotency-Key": "must be 1 to 255 visible ASCII characters without spaces" },
    });
  });
});

test("a token that may not call gets no answer by knowing the key", async () => {
  const app = new FakeApp();
  await app.call("POST", "/v2/livestreams", withKey("k", { body: { name: "Show" } }));
  const call = withKey("k", { body: { name: "Show" }, token: "nobody" });
  expect((await app.call("POST", "/v2/livestreams", call)).status).toBe(401);
});

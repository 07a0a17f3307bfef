import { expect, test } from "bun:test";
import { codeOf, FakeApp, READER } from "./fake-app.ts";

interface Token {
  readonly id: string;
  readonly secret?: string;
}

async function created(app: FakeApp, body: object, token?: string) {
  const answer = await app.call("POST", "/v2/tokens", token === undefined ? { body } : { body, token });
  return { answer, token: answer.body?.data as Token };
}

test("a token is made with its secret, listed without it, and opens what its scope opens until it is revoked", async () => {
  const app = new FakeApp();
  const id = await app.house.create();
  const { answer, token } = await created(app, { name: "Desk", scope: "read" });
  expect(answer.status).toBe(201);
  expect(answer.headers.get("Location")).toBe(`/video/v2/tokens/${token.id}`);
  const secret = token.secret ?? "";
  expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect((await app.call("GET", `/v2/livestreams/${id}`, { token: secret })).status).toBe(200);
  expect((await app.call("DELETE", `/v2/livestreams/${id}`, { token: secret })).status).toBe(403);
  const list = await app.call("GET", "/v2/tokens");
  expect(list.body?.data).toEqual([
    {
      ...{ id: token.id, name: "Desk", scope: "read" },
      createdAtUtc: expect.stringMatching(/^2026-01-01T00:00:00\.\d{3}Z$/),
      lastUsedAtUtc: expect.stringMatching(/^2026-01-01T00:00:00\.\d{3}Z$/),
    },
  ]);
  expect(list.body?.pagination).toEqual({ page: 0, perpage: 10, total: 1, pageCount: 1 });
  expect((await app.call("DELETE", `/v2/tokens/${token.id}`)).status).toBe(200);
  expect((await app.call("GET", `/v2/livestreams/${id}`, { token: secret })).status).toBe(401);
  expect(codeOf(await app.call("DELETE", `/v2/tokens/${token.id}`))).toBe("not_found");
});

test("a token may revoke itself: the one that the server was set up with stays", async () => {
  const app = new FakeApp();
  const { token } = await created(app, { name: "CI", scope: "admin" });
  const { id, secret = "" } = token;
  expect((await app.call("DELETE", `/v2/tokens/${id}`, { token: secret })).status).toBe(200);
  expect((await app.call("GET", "/v2/tokens", { token: secret })).status).toBe(401);
  expect((await app.call("GET", "/v2/tokens")).body?.data).toEqual([]);
});

test("a token of scope read neither sees tokens nor makes or revokes any", async () => {
  const app = new FakeApp();
  const { token } = await created(app, { name: "CI", scope: "admin" });
  const asReader = { token: READER };
  for (const [method, path] of [
    ["GET", "/v2/tokens"],
    ["HEAD", "/v2/tokens"],
    ["DELETE", `/v2/tokens/${token.id}`],
  ] as const) {
    expect((await app.call(method, path, asReader)).status).toBe(403);
  }
  expect((await created(app, { name: "Me", scope: "admin" }, READER)).answer.status).toBe(403);
});

test.each([
  [{ scope: "read" }, "name"],
  [{ name: "", scope: "read" }, "name"],
  [{ name: "x".repeat(101), scope: "read" }, "name"],
  [{ name: "two\nlines", scope: "read" }, "name"],
  [{ name: "Desk" }, "scope"],
  [{ name: "Desk", scope: "write" }, "scope"],
])("%j is refused for its %s", async (body, field) => {
  const answer = await new FakeApp().call("POST", "/v2/tokens", { body });
  expect(answer.status).toBe(400);
  expect(answer.body?.data).toEqual({ code: "validation_failed", fields: { [field]: expect.any(String) } });
});

test("a name of 100 characters is not too long", async () => {
  const { answer } = await created(new FakeApp(), { name: "x".repeat(100), scope: "read" });
  expect(answer.status).toBe(201);
});

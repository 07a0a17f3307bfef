// What callers are told while the database can be read and not written (K9).

import { expect, test } from "bun:test";
import { FakeApp } from "./fake-app.ts";

async function unwritable(): Promise<{ app: FakeApp; id: string }> {
  const app = new FakeApp();
  const id = await app.house.live();
  app.house.isWritable = false;
  return { app, id };
}

test.each([
  ["POST", () => "/v2/livestreams", { name: "Show" }],
  ["PATCH", (id: string) => `/v2/livestreams/${id}`, { name: "Show" }],
  ["DELETE", (id: string) => `/v2/livestreams/${id}`, undefined],
])("%s %p is 503 with a sentence, and may be tried again", async (method, pathOf, body) => {
  const { app, id } = await unwritable();
  const answer = await app.call(method, pathOf(id), body === undefined ? {} : { body });
  expect([answer.status, answer.headers.get("Retry-After"), answer.headers.get("Cache-Control")]).toEqual([
    ...[503, "5", "no-store"],
  ]);
  expect(answer.body).toEqual({
    status: "error",
    message: "This cannot be done now: the disk cannot be written. Try again later.",
    data: { code: "disk_read_only" },
  });
  expect(app.logged.join()).toContain('"event":"http_call_unavailable"');
});

test("what only reads is answered as ever", async () => {
  const { app, id } = await unwritable();
  for (const path of ["", `/${id}`, `/${id}/statistics`, `/${id}/statistics/primary`]) {
    expect((await app.call("GET", `/v2/livestreams${path}`)).status).toBe(200);
  }
});

test.each([
  ["without an Idempotency-Key", {}],
  ["with an Idempotency-Key, which cannot be written either,", { "Idempotency-Key": "k" }],
])("a stop %s ends the broadcast", async (_, headers) => {
  const { app, id } = await unwritable();
  const answer = await app.call("POST", `/v2/livestreams/${id}/stop`, { headers });
  expect([answer.status, answer.headers.get("Retry-After")]).toEqual([503, "5"]);
  expect(answer.body).toMatchObject({
    status: "error",
    message: expect.stringContaining("The broadcast is over"),
    data: { code: "disk_read_only" },
  });
  expect(app.house.playouts.calls).toContain(`stop ${id}`);
});

test("a first answer that was stored is given again", async () => {
  const app = new FakeApp();
  const call = () =>
    app.call("POST", "/v2/livestreams", { body: { name: "Show" }, headers: { "Idempotency-Key": "k" } });
  const first = await call();
  app.house.isWritable = false;
  expect(await call()).toMatchObject({ status: 201, body: first.body });
});

test("a first answer that could not be stored is given again, too, and nothing happens twice", async () => {
  const app = new FakeApp();
  const { livestreams } = app.house;
  const create = livestreams.create.bind(livestreams);
  livestreams.create = async (wanted) => {
    const created = await create(wanted);
    app.house.isWritable = false;
    return created;
  };
  const call = () =>
    app.call("POST", "/v2/livestreams", { body: { name: "Show" }, headers: { "Idempotency-Key": "k" } });
  const first = await call();
  expect(first.status).toBe(201);
  app.house.isWritable = true;
  expect(await call()).toMatchObject({ status: 201, body: first.body });
  expect((await livestreams.list({ page: 0, perpage: 1, sort: null, status: null })).total).toBe(1);
});

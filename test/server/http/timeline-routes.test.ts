import { expect, test } from "bun:test";
import type { StoredEvent } from "#server/store/event-store.ts";
import { codeOf, FakeApp, READER } from "./fake-app.ts";

function eventOf(livestreamId: string, type: string, more: Partial<StoredEvent> = {}): StoredEvent {
  return {
    ...{ id: Bun.randomUUIDv7(), livestreamId, atMs: Date.UTC(2026, 0, 1), type },
    ...{ instance: null, positionSeconds: null, data: {}, ...more },
  };
}

test("what happened is told newest first, in words and with its place in the recording, also to a reader", async () => {
  const app = new FakeApp();
  const id = await app.house.live();
  const started = eventOf(id, "livestream.started");
  const fault = eventOf(id, "ingest.fault", {
    ...{ instance: "secondary", positionSeconds: 61.25, atMs: Date.UTC(2026, 0, 2) },
    data: { fault: "frozen", state: "began", score: 75, lastedSeconds: null },
  });
  await app.statistics.stored.append([started, fault]);
  const { status, body } = await app.call("GET", `/v2/livestreams/${id}/timeline`, { token: READER });
  expect(status).toBe(200);
  expect(body).toEqual({
    status: "success",
    data: [
      {
        ...{ id: fault.id, atUtc: "2026-01-02T00:00:00.000Z", type: "ingest.fault", instance: "secondary" },
        ...{ positionSeconds: 61.25, message: "The secondary input: the picture is frozen." },
        data: { fault: "frozen", state: "began", score: 75, lastedSeconds: null },
      },
      {
        ...{ id: started.id, atUtc: "2026-01-01T00:00:00.000Z", type: "livestream.started", instance: null },
        ...{ positionSeconds: null, data: {} },
        message: "The livestream was started: its inputs accept encoders.",
      },
    ],
    pagination: { page: 0, perpage: 10, total: 2, pageCount: 1 },
  });
});

test.each([
  ["type=ingest.connected", ["ingest.connected", "ingest.connected"]],
  ["type=ingest.connected&instance=primary", ["ingest.connected"]],
  ["instance=secondary", ["ingest.connected"]],
  ["type=livestream.started,ingest.connected&perpage=2", ["ingest.connected", "ingest.connected"]],
  ["type=livestream.started,ingest.connected&perpage=2&page=1", ["livestream.started"]],
  ["type=livestream.failed", []],
  ["perpage=1&page=7", []],
])("%s is a page of what it asks for", async (query, types) => {
  const app = new FakeApp();
  const id = await app.house.create();
  await app.statistics.stored.append([
    eventOf(id, "livestream.created", { data: { name: "Show" } }),
    eventOf(id, "livestream.started"),
    eventOf(id, "ingest.connected", { instance: "primary" }),
    eventOf(id, "ingest.connected", { instance: "secondary" }),
  ]);
  const { status, body } = await app.call("GET", `/v2/livestreams/${id}/timeline?${query}`);
  const entries = body?.data as readonly { type: string }[];
  expect([status, entries.map(({ type }) => type)]).toEqual([200, types]);
});

test.each([
  ["type=ingest", "type.0"],
  ["type=", "type.0"],
  ["type=ingest.connected,nothing", "type.1"],
  ["type=ingest.connected&type=ingest.active", "type"],
  ["instance=tertiary", "instance"],
  ["page=-1", "page"],
  ["perpage=0", "perpage"],
])("%s is refused", async (query, field) => {
  const app = new FakeApp();
  const answer = await app.call("GET", `/v2/livestreams/${await app.house.create()}/timeline?${query}`);
  expect([answer.status, codeOf(answer)]).toEqual([400, "validation_failed"]);
  expect(answer.body?.data).toHaveProperty(["fields", field], expect.stringMatching(/^must be /));
});

test("of no livestream it is 404, without a token 401, and it is read only", async () => {
  const app = new FakeApp();
  for (const id of ["nothing", "01890a5d-ac96-774b-bcce-b302099a8057"]) {
    const answer = await app.call("GET", `/v2/livestreams/${id}/timeline`);
    expect([answer.status, codeOf(answer)]).toEqual([404, "not_found"]);
  }
  const path = `/v2/livestreams/${await app.house.create()}/timeline`;
  expect((await app.call("GET", path, { token: "nobody" })).status).toBe(401);
  const post = await app.call("POST", path);
  expect([post.status, post.headers.get("Allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
});

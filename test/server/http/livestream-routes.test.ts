import { describe, expect, test } from "bun:test";
import { codeOf, FakeApp } from "./fake-app.ts";

const UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057";

describe("creating", () => {
  test("answers 201 with the whole resource and its path", async () => {
    const app = new FakeApp();
    const answer = await app.call("POST", "/v2/livestreams", {
      body: { name: " Show ", description: "Tonight", withDvr: true, withBackup: false, unknown: 1 },
    });
    expect(answer.status).toBe(201);
    const [row] = (await app.house.stored.list({ page: 0, perpage: 1, sort: null, status: null })).items;
    const id = row?.id ?? "";
    expect(answer.headers.get("Location")).toBe(`/video/v2/livestreams/${id}`);
    expect(answer.body).toEqual({
      status: "success",
      data: {
        ...{ id, name: " Show ", description: "Tonight", withDvr: true, withBackup: false },
        ...{ playbackPolicy: "public", status: "created", onAir: null, inputs: [], playouts: [] },
        ...{ thumbnailUrl: null, thumbnailSource: null, thumbnailUpdatedAtUtc: null },
        ...{ mediaId: null, recording: null, conversion: null },
        ...{ createdAtUtc: "2026-01-01T00:00:00.001Z", updatedAtUtc: "2026-01-01T00:00:00.001Z" },
        ...{ ingestStartedAtUtc: null, startedAtUtc: null, stoppedAtUtc: null, finishedAtUtc: null },
      },
    });
    expect((await app.call("GET", `/v2/livestreams/${id}`)).body).toEqual(answer.body);
  });

  test("needs no more than a name", async () => {
    const { body } = await new FakeApp().call("POST", "/v2/livestreams", { body: { name: "Show" } });
    expect(body?.data).toMatchObject({ description: null, withDvr: false, withBackup: true });
  });

  test.each<[string, unknown, Record<string, string>]>([
    ["no name", {}, { name: "must be text of 1 to 200 characters" }],
    ["an empty name", { name: "" }, { name: "must not be empty" }],
    ["a name of spaces", { name: " \t\u00a0" }, { name: "must not be empty" }],
    ["a name that is too long", { name: "n".repeat(201) }, { name: "must have at most 200 characters" }],
    ["half a character", { name: "\ud800" }, { name: "must be well-formed Unicode" }],
    [
      "a description that is too long",
      { name: "n", description: "d".repeat(5001) },
      { description: "must have at most 5000 characters" },
    ],
    [
      "flags that are not",
      { name: "n", withDvr: "true", withBackup: null },
      { withDvr: "must be true or false", withBackup: "must be true or false" },
    ],
    ["a list", [], { body: "must be a JSON object" }],
    ["null", null, { body: "must be a JSON object" }],
  ])("is refused with %s", async (_, body, fields) => {
    const answer = await new FakeApp().call("POST", "/v2/livestreams", { body });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      status: "fail",
      message: "The request is not valid; fields says where and why.",
      data: { code: "validation_failed", fields },
    });
  });

  test.each([
    ["of the greatest length", "n".repeat(200)],
    ["of as many characters that are two units each", "😀".repeat(200)],
    ["with every kind of character", 'a\u0000b\n"\\</script>\u2028é漢🎬'],
    ["that means something elsewhere", "'; DROP TABLE livestreams; --"],
  ])("keeps a name %s as it is", async (_, name) => {
    const app = new FakeApp();
    const { body } = await app.call("POST", "/v2/livestreams", { body: { name, description: name } });
    expect(body?.data).toMatchObject({ name, description: name });
    expect((await app.call("GET", "/v2/livestreams")).body?.data).toMatchObject([{ name }]);
  });
});

describe("an id of nothing", () => {
  test.each([
    ["GET", ""],
    ["PATCH", ""],
    ["DELETE", ""],
    ["POST", "/start"],
    ["POST", "/publish"],
    ["POST", "/stop"],
  ])("is 404 to %s %s, malformed or not", async (method, action) => {
    for (const id of [UNKNOWN, "1", "%00", "%ff", "..%2f..", "a".repeat(3000)]) {
      const options = method === "PATCH" ? { body: { name: "Show" } } : {};
      const answer = await new FakeApp().call(method, `/v2/livestreams/${id}${action}`, options);
      expect([answer.status, codeOf(answer)]).toEqual([404, "not_found"]);
    }
  });
});

test("a livestream goes from creation to its asset", async () => {
  const app = new FakeApp();
  const id = await app.house.create({ withBackup: false });
  const path = `/v2/livestreams/${id}`;
  const started = await app.call("POST", `${path}/start`);
  expect(started.body?.data).toMatchObject({
    status: "started",
    inputs: [{ instance: "primary", primary: true, source: "rtmp", active: false }],
    playouts: [],
  });
  app.house.playouts.active.set(id, "primary");
  const live = await app.call("POST", `${path}/publish`);
  expect(live.body?.data).toMatchObject({
    status: "live",
    onAir: "primary",
    playouts: [
      { instance: "auto", type: "hls", url: `https://example.com/live/${id}/index.m3u8`, live: true },
      { instance: "primary", url: `https://example.com/live/${id}/primary/index.m3u8`, live: true },
    ],
  });
  const switched = await app.call("POST", `${path}/switch`, { body: { instance: "primary" } });
  expect(switched.body?.data).toMatchObject({ status: "live", onAir: "primary" });
  expect((await app.call("POST", `${path}/switch`, { body: { instance: "tertiary" } })).status).toBe(400);
  const stopped = await app.call("POST", `${path}/stop`);
  expect(stopped.body?.data).toMatchObject({ status: "converting", conversion: { state: "running" } });
  await app.house.livestreams.conversionsSettled();
  const { mediaId = "" } = (await app.house.livestreams.get(id)) ?? {};
  expect((await app.call("GET", path)).body?.data).toMatchObject({ status: "finished", mediaId });
  expect((await app.call("GET", `/v2/media/${mediaId}`)).status).toBe(200);
});

test("a refused action says in which status it was refused, and what is allowed", async () => {
  const app = new FakeApp();
  const answer = await app.call("POST", `/v2/livestreams/${await app.house.create()}/publish`);
  expect(answer.status).toBe(409);
  expect(answer.body).toEqual({
    status: "fail",
    message: "The livestream has not been started.",
    data: {
      code: "not_started",
      currentStatus: "created",
      allowedActions: ["start", "update", "delete"],
    },
  });
});

describe("changing", () => {
  test("changes what is said and nothing else", async () => {
    const app = new FakeApp();
    const path = `/v2/livestreams/${await app.house.create({ withDvr: true })}`;
    const answer = await app.call("PATCH", path, { body: { description: "Tonight" } });
    expect(answer.status).toBe(200);
    expect(answer.body?.data).toMatchObject({ name: "Show", description: "Tonight", withDvr: true });
    expect((await app.call("PATCH", path, { body: { description: null } })).body?.data).toMatchObject({
      description: null,
    });
    expect((await app.call("PATCH", path, { body: {} })).status).toBe(200);
  });

  test("of the sides is refused once started, of the name it is not", async () => {
    const app = new FakeApp();
    const path = `/v2/livestreams/${await app.house.started()}`;
    const refused = await app.call("PATCH", path, { body: { withBackup: false } });
    expect([refused.status, codeOf(refused)]).toEqual([409, "already_started"]);
    expect((await app.call("PATCH", path, { body: { name: "Renamed" } })).status).toBe(200);
  });

  test("to no name is refused", async () => {
    const app = new FakeApp();
    const path = `/v2/livestreams/${await app.house.create()}`;
    const answer = await app.call("PATCH", path, { body: { name: null } });
    expect(answer.body?.data).toMatchObject({ fields: { name: "must be text of 1 to 200 characters" } });
  });
});

describe("deleting", () => {
  test("answers null, and then there is nothing", async () => {
    const app = new FakeApp();
    const path = `/v2/livestreams/${await app.house.live()}`;
    const answer = await app.call("DELETE", path);
    expect([answer.status, answer.body]).toEqual([200, { status: "success", data: null }]);
    expect((await app.call("GET", path)).status).toBe(404);
  });

  test("a finished one is refused with the id of its asset", async () => {
    const app = new FakeApp();
    const { id, mediaId } = await app.house.finished();
    const answer = await app.call("DELETE", `/v2/livestreams/${id}`);
    expect(answer.status).toBe(409);
    expect(answer.body?.data).toEqual({
      code: "converted_to_media",
      currentStatus: "finished",
      allowedActions: ["update"],
      mediaId,
    });
  });
});

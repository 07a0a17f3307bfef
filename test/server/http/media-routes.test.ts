import { describe, expect, test } from "bun:test";
import { FACTS } from "#test/server/livestreams/fake-house.ts";
import { codeOf, FakeApp } from "./fake-app.ts";

async function withMedia(): Promise<{ app: FakeApp; id: string; mediaId: string; path: string }> {
  const app = new FakeApp();
  const { id, mediaId } = await app.house.finished();
  return { app, id, mediaId, path: `/v2/media/${mediaId}` };
}

test("an asset is shown with all there is to know of it", async () => {
  const { app, id, mediaId, path } = await withMedia();
  const answer = await app.call("GET", path);
  expect(answer.status).toBe(200);
  expect(answer.body?.data).toEqual({
    ...{ id: mediaId, livestreamId: id, type: "video", name: "Show", description: null, status: "ready" },
    playlistUrl: `https://example.com/media/${mediaId}/index.m3u8`,
    downloadUrl: `https://example.com/media/${mediaId}/download.mp4`,
    thumbnailUrl: null,
    clipOf: null,
    playbackPolicy: "public",
    ...FACTS,
    createdAtUtc: expect.stringMatching(/^2026-01-01T00:00:00\.\d{3}Z$/),
    updatedAtUtc: expect.stringMatching(/^2026-01-01T00:00:00\.\d{3}Z$/),
    deletedAtUtc: null,
  });
});

test("name and description may change", async () => {
  const { app, path } = await withMedia();
  const answer = await app.call("PATCH", path, { body: { name: "Recording", description: "Yesterday" } });
  expect(answer.status).toBe(200);
  expect(answer.body?.data).toMatchObject({ name: "Recording", description: "Yesterday" });
  expect((await app.call("PATCH", path, { body: { name: "" } })).status).toBe(400);
});

describe("deleting", () => {
  test("is soft, and can be taken back once", async () => {
    const { app, path } = await withMedia();
    expect((await app.call("DELETE", path)).body).toEqual({ status: "success", data: null });
    expect((await app.call("GET", path)).body?.data).toMatchObject({ status: "softDeleted" });
    const recovered = await app.call("POST", `${path}/recover`);
    expect(recovered.body?.data).toMatchObject({ status: "ready", deletedAtUtc: null });
    const again = await app.call("POST", `${path}/recover`);
    expect(again.status).toBe(409);
    expect(again.body?.data).toEqual({
      code: "not_soft_deleted",
      currentStatus: "ready",
      allowedActions: ["update", "delete"],
    });
  });

  test("for good takes the livestream with it", async () => {
    const { app, id, path } = await withMedia();
    expect((await app.call("DELETE", `${path}?permanent=true`)).status).toBe(200);
    expect((await app.call("GET", path)).status).toBe(404);
    expect((await app.call("GET", `/v2/livestreams/${id}`)).status).toBe(404);
    expect(app.house.removed).toEqual([id]);
  });

  test("is soft when that is said", async () => {
    const { app, path } = await withMedia();
    await app.call("DELETE", `${path}?permanent=false`);
    expect((await app.call("GET", path)).status).toBe(200);
  });

  test.each(["yes", "", "1", "TRUE", "true&permanent=true"])("is not when permanent is %p", async (value) => {
    const { app, path } = await withMedia();
    const answer = await app.call("DELETE", `${path}?permanent=${value}`);
    expect(answer.body?.data).toEqual({
      code: "validation_failed",
      fields: { permanent: "must be true or false" },
    });
    expect((await app.call("GET", path)).body?.data).toMatchObject({ status: "ready" });
  });
});

test.each([
  ["GET", ""],
  ["PATCH", ""],
  ["DELETE", ""],
  ["DELETE", "?permanent=true"],
  ["POST", "/recover"],
])("an id of nothing is 404 to %s %s", async (method, rest) => {
  const options = method === "PATCH" ? { body: {} } : {};
  const answer = await new FakeApp().call(method, `/v2/media/nothing${rest}`, options);
  expect([answer.status, codeOf(answer)]).toEqual([404, "not_found"]);
});

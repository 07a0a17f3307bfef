import { describe, expect, test } from "bun:test";
import { decodeJwt } from "jose";
import { type Answer, codeOf, FakeApp, READER } from "./fake-app.ts";

interface Issued {
  readonly token: string;
  readonly expiresAtUtc: string;
  readonly url: string;
}

function issuedIn({ body }: Answer): Issued {
  return (body as unknown as { readonly data: Issued }).data;
}

test("a livestream's token says so, lasts six hours, and comes with the playlist's address", async () => {
  const app = new FakeApp();
  const id = await app.house.create({ playbackPolicy: "signed" });
  const atSeconds = Math.floor(app.house.nowMs / 1000);
  for (const options of [{}, { body: {} }]) {
    const answer = await app.call("POST", `/v2/livestreams/${id}/playback-tokens`, options);
    expect(answer.status).toBe(201);
    const { token, expiresAtUtc, url } = issuedIn(answer);
    expect(url).toBe(`https://example.com/video/live/${id}/index.m3u8?token=${token}`);
    expect(Date.parse(expiresAtUtc)).toBe((atSeconds + 21_600) * 1000);
    expect(decodeJwt(token)).toMatchObject({ sub: id, aud: "playback", exp: atSeconds + 21_600 });
  }
});

test("an asset's token is the asset's, for whom and how long is asked for; a deleted one has none", async () => {
  const app = new FakeApp();
  const { mediaId } = await app.house.finished({ playbackPolicy: "signed" });
  const path = `/v2/media/${mediaId}/playback-tokens`;
  const body = { expiresInSeconds: 604_800, viewerId: "ticket-4711" };
  const answer = await app.call("POST", path, { body });
  const { token, url } = issuedIn(answer);
  expect(url).toBe(`https://example.com/video/media/${mediaId}/index.m3u8?token=${token}`);
  const claims = decodeJwt(token);
  expect(claims).toMatchObject({ sub: mediaId, viewer: "ticket-4711" });
  expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(604_800);
  await app.call("DELETE", `/v2/media/${mediaId}`);
  const refused = await app.call("POST", path);
  expect([refused.status, codeOf(refused)]).toEqual([409, "soft_deleted"]);
});

test.each([
  [{ expiresInSeconds: 0 }, "expiresInSeconds"],
  [{ expiresInSeconds: 604_801 }, "expiresInSeconds"],
  [{ expiresInSeconds: 1.5 }, "expiresInSeconds"],
  [{ expiresInSeconds: "60" }, "expiresInSeconds"],
  [{ viewerId: "" }, "viewerId"],
  [{ viewerId: "x".repeat(129) }, "viewerId"],
  [{ viewerId: 1 }, "viewerId"],
])("%j is refused for its %s", async (body, field) => {
  const app = new FakeApp();
  const id = await app.house.create();
  const answer = await app.call("POST", `/v2/livestreams/${id}/playback-tokens`, { body });
  expect(answer.status).toBe(400);
  expect(answer.body?.data).toEqual({ code: "validation_failed", fields: { [field]: expect.any(String) } });
});

test.each(["livestreams", "media"])(
  "of %s that nobody knows there is none, and a reader makes none",
  async (kind) => {
    const app = new FakeApp();
    const path = `/v2/${kind}/01890a5d-ac96-774b-bcce-b302099a8057/playback-tokens`;
    expect((await app.call("POST", path)).status).toBe(404);
    expect((await app.call("POST", path, { token: READER })).status).toBe(403);
  },
);

describe("who may watch", () => {
  test("is public, unless it is said, and goes on to the asset", async () => {
    const app = new FakeApp();
    const { body } = await app.call("POST", "/v2/livestreams", { body: { name: "Show" } });
    expect(body?.data).toMatchObject({ playbackPolicy: "public" });
    const { mediaId } = await app.house.finished({ playbackPolicy: "signed" });
    const media = await app.call("GET", `/v2/media/${mediaId}`);
    expect(media.body?.data).toMatchObject({ playbackPolicy: "signed" });
    const wrong = await app.call("POST", "/v2/livestreams", {
      body: { name: "Show", playbackPolicy: "secret" },
    });
    expect(wrong.body?.data).toEqual({
      code: "validation_failed",
      fields: { playbackPolicy: "must be public or signed" },
    });
  });

  test("may change until the publish, and the playout knows it at once", async () => {
    const app = new FakeApp();
    for (const id of [await app.house.create(), await app.house.started(), await app.house.receiving()]) {
      const answer = await app.call("PATCH", `/v2/livestreams/${id}`, { body: { playbackPolicy: "signed" } });
      expect([answer.status, answer.body?.data]).toMatchObject([200, { playbackPolicy: "signed" }]);
      expect(app.house.playouts.signed.get(id)).toBe(
        app.house.playouts.calls.includes(`open ${id}`) ? true : undefined,
      );
    }
    const id = await app.house.started({ playbackPolicy: "signed" });
    expect(app.house.playouts.signed.get(id)).toBe(true);
  });

  test("does not change once it was published; saying the same is no change", async () => {
    const app = new FakeApp();
    for (const id of [await app.house.live(), await app.house.stopped(), await app.house.failed()]) {
      const before = await app.house.livestreams.get(id);
      const answer = await app.call("PATCH", `/v2/livestreams/${id}`, { body: { playbackPolicy: "signed" } });
      expect([answer.status, codeOf(answer)]).toEqual([409, "already_published"]);
      expect(answer.body?.data).toMatchObject({ currentStatus: before?.status });
      expect(await app.house.livestreams.get(id)).toEqual(before);
      const same = { body: { playbackPolicy: "public", name: "Renamed" } };
      expect((await app.call("PATCH", `/v2/livestreams/${id}`, same)).status).toBe(200);
    }
  });
});

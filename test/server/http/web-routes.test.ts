import { describe, expect, test } from "bun:test";
import { webRoutes } from "#server/http/web-routes.ts";
import type { WatchedLivestream } from "#server/web/watch-state.ts";

const LIVESTREAMS: Record<string, WatchedLivestream> = {
  one: { name: "One", status: "live", onAir: "primary", mediaId: null },
  script: { name: "</title><script>alert(1)</script>", status: "created", onAir: null, mediaId: null },
};

const app = webRoutes({ livestream: (id) => LIVESTREAMS[id] ?? null });

describe("the watch page", () => {
  test("carries the livestream's name", async () => {
    const response = await app.request("/watch/one");
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("text/html; charset=UTF-8");
    expect(await response.text()).toContain("<title>One · Tandem</title>");
  });

  test("of an unknown livestream is a page too, with status 404", async () => {
    const response = await app.request("/watch/two");
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("<title>No such livestream · Tandem</title>");
  });

  test("shows a hostile name as text", async () => {
    const html = await (await app.request("/watch/script")).text();
    expect(html).not.toContain("<script>");
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  });
});

test("the state says what a viewer needs, and is never kept", async () => {
  const response = await app.request("/watch/one/state");
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(await response.json()).toEqual({
    phase: "live",
    title: "One",
    playlistUrl: "../live/one/index.m3u8",
  });
  const unknown = await app.request("/watch/two/state");
  expect([unknown.status, unknown.headers.get("Cache-Control")]).toEqual([404, "no-store"]);
});

describe.each(["/", "/watch/one", "/watch/two"])("the page at %s", (path) => {
  test("allows nothing inline and nothing from elsewhere", async () => {
    const response = await app.request(path);
    const html = await response.text();
    const policy = response.headers.get("Content-Security-Policy") ?? "";
    expect(policy).toStartWith("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).not.toContain("unsafe");
    expect(html).not.toMatch(/<style|<script(?![^>]*\bsrc=)|\bstyle=|\bon\w+="|https?:\/\//);
  });

  test("finds each of its assets, to be kept for ever under a name that changes with the content", async () => {
    const html = await (await app.request(path)).text();
    const urls = Array.from(html.matchAll(/(?:src|href)="(\.[^"]*assets\/[^"]+)"/g), ([, url = ""]) => url);
    expect(urls).toHaveLength(3);
    for (const url of urls) {
      const response = await app.request(new URL(url, `http://localhost${path}`).pathname);
      expect(response.status).toBe(200);
      expect(response.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
      expect((await response.text()).length).toBeGreaterThan(100);
    }
  });
});

test.each(["/assets/nothing.js", "/assets/..%2fpage.tsx", "/assets/__proto__"])(
  "%s is not an asset",
  async (path) => {
    const response = await app.request(path);
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([404, "no-store"]);
  },
);

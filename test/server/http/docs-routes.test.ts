import { expect, test } from "bun:test";
import { join } from "node:path";
import { PublicUrls } from "#server/common/public-urls.ts";
import { docsRoutes } from "#server/http/docs-routes.ts";
import { assets } from "#server/web/assets.ts";
import { ROOT } from "#test/support/imports.ts";

const app = docsRoutes(new PublicUrls({ publicUrl: null, rtmpPublicUrl: null }, { http: 8080, rtmp: 1935 }));

test("the document of a server that was never set up is served as it is committed", async () => {
  const response = await app.request("/openapi.json");
  expect(response.headers.get("Content-Type")).toBe("application/json");
  expect(await response.text()).toBe(await Bun.file(join(ROOT, "openapi/openapi.json")).text());
});

test("the document names the public address, and wherever it was found", async () => {
  const urls = { http: (path: string) => `https://example.com/tandem/${path}` };
  const document: unknown = await (await docsRoutes(urls).request("/openapi.json")).json();
  expect(document).toMatchObject({ servers: [{ url: "https://example.com/tandem" }, { url: "." }] });
  expect(JSON.stringify(document)).toContain("\\nserver=https://example.com/tandem\\n");
});

test("the page allows nothing inline and nothing from elsewhere", async () => {
  const response = await app.request("/docs");
  const policy = response.headers.get("Content-Security-Policy") ?? "";
  expect(policy).toStartWith("default-src 'none'; script-src 'self'; style-src 'self';");
  expect(policy).not.toContain("unsafe");
  expect(await response.text()).not.toMatch(/<style|<script(?![^>]*\bsrc=)|\bstyle=|\bon\w+="|https?:\/\//);
});

test("the page finds everything that it loads", async () => {
  const html = await (await app.request("/docs")).text();
  const urls = Array.from(html.matchAll(/(?:src|href)="(docs\/[^"]+)"/g), ([, url = ""]) => url);
  expect(urls).toHaveLength(2);
  for (const url of urls) {
    const response = await app.request(new URL(url, "http://localhost/docs").pathname);
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toMatch(/^text\/(javascript|css); charset=utf-8$/);
    expect((await response.text()).length).toBeGreaterThan(50);
  }
  const names = Array.from(html.matchAll(/(?:src|href)="assets\/([^"]+)"/g), ([, name = ""]) => name);
  expect(names.map((name) => assets.has(name))).toEqual([true, true, true]);
});

import { expect, test } from "bun:test";
import { join } from "node:path";
import { docsRoutes } from "#server/http/docs-routes.ts";
import { assets } from "#server/web/assets.ts";
import { ROOT } from "#test/support/imports.ts";

const app = docsRoutes();

test("the document is served as it is committed", async () => {
  const response = await app.request("/openapi.json");
  expect(response.headers.get("Content-Type")).toBe("application/json");
  expect(await response.text()).toBe(await Bun.file(join(ROOT, "openapi/openapi.json")).text());
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

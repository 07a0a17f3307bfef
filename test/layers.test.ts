// The import table of the house, and every import read against it.

import { expect, test } from "bun:test";
import { dirname, join } from "node:path";
import { type Import, importsOf, ROOT, readImports, sourceFiles } from "#test/support/imports.ts";

/** What every folder of the server may know: small modules, of no part, that know nothing of ours themselves. */
const COMMON = ["server/common", "openapi/names.ts"];

/**
 * Folder → the folders and packages that its files may import, besides their own folder. A folder stands for everything
 * below it. The longest entry that a file's path begins with is its layer. What a layer may not import is not listed
 * elsewhere: this is the whole truth.
 */
const LAYERS: Record<string, readonly string[]> = {
  "media/bytes": [],
  "media/amf0": ["media/bytes"],
  "media/codecs": ["media/bytes"],
  "media/track": ["media/codecs"],
  "media/rtmp": ["media/bytes", "media/amf0"],
  "media/flv": ["media/bytes", "media/amf0", "media/codecs", "media/track"],
  "media/fmp4": ["media/bytes", "media/codecs", "media/track"],
  "media/mp4": ["media/bytes", "media/codecs", "media/fmp4", "media/track"],
  "media/hls": ["media/bytes", "media/track", "media/codecs", "media/fmp4"],

  "openapi/names.ts": [],
  "openapi/playback-paths.ts": ["openapi/names.ts"],
  "openapi/schemas": ["openapi/names.ts", "zod", "@hono/zod-openapi"],
  "openapi/routes": ["openapi/schemas", "zod", "@hono/zod-openapi"],
  openapi: ["openapi/schemas", "openapi/routes", "zod", "@hono/zod-openapi"],

  "server/common": ["node:"],
  "server/store": ["node:", ...COMMON],
  "server/store/sqlite": ["bun:sqlite", "node:", "server/store", ...COMMON],
  "server/store/postgres": ["bun", "bun:sqlite", "node:", "server/store", ...COMMON],
  "server/store/s3": ["aws4fetch", "bun", "node:", "server/store", ...COMMON],
  "server/feed": ["server/store", ...COMMON],
  "server/readiness": ["node:", "server/store", ...COMMON],
  "server/recording": [
    "node:",
    "media/bytes",
    "media/fmp4",
    "media/mp4",
    "media/hls",
    "media/track",
    "server/store",
    ...COMMON,
  ],
  "server/instances": ["media/track", ...COMMON],
  "server/switching": ["media/bytes", "media/track", "server/instances", ...COMMON],
  "server/programme": ["media", "server/recording", "server/switching", "server/instances", ...COMMON],
  "server/playout": [
    ...["node:", "media/track", "server/programme", "server/switching", "server/instances", ...COMMON],
  ],
  "server/stats": [
    ...["node:", "media/hls", "server/playout", "server/programme", "server/switching"],
    ...["server/instances", "server/feed", "server/store", ...COMMON],
  ],
  "server/thumbnails": [
    ...[
      "bun",
      "node:",
      "image-dimensions",
      "sharp",
      "media/codecs",
      "media/track",
      "server/playout",
      "server/store",
      ...COMMON,
    ],
  ],
  "server/webhooks": [...["bun", "ipaddr.js", "standardwebhooks", "server/feed", "server/store", ...COMMON]],
  "server/livestreams": [
    ...[
      "node:",
      "openapi/playback-paths.ts",
      "server/playout",
      "server/instances",
      "server/recording",
      "server/feed",
      "server/store",
      ...COMMON,
    ],
  ],
  "server/ingest": [
    ...[
      "bun",
      "node:",
      "media/rtmp",
      "media/flv",
      "server/playout",
      "server/programme",
      "server/instances",
      ...COMMON,
    ],
  ],
  "server/verify": ["node:", "server/recording", "server/store", "server/thumbnails", ...COMMON],
  "server/migrate": ["node:", "server/recording", "server/store", "server/thumbnails", ...COMMON],
  "server/licences": ["node:", "server/common"],
  "server/web": ["node:", "hono", "openapi/playback-paths.ts", ...COMMON],
  "server/web/pages": ["hls.js", "media-chrome", "server/web/watch-state.ts"],
  "server/web/console": ["hls.js", "preact", "uplot", "openapi", "server/web/relative-url.ts"],
  "server/delivery": [
    ...[
      "node:",
      "openapi/playback-paths.ts",
      "media/hls",
      "server/instances",
      "server/programme",
      "server/recording",
      "server/stats",
    ],
    ...["bun", "hono", "jose", ...COMMON],
  ],
  "server/http": [
    ...["bun", "node:", "hono", "@hono/zod-openapi", "swagger-ui-dist", "zod", "openapi", "server/web"],
    ...["server/delivery", "server/licences", "server/livestreams", "server/stats", "server/store"],
    ...["server/thumbnails", "server/webhooks", ...COMMON],
  ],
  "server/command": ["bun", "node:", "server/store", "server/package.json", ...COMMON],
  "server/command/demo": [
    "bun",
    "node:",
    "media/bytes",
    "media/rtmp",
    "server/ingest",
    "server/livestreams",
    ...COMMON,
  ],
  server: ["bun", "bun:sqlite", "node:", "media", "openapi", "server"],

  test: [
    "bun",
    "bun:jsc",
    "bun:test",
    "bun:sqlite",
    "node:",
    "media",
    "openapi",
    "server",
    "hono",
    "jose",
    "m3u8-parser",
    "mediabunny",
    "oxc-parser",
    "playwright-core",
    "sharp",
    "axe-core",
    "standardwebhooks",
  ],
  bench: ["bun", "bun:jsc", "bun:sqlite", "node:", "media", "openapi", "server", "sharp", "test"],
};

test("every import goes down the table", async () => {
  const files = (await Promise.all(["media", "openapi", "server", "test", "bench"].map(sourceFiles))).flat();
  const imports = (await Promise.all(files.map(importsOf))).flat();
  expect(imports.length).toBeGreaterThan(50);
  expect(imports.map(violation).filter((found) => found !== null)).toEqual([]);
});

test("an import against the table, a package nobody listed and a way around by ../ are found", () => {
  const found = (file: string, source: string) => readImports(file, source).map(violation);
  expect(found("media/bytes/a.ts", 'import { x } from "#media/rtmp/x.ts";')).toEqual([
    "media/bytes/a.ts may not import #media/rtmp/x.ts",
  ]);
  expect(found("media/rtmp/a.ts", 'import { readFileSync } from "node:fs";')).toEqual([
    "media/rtmp/a.ts may not import node:fs",
  ]);
  expect(found("server/store/a.ts", 'import {\n  type A,\n  b,\n} from "#server/http/b.ts";')).toEqual([
    "server/store/a.ts may not import #server/http/b.ts",
  ]);
  expect(found("server/ingest/a.ts", 'export { x } from "../playout/x.ts";')).toEqual([
    "server/ingest/a.ts imports ../playout/x.ts: across folders it is #server/playout/x.ts",
  ]);
  expect(found("server/playout/a.ts", 'const x = await import("hono");')).toEqual([
    "server/playout/a.ts may not import hono",
  ]);
});

test("an import that the table allows is not a violation", () => {
  const found = (file: string, source: string) => readImports(file, source).map(violation);
  expect(found("media/hls/a.ts", 'import type { Track } from "#media/track/track.ts";')).toEqual([null]);
  expect(found("media/hls/a.ts", 'import { x } from "./segment.ts";')).toEqual([null]);
  expect(found("server/http/a.ts", 'import { cors } from "hono/cors";')).toEqual([null]);
});

test("media is typed without Bun, process, timers, fetch and console", async () => {
  const { compilerOptions } = await Bun.file(join(ROOT, "media/tsconfig.json")).json();
  expect(compilerOptions).toEqual({ types: [], lib: ["esnext"] });
});

function violation({ file, specifier }: Import): string | null {
  if (specifier.startsWith("../")) {
    const target = join(dirname(file), specifier);
    return `${file} imports ${specifier}: across folders it is #${target}`;
  }
  if (specifier.startsWith("./")) return null;
  const layer = layerOf(file);
  const target = specifier.startsWith("#") ? specifier.slice(1) : specifier;
  const isOwn = layerOf(target) === layer && layer !== "server";
  const isAllowed = isOwn || (LAYERS[layer] ?? []).some((allowed) => isWithin(target, allowed));
  return isAllowed ? null : `${file} may not import ${specifier}`;
}

/** The entry of the table that speaks for this file: the longest that its path begins with. */
function layerOf(file: string): string {
  const entries = Object.keys(LAYERS).filter((entry) => isWithin(file, entry));
  return entries.sort((a, b) => b.length - a.length)[0] ?? "";
}

function isWithin(path: string, entry: string): boolean {
  return path === entry || path.startsWith(entry.endsWith(":") ? entry : `${entry}/`);
}

import { expect, test } from "bun:test";
import { join } from "node:path";
import { LICENCES } from "#server/licences/licences.ts";
import tandem from "#server/licences/texts/tandem.txt" with { type: "text" };
import { ROOT } from "#test/support/imports.ts";

test("every package that is bundled is named with its version, and those that are not are not", () => {
  const named = [...LICENCES.matchAll(/^--- (\S+) (\d+\.\d+\.\d+) \(\S+\) ---$/gm)].map(([, name]) => name);
  expect(named).toEqual([...new Set(named)]);
  for (const name of ["@hono/zod-openapi", "hls.js", "hono", "sharp", "swagger-ui-dist", "yaml", "zod"])
    expect(named).toContain(name);
  expect(named.filter((name) => name?.startsWith("@img/sharp-libvips-"))).toHaveLength(1);
  expect(named.filter((name) => /scarf|biome|typescript|tandem/.test(name ?? ""))).toEqual([]);
});

test("what the LGPL and others ask for is there in full", () => {
  expect(LICENCES).toMatch(/\| libvips +\| LGPLv3/);
  for (const title of [
    "GNU LESSER GENERAL PUBLIC LICENSE\n                       Version 3",
    "GNU GENERAL PUBLIC LICENSE\n                       Version 3",
    "GNU LIBRARY GENERAL PUBLIC LICENSE",
    "GNU LESSER GENERAL PUBLIC LICENSE\n                       Version 2.1",
    "Apache License",
    "Copyright (c) 2013-2015 Brightcove",
    "Copyright 2020-2021 SmartBear Software Inc.",
    "Copyright (c) 2014-present, Lee Byron",
  ])
    expect(LICENCES).toContain(title);
});

test("the README has the same licence of Tandem", async () => {
  expect(await Bun.file(join(ROOT, "README.md")).text()).toEndWith(tandem);
  expect(LICENCES).toContain(tandem.trim());
});

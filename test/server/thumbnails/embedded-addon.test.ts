// That an addon is loaded in the end is seen with the real one, in the single binary; here it is no addon at all.

import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  chmodSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StartError } from "#server/common/start-error.ts";
import { loadEmbeddedAddon } from "#server/thumbnails/embedded-addon.ts";

const environment = { ...process.env };
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tandem-embedded-addon-"));
  for (const name of ["cache", "tmp"]) mkdirSync(join(folder, name));
  process.env.XDG_CACHE_HOME = join(folder, "cache");
  process.env.TMPDIR = join(folder, "tmp");
  writeFileSync(join(folder, "addon"), "no addon");
  writeFileSync(join(folder, "library"), "no library");
});

afterEach(() => {
  for (const name of ["XDG_CACHE_HOME", "TMPDIR"]) {
    if (environment[name] === undefined) delete process.env[name];
    else process.env[name] = environment[name];
  }
  rmSync(folder, { recursive: true });
});

function load(): Promise<unknown> {
  return loadEmbeddedAddon(
    { embeddedPath: join(folder, "addon"), relativePath: "addon/lib/a.node" },
    [{ embeddedPath: join(folder, "library"), relativePath: "library/lib/l.so" }],
    "content-1",
  );
}

test("files are laid out as the addon looks for them, whole and for their owner alone", async () => {
  await expect(load()).rejects.toThrow(StartError);
  const laidOut = join(folder, "cache/tandem/content-1");
  expect(readFileSync(join(laidOut, "addon/lib/a.node"), "utf8")).toBe("no addon");
  expect(readFileSync(join(laidOut, "library/lib/l.so"), "utf8")).toBe("no library");
  expect(readdirSync(join(laidOut, "addon/lib"))).toEqual(["a.node"]);
  expect(statSync(join(laidOut, "addon/lib/a.node")).mode & 0o777).toBe(0o500);
});

test("files that are there are not written again, and half a file is", async () => {
  await expect(load()).rejects.toThrow(StartError);
  const addon = join(folder, "cache/tandem/content-1/addon/lib/a.node");
  const library = join(folder, "cache/tandem/content-1/library/lib/l.so");
  const { ino } = statSync(addon);
  rmSync(library);
  writeFileSync(library, "no");
  await expect(load()).rejects.toThrow(StartError);
  expect(statSync(addon).ino).toBe(ino);
  expect(readFileSync(library, "utf8")).toBe("no library");
});

test("a folder that others may write in is not used, and the temporary one is tried next", async () => {
  const shared = join(folder, "cache/tandem");
  mkdirSync(shared);
  chmodSync(shared, 0o777);
  await expect(load()).rejects.toThrow(`${shared} (others may write there)`);
  expect(readdirSync(shared)).toEqual([]);
  expect(readdirSync(join(folder, "tmp"))).toHaveLength(1);
});

test.skipIf(process.getuid?.() !== 0)("a link of root's is followed, somebody else's is not", async () => {
  const linked = join(folder, "private");
  mkdirSync(linked, { mode: 0o700 });
  symlinkSync("../private", join(folder, "cache/tandem"));
  await expect(load()).rejects.toThrow(StartError);
  expect(readdirSync(linked)).toEqual(["content-1"]);

  rmSync(join(linked, "content-1"), { recursive: true });
  lchownSync(join(folder, "cache/tandem"), 65_534, 65_534);
  await expect(load()).rejects.toThrow("others may write there");
  expect(readdirSync(linked)).toEqual([]);
});

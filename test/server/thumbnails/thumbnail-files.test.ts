import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ThumbnailFiles } from "#server/thumbnails/thumbnail-files.ts";

let folder = "";
let files = new ThumbnailFiles("");

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tandem-thumbnails-"));
  files = new ThumbnailFiles(folder);
});

afterEach(() => rm(folder, { recursive: true }));

const bytes = Uint8Array.of(1, 2, 3);

test("a picture that was stored is read again, by whoever comes later", async () => {
  await files.store("one", "aa", bytes);
  await files.add("one", "aa", "320.webp", Uint8Array.of(4));
  const later = new ThumbnailFiles(folder);
  expect(await later.read("one", "aa", "master.jpeg")).toEqual(bytes);
  expect(await later.read("one", "aa", "320.webp")).toEqual(Uint8Array.of(4));
  expect(await later.read("one", "bb", "master.jpeg")).toBeNull();
});

test("the same picture may be stored again, also by two at once, and keeps what was made of it", async () => {
  await Promise.all([files.store("one", "aa", bytes), files.store("two", "aa", bytes)]);
  await files.add("one", "aa", "320.webp", bytes);
  await files.store("one", "aa", bytes);
  expect(await readdir(join(folder, "one"))).toEqual(["aa"]);
  expect((await readdir(join(folder, "one/aa"))).sort()).toEqual(["320.webp", "master.jpeg"]);
});

test("what a crash left unfinished goes with the next picture", async () => {
  await files.store("one", "aa", bytes);
  await mkdir(join(folder, "one/unfinished-x"));
  await Bun.write(join(folder, "one/unfinished-x/master.jpeg"), "half");
  await files.store("one", "bb", bytes);
  await files.keepOnly("one", new Set(["bb"]));
  expect(await readdir(join(folder, "one"))).toEqual(["bb"]);
});

test("nothing is left of a picture that could not be stored", async () => {
  await mkdir(join(folder, "one"));
  await Bun.write(join(folder, "one/aa"), "in the way");
  expect(await files.store("one", "aa", bytes).catch((error: Error) => error)).toBeInstanceOf(Error);
  expect(await readdir(join(folder, "one"))).toEqual(["aa"]);
});

test("nothing is added to a picture that is gone, and nothing is left of the attempt", async () => {
  await files.store("one", "aa", bytes);
  await files.remove("one");
  expect(await files.add("one", "aa", "320.webp", bytes).catch((error: Error) => error)).toBeInstanceOf(
    Error,
  );
  expect(await readdir(folder)).toEqual([]);
  await files.remove("one");
  await files.keepOnly("one", new Set());
});

test.each(["..", ".", "", "a/b", "a\\b", "a\0b"])("%p leads nowhere (L6)", async (name) => {
  const outcomes = [
    await files.read(name, "aa", "master.jpeg").catch(String),
    await files.read("one", name, "master.jpeg").catch(String),
    await files.store("one", name, bytes).catch(String),
    await files.remove(name).catch(String),
  ];
  for (const outcome of outcomes) expect(outcome).toContain("is no path of a picture");
});

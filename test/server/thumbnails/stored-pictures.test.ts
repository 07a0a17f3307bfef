import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "#server/common/log.ts";
import { ObjectStoreTroubleError } from "#server/store/object-store.ts";
import { contentHashOf } from "#server/thumbnails/content-hash.ts";
import { StoredPictures } from "#server/thumbnails/stored-pictures.ts";
import { MASTER_FILE, ThumbnailFiles } from "#server/thumbnails/thumbnail-files.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { FakeObjectStore } from "#test/support/fake-object-store.ts";
import { until } from "#test/support/until.ts";

const log = createLog({ level: "error", write: () => undefined, clock: new FakeClock() });
const AWAY = new ObjectStoreTroubleError("OBJECT_STORE_AWAY", "it is away");
const MASTER = new Uint8Array([1, 2, 3]);
const HASH = contentHashOf(MASTER);

function place() {
  const store = new FakeObjectStore();
  const folder = mkdtempSync(join(tmpdir(), "tandem-pictures-"));
  const pictures = new StoredPictures({ store, delay: () => Bun.sleep(1), log });
  const files = new ThumbnailFiles(folder, pictures);
  const end = async (): Promise<void> => {
    await pictures.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { store, folder, pictures, files, end };
}

test("a picture is in the store as soon as that takes it, and comes back from there", async () => {
  const { store, folder, files, end } = place();
  store.trouble = AWAY;
  await files.store("show", HASH, MASTER);
  await until("a try", () => store.calls.length > 1);
  store.trouble = null;
  await until("the picture", () => store.keys.length === 1);
  expect(store.keys).toEqual([`thumbnails/show/${HASH}`]);
  rmSync(join(folder, "show"), { recursive: true });
  expect(await files.read("show", HASH, MASTER_FILE)).toEqual(MASTER);
  store.calls.length = 0;
  expect(await files.read("show", HASH, MASTER_FILE)).toEqual(MASTER);
  expect(store.calls).toEqual([]);
  expect(await files.read("show", "bb", MASTER_FILE)).toBeNull();
  expect(await files.read("show", HASH, "small.webp")).toBeNull();
  await end();
});

test("a picture that the store has other bytes of is not shown", async () => {
  const { store, folder, files, end } = place();
  await files.store("show", HASH, MASTER);
  await until("the picture", () => store.keys.length === 1);
  rmSync(join(folder, "show"), { recursive: true });
  await store.put(`thumbnails/show/${HASH}`, new Uint8Array([1, 2, 4]));
  await expect(files.read("show", HASH, MASTER_FILE)).rejects.toThrow("is not what was written");
  await store.put(`thumbnails/show/${HASH}`, MASTER);
  expect(await files.read("show", HASH, MASTER_FILE)).toEqual(MASTER);
  await end();
});

test("pictures that are replaced go from the store behind whoever replaced them, and all of them with their livestream", async () => {
  const { store, files, end } = place();
  for (const hash of ["aa", "bb", "cc"]) await files.store("show", hash, MASTER);
  await files.store("show b", "aa", MASTER).catch(() => undefined);
  await until("the pictures", () => store.keys.length === 3);
  store.trouble = AWAY;
  await files.keepOnly("show", new Set(["cc"]));
  store.trouble = null;
  await until("one", () => store.keys.length === 1);
  expect(store.keys).toEqual(["thumbnails/show/cc"]);
  store.trouble = AWAY;
  await expect(files.remove("show")).rejects.toThrow("it is away");
  store.trouble = null;
  await files.remove("show");
  expect(store.keys).toEqual([]);
  await end();
});

test("what a process did not bring to the store the next one does", async () => {
  const { store, folder, pictures, files, end } = place();
  await files.store("show", "aa", MASTER);
  await until("the picture", () => store.keys.length === 1);
  await pictures.stop();
  await files.store("show", "bb", MASTER);
  expect(store.keys).toHaveLength(1);
  store.calls.length = 0;
  const next = new StoredPictures({ store, delay: () => Bun.sleep(1), log });
  await new ThumbnailFiles(folder, next).start();
  await until("the other picture", () => store.keys.length === 2);
  expect(store.calls).not.toContain("put thumbnails/show/aa");
  await next.stop();
  await new ThumbnailFiles(join(folder, "missing"), next).start();
  await end();
});

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { SqliteThumbnailStore } from "#server/store/sqlite/thumbnail-store.ts";
import { MASTER_FILE } from "#server/thumbnails/thumbnail-files.ts";
import { ThumbnailService } from "#server/thumbnails/thumbnail-service.ts";
import { FakeHouse } from "#test/server/livestreams/fake-house.ts";

let database = openDatabase(":memory:");
let house = new FakeHouse(database);
let thumbnails = house.thumbnails;
let id = "";

beforeEach(async () => {
  database = openDatabase(":memory:");
  house = new FakeHouse(database);
  thumbnails = house.thumbnails;
  id = await house.create();
});

afterEach(async () => {
  await thumbnails.settled();
  await rm(house.thumbnailsFolder, { recursive: true, force: true });
});

function picture(background: string): Promise<Buffer> {
  return sharp({ create: { width: 40, height: 20, channels: 3, background } })
    .png()
    .toBuffer();
}

async function put(background: string): Promise<string> {
  expect(await thumbnails.upload(id, await picture(background))).toBeNull();
  return (await thumbnails.current(id))?.contentHash ?? "";
}

/** As the decoder of key frames makes them. */
async function keepAutomatic(background: string): Promise<string> {
  const jpeg = await sharp(await picture(background))
    .jpeg()
    .toBuffer();
  expect(await thumbnails.keepAutomatic(id, jpeg)).toBeNull();
  return (await thumbnails.current(id))?.contentHash ?? "";
}

function folders(): Promise<string[]> {
  return readdir(join(house.thumbnailsFolder, id));
}

function rendition(contentHash: string, width: number | null = null) {
  return thumbnails.rendition({ livestreamId: id, contentHash, width, format: "webp" });
}

test("the automatic picture goes on behind an uploaded one, and is back when that is deleted", async () => {
  const automatic = await keepAutomatic("red");
  const uploaded = await put("blue");
  await keepAutomatic("green");
  expect(await thumbnails.current(id)).toMatchObject({ contentHash: uploaded, source: "upload" });
  await thumbnails.deleteUpload(id);
  expect((await thumbnails.current(id))?.source).toBe("auto");
  expect((await thumbnails.current(id))?.contentHash).not.toBe(automatic);
  expect(await folders()).toEqual([(await thumbnails.current(id))?.contentHash ?? ""]);
});

test("it is known since when a picture is shown, also where it is the same as before", async () => {
  house.nowMs = 1000;
  await keepAutomatic("red");
  expect((await thumbnails.current(id))?.storedAtMs).toBe(1000);
  house.nowMs = 31_000;
  await keepAutomatic("red");
  expect((await thumbnails.current(id))?.storedAtMs).toBe(31_000);
  house.nowMs = 40_000;
  await put("blue");
  expect((await thumbnails.current(id))?.storedAtMs).toBe(40_000);
});

test("the same picture again changes nothing, as an upload or automatic", async () => {
  const contentHash = await put("red");
  expect(await put("red")).toBe(contentHash);
  const stored = await readFile(join(house.thumbnailsFolder, id, contentHash, MASTER_FILE));
  expect(await thumbnails.keepAutomatic(id, stored)).toBeNull();
  await thumbnails.deleteUpload(id);
  expect(await thumbnails.current(id)).toMatchObject({ contentHash, source: "auto" });
  expect(await folders()).toEqual([contentHash]);
});

test.each([
  ["a picture of another kind", () => picture("red")],
  ["nothing", async () => new Uint8Array()],
  ["the beginning of a JPEG", async () => Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)],
])("%s from the decoder does not become the automatic one", async (_, made) => {
  const automatic = await keepAutomatic("blue");
  expect((await thumbnails.keepAutomatic(id, await made()))?.code).toBe("invalid_image");
  expect((await thumbnails.current(id))?.contentHash).toBe(automatic);
});

test("an automatic picture is stored as it came, with its size", async () => {
  const jpeg = await sharp(await picture("green"))
    .jpeg()
    .toBuffer();
  await thumbnails.keepAutomatic(id, jpeg);
  const { contentHash = "", ...size } = (await thumbnails.current(id)) ?? {};
  expect(size).toMatchObject({ width: 40, height: 20, source: "auto" });
  expect(await readFile(join(house.thumbnailsFolder, id, contentHash, MASTER_FILE))).toEqual(jpeg);
});

test("many uploads at once leave one whole picture, and the one before it", async () => {
  const colors = ["red", "green", "blue", "yellow", "black"];
  await Promise.all(colors.map(async (color) => thumbnails.upload(id, await picture(color))));
  const contentHash = (await thumbnails.current(id))?.contentHash ?? "";
  expect(await folders()).toHaveLength(2);
  expect(await folders()).toContain(contentHash);
  expect(await rendition(contentHash)).toMatchObject({ format: "webp" });
});

test("a reader gets the old picture or the new one, however often it is replaced meanwhile", async () => {
  let current = await put("red");
  for (const color of ["green", "blue", "yellow"]) {
    const [answer] = await Promise.all([rendition(current), put(color)]);
    if (typeof answer === "string") throw new Error(answer);
    expect((await sharp(answer.bytes).metadata()).width).toBe(40);
    current = (await thumbnails.current(id))?.contentHash ?? "";
  }
});

test("a livestream deleted during the upload leaves no picture behind", async () => {
  const putting = thumbnails.upload(id, await picture("red"));
  await house.livestreams.delete(id);
  expect((await putting)?.code).toBe("not_found");
  expect(await readdir(house.thumbnailsFolder)).toEqual([]);
});

test("a crash between the disk and the database leaves the old picture, and nothing of the new after the next", async () => {
  const old = await put("red");
  const crashing = new ThumbnailService({
    store: new (class extends SqliteThumbnailStore {
      override async put(): Promise<never> {
        throw new Error("the process is gone");
      }
    })(database),
    folder: house.thumbnailsFolder,
    dateMs: () => house.nowMs,
  });
  await expect(crashing.upload(id, await picture("green"))).rejects.toThrow("the process is gone");
  expect(await folders()).toHaveLength(2);

  thumbnails = new ThumbnailService({
    store: new SqliteThumbnailStore(database),
    folder: house.thumbnailsFolder,
    dateMs: () => house.nowMs,
  });
  expect((await thumbnails.current(id))?.contentHash).toBe(old);
  expect(await rendition(old)).toMatchObject({ format: "webp" });
  const next = await put("blue");
  expect((await folders()).sort()).toEqual([old, next].sort());
});

describe("a size", () => {
  test("is made once for all who ask, and kept for the next process", async () => {
    const contentHash = await put("red");
    const answers = await Promise.all(Array.from({ length: 5 }, () => rendition(contentHash, 320)));
    const [first] = answers;
    if (first === undefined || typeof first === "string") throw new Error("there is no picture");
    expect(answers.every((answer) => typeof answer !== "string" && answer.bytes === first.bytes)).toBe(true);
    await thumbnails.settled();
    const folder = join(house.thumbnailsFolder, id, contentHash);
    await Bun.write(join(folder, "320.webp"), "as it was kept");
    const next = new ThumbnailService({
      store: new SqliteThumbnailStore(database),
      folder: house.thumbnailsFolder,
      dateMs: () => house.nowMs,
    });
    const kept = await next.rendition({ livestreamId: id, contentHash, width: 320, format: "webp" });
    expect(typeof kept === "string" ? kept : Buffer.from(kept.bytes).toString()).toBe("as it was kept");
  });

  test("of a picture that is not there is gone", async () => {
    expect(await rendition("0".repeat(32))).toBe("gone");
  });
});

test("uploads are refused while too many wait, and taken later", async () => {
  const image = await picture("red");
  const uploads = await Promise.all(Array.from({ length: 40 }, () => thumbnails.upload(id, image)));
  // One is worked on and 32 wait.
  expect(uploads.filter((refusal) => refusal?.code === "too_many_images")).toHaveLength(7);
  expect(await thumbnails.upload(id, image)).toBeNull();
});

test("what is still being written when its livestream is deleted is not left behind", async () => {
  const contentHash = await put("red");
  await Promise.all([320, 640, 1280, null].map((width) => rendition(contentHash, width)));
  await house.livestreams.delete(id);
  await thumbnails.settled();
  expect(await readdir(house.thumbnailsFolder)).toEqual([]);
});

test("what is forgotten is not answered from memory", async () => {
  const contentHash = await put("red");
  await rendition(contentHash);
  await thumbnails.deleteUpload(id);
  expect(await rendition(contentHash)).toBe("gone");
});

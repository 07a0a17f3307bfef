import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { InTurn } from "#server/common/in-turn.ts";
import { Renditions } from "#server/thumbnails/renditions.ts";
import { ThumbnailFiles } from "#server/thumbnails/thumbnail-files.ts";
import { WorkQueue } from "#server/thumbnails/work-queue.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tandem-renditions-"));
});

afterEach(() => rm(folder, { recursive: true }));

test("a size that would have to be made while too many others wait is refused, and made later", async () => {
  const files = new ThumbnailFiles(folder);
  const queue = new WorkQueue(1);
  const changes = new InTurn();
  const renditions = new Renditions(files, queue, changes);
  const master = await sharp({ create: { width: 400, height: 200, channels: 3, background: "red" } })
    .jpeg()
    .toBuffer();
  await files.store("one", "aa", master);
  const hold = Promise.withResolvers<void>();
  for (let each = 0; each < 2; each += 1) void queue.run(() => hold.promise);
  const request = { livestreamId: "one", contentHash: "aa", width: 320, format: "webp" } as const;
  expect(await renditions.get(request)).toBe("busy");
  hold.resolve();
  await queue.settled();
  expect(await renditions.get(request)).toMatchObject({ format: "webp" });
  await changes.settled();
});

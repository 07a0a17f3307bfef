import { expect, test } from "bun:test";
import { createLog } from "#server/common/log.ts";
import { StoredRecordings } from "#server/recording/stored-recordings.ts";
import { openDataDirectory } from "#server/store/data-directory.ts";
import type { RecordingNeed, References } from "#server/store/references.ts";
import type { Verified } from "#server/verify/verified.ts";
import { verifyObjects } from "#server/verify/verify-objects.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { FakeObjectStore } from "#test/support/fake-object-store.ts";
import { LIVESTREAM_ID as ID, programmeCuts, RecordingFolder } from "#test/support/recording-folder.ts";

const log = createLog({ level: "error", write: () => undefined, clock: new FakeClock() });

/** A recording in the store that is referred to, and nothing else. */
async function aStoredRecording(disk: RecordingFolder): Promise<FakeObjectStore> {
  const store = new FakeObjectStore();
  await disk.record(programmeCuts({ seconds: 6 }));
  const stored = new StoredRecordings({ store, delay: () => Bun.sleep(1), log });
  await stored.write(ID, disk.recordings.archivePaths(ID), new AbortController().signal);
  return store;
}

async function found(disk: RecordingFolder, store: FakeObjectStore): Promise<readonly Verified[]> {
  const need = new Map<string, RecordingNeed>([[ID, "whole"]]);
  const references: References = {
    recording: async (id) => need.get(id) ?? null,
    wholeRecordings: async () => [ID],
    pictures: async () => [],
    forgetPicture: async () => undefined,
    problems: async () => [],
  };
  const objects = { store, urlOf: (key: string) => `s3://bucket/${key}` };
  const directory = openDataDirectory(disk.folder);
  return Array.fromAsync(verifyObjects(objects, { directory, references, objects, mendInto: null }));
}

test("a recording that the store has as it was written is found to be well", async () => {
  await using disk = new RecordingFolder();
  expect(await found(disk, await aStoredRecording(disk))).toEqual([]);
});

test("bytes that are wrong, an object that is short, and a journal that is not there are found", async () => {
  await using disk = new RecordingFolder();
  const store = await aStoredRecording(disk);
  const key = `${ID}/media.mp4`;
  const whole = store.objects.get(key)?.bytes ?? new Uint8Array(0);
  const damaged = whole.slice();
  damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
  await store.put(key, damaged);
  expect(await found(disk, store)).toMatchObject([
    {
      finding: "damaged",
      path: `s3://bucket/${key}`,
      what: expect.stringContaining("is not what was written"),
    },
  ]);
  await store.put(key, whole.slice(0, -1));
  expect(await found(disk, store)).toMatchObject([
    { finding: "damaged", path: `s3://bucket/${key}`, what: expect.stringContaining("it ends at byte") },
  ]);
  await store.put(key, whole);
  await store.remove(`${ID}/journal.ndjson`);
  expect(await found(disk, store)).toMatchObject([
    { finding: "missing", path: `s3://bucket/${ID}/journal.ndjson` },
  ]);
});

test("what nothing refers to is found, recording or picture", async () => {
  await using disk = new RecordingFolder();
  const store = await aStoredRecording(disk);
  await store.put("gone/media.mp4", new Uint8Array(1));
  await store.put("thumbnails/gone/aa", new Uint8Array(1));
  await store.put(`thumbnails/${ID}/aa`, new Uint8Array(1));
  expect((await found(disk, store)).map(({ finding, path }) => `${finding} ${path}`)).toEqual([
    "unreferenced s3://bucket/gone/media.mp4",
    "unreferenced s3://bucket/thumbnails/gone/aa",
  ]);
});

import { expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createLog } from "#server/common/log.ts";
import { Recordings } from "#server/recording/recordings.ts";
import { StoredRecordings } from "#server/recording/stored-recordings.ts";
import { openDataDirectory } from "#server/store/data-directory.ts";
import type { RecordingNeed, References } from "#server/store/references.ts";
import { LostAndFound } from "#server/verify/lost-and-found.ts";
import type { Verified } from "#server/verify/verified.ts";
import { verifyObjects } from "#server/verify/verify-objects.ts";
import { verifyRecordings } from "#server/verify/verify-recordings.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { FakeObjectStore } from "#test/support/fake-object-store.ts";
import {
  LIVESTREAM_ID as ID,
  noReports,
  programmeCuts,
  RecordingFolder,
} from "#test/support/recording-folder.ts";
import { until } from "#test/support/until.ts";

const log = createLog({ level: "error", write: () => undefined, clock: new FakeClock() });

/** A recording in the store that is referred to, and nothing else. */
async function aStoredRecording(disk: RecordingFolder): Promise<FakeObjectStore> {
  const store = new FakeObjectStore();
  await disk.record(programmeCuts({ seconds: 6 }));
  const stored = new StoredRecordings({ store, delay: () => Bun.sleep(1), log });
  await stored.write(ID, disk.recordings.archivePaths(ID), new AbortController().signal);
  return store;
}

async function found(
  disk: RecordingFolder,
  store: FakeObjectStore,
  { isRepair = false, need: ofIt = "whole" }: { isRepair?: boolean; need?: RecordingNeed } = {},
): Promise<readonly Verified[]> {
  const need = new Map<string, RecordingNeed>([[ID, ofIt]]);
  const references: References = {
    recording: async (id) => need.get(id) ?? null,
    wholeRecordings: async () => [ID],
    pictures: async () => [],
    forgetPicture: async () => undefined,
    problems: async () => [],
  };
  const objects = { store, urlOf: (key: string) => `s3://bucket/${key}` };
  const directory = openDataDirectory(disk.folder);
  const mendInto = isRepair ? new LostAndFound(disk.folder) : null;
  const options = { directory, references, objects, mendInto };
  return [
    ...(await Array.fromAsync(verifyRecordings(options))),
    ...(await Array.fromAsync(verifyObjects(objects, options))),
  ];
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

test("a repair moves what nothing refers to out of the way, where it is looked for no more", async () => {
  await using disk = new RecordingFolder();
  const store = await aStoredRecording(disk);
  await store.put("gone/media.mp4", new Uint8Array(1));
  expect(await found(disk, store, { isRepair: true })).toMatchObject([
    { path: "s3://bucket/gone/media.mp4", mended: "moved to s3://bucket/lost-and-found/gone/media.mp4" },
  ]);
  expect(store.keys).toContain("lost-and-found/gone/media.mp4");
  expect(await found(disk, store)).toEqual([]);
});

/** What a broadcast has uploaded, and on the disk beside it. */
async function aBroadcast(store: FakeObjectStore): Promise<RecordingFolder> {
  const disk = new RecordingFolder();
  const stored = new StoredRecordings({ store, delay: () => Bun.sleep(1), log });
  const { recordingsFolder } = openDataDirectory(disk.folder);
  const recordings = new Recordings(recordingsFolder, undefined, undefined, stored);
  const recorder = recordings.record(ID, null, noReports);
  for (const cut of programmeCuts({ seconds: 6 })) recorder.write(cut);
  await until("the segments", () => store.keys.length === 4);
  await recorder.end();
  return disk;
}

test("segments that are left of a recording that is there in one are found, and removed by a repair", async () => {
  const store = new FakeObjectStore();
  await using disk = await aBroadcast(store);
  const { recordingsFolder } = openDataDirectory(disk.folder);
  const whole = new Recordings(recordingsFolder);
  const segments = new Map(store.objects);
  const stored = new StoredRecordings({ store, delay: () => Bun.sleep(1), log });
  await stored.write(ID, whole.archivePaths(ID), new AbortController().signal);
  for (const [key, object] of segments) store.objects.set(key, object);
  const finding = { finding: "unreferenced", path: `s3://bucket/${ID}/` };
  expect(await found(disk, store)).toMatchObject([finding]);
  expect(await found(disk, store, { isRepair: true })).toMatchObject([{ ...finding, mended: "removed" }]);
  expect(store.keys).toEqual([`${ID}/journal.ndjson`, `${ID}/media.mp4`]);
});

test.each(["growing", "whole"] as const)(
  "a recording that is to be %s, and that its disk has lost, is found, and put together by a repair",
  async (need) => {
    const store = new FakeObjectStore();
    await using disk = await aBroadcast(store);
    const { recordingsFolder } = openDataDirectory(disk.folder);
    expect(await found(disk, store, { need })).toEqual([]);
    await rm(join(recordingsFolder, ID), { recursive: true });
    const finding = { finding: "missing", path: `s3://bucket/${ID}/` };
    expect(await found(disk, store, { need })).toMatchObject([finding]);
    expect(await found(disk, store, { need, isRepair: true })).toMatchObject([
      { ...finding, mended: expect.stringContaining("it is put together from the 3 segments") },
    ]);
    expect(await found(disk, store, { need })).toEqual([]);
    expect(await new Recordings(recordingsFolder).finished(ID)).toMatchObject({ durationSeconds: 6 });
  },
);

test("of a recording in the store the disk may keep the head of its download", async () => {
  await using disk = new RecordingFolder();
  const store = await aStoredRecording(disk);
  const { recordingsFolder } = openDataDirectory(disk.folder);
  await Bun.write(join(recordingsFolder, ID, "download.head"), "head");
  expect(await found(disk, store)).toEqual([]);
  expect(await found(disk, store, { isRepair: true })).toEqual([]);
  await store.remove(`${ID}/media.mp4`);
  expect(await found(disk, store)).toMatchObject([{ finding: "missing" }]);
});

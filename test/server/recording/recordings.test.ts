import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { rm, symlink, truncate } from "node:fs/promises";
import { dirname } from "node:path";
import { LIVESTREAM_ID, programmeCuts, RecordingFolder } from "#test/support/recording-folder.ts";

test("a recording is removed with its folder", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 2 }));
  expect(await folder.recordings.finished(LIVESTREAM_ID)).not.toBeNull();
  await folder.recordings.remove(LIVESTREAM_ID);
  expect(existsSync(dirname(folder.mediaFile))).toBe(false);
  expect(await folder.recordings.repair(LIVESTREAM_ID)).toBeNull();
  expect(await folder.recordings.finished(LIVESTREAM_ID)).toBeNull();
});

test("removing what is not there is no error", async () => {
  await using folder = new RecordingFolder();
  expect(await folder.recordings.remove(LIVESTREAM_ID)).toBeUndefined();
});

test("a finished recording is read once, whoever asks at the same time or later", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 2 }));
  const { recordings } = folder;
  const [first, second] = await Promise.all([
    recordings.finished(LIVESTREAM_ID),
    recordings.finished(LIVESTREAM_ID),
  ]);
  expect(second).toBe(first);
  expect(await recordings.finished(LIVESTREAM_ID)).toBe(first);
});

test("sixteen finished recordings are kept: those used last", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 2 }));
  const { recordings } = folder;
  const first = await recordings.finished(LIVESTREAM_ID);
  for (let other = 0; other < 15; other += 1) await recordings.finished(`other-${other}`);
  expect(await recordings.finished(LIVESTREAM_ID)).toBe(first);
  for (let other = 0; other < 16; other += 1) await recordings.finished(`another-${other}`);
  const again = await recordings.finished(LIVESTREAM_ID);
  expect(again).toEqual(first);
  expect(again).not.toBe(first);
});

test("opening reads the disk, and what was kept is not believed any more", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 4 }));
  expect((await folder.recordings.finished(LIVESTREAM_ID))?.segments).toHaveLength(2);
  await truncate(folder.mediaFile, (await folder.read()).media.byteLength - 1);
  expect((await folder.recordings.repair(LIVESTREAM_ID))?.segments[1]?.partCount).toBe(4);
  expect((await folder.recordings.finished(LIVESTREAM_ID))?.segments[1]?.partCount).toBe(4);
});

test("a recording that could not be read is tried again", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 2 }));
  const { media, journal } = await folder.read();
  await rm(folder.journalFile);
  await symlink("/proc/self/mem", folder.journalFile); // reading its beginning is an I/O error
  const failure = await folder.recordings.finished(LIVESTREAM_ID).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  await rm(folder.journalFile);
  await folder.write({ media, journal });
  expect((await folder.recordings.finished(LIVESTREAM_ID))?.segments).toHaveLength(1);
});

// Whatever a process was in the middle of when it was killed, the next one finishes: from each state that rows and folders can
// be in then.

import type { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conversionOf } from "#server/livestreams/conversion.ts";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { storesIn } from "#server/store/sqlite/stores.ts";
import { noReports, programmeCuts } from "#test/support/recording-folder.ts";
import { FakeHouse } from "./fake-house.ts";

let folder: string;
let database: Database;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tandem-start-up-"));
  database = openDatabase(join(folder, "tandem.sqlite"));
});

afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

function process(): FakeHouse {
  const house = new FakeHouse(database, undefined, join(folder, "recordings"));
  house.convert = conversionOf(house.recordings, async () => undefined);
  return house;
}

/** The next process, once it has done what was left to do. */
async function started(): Promise<FakeHouse> {
  const house = process();
  await house.livestreams.reopen();
  house.livestreams.goOn();
  await house.livestreams.conversionsSettled();
  await house.turns.settled();
  return house;
}

async function record(house: FakeHouse, id: string): Promise<void> {
  const recorder = house.recordings.record(id, null, noReports);
  for (const cut of programmeCuts({ seconds: 6 })) recorder.write(cut);
  await recorder.end();
}

async function finished(): Promise<{ house: FakeHouse; id: string; mediaId: string }> {
  const house = process();
  const id = await house.live();
  await record(house, id);
  await house.livestreams.stop(id);
  await house.livestreams.conversionsSettled();
  return { house, id, mediaId: (await house.livestreams.get(id))?.mediaId ?? "" };
}

async function clipOf(house: FakeHouse, mediaId: string, copy = false): Promise<string> {
  const span = { startSeconds: 0.5, endSeconds: 2.5 };
  const clip = await house.clips.ofMedia(mediaId, { name: "Clip", ...span, copy });
  if (!clip.ok) throw new Error("refused");
  return clip.media.id;
}

function folders(): string[] {
  return readdirSync(join(folder, "recordings"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

function removals(): unknown[] {
  return database
    .query("SELECT livestream_id FROM recording_removals UNION ALL SELECT id FROM picture_removals")
    .values()
    .flat();
}

function leaveFolder(id: string, ...files: readonly string[]): void {
  mkdirSync(join(folder, "recordings", id), { recursive: true });
  for (const file of files) writeFileSync(join(folder, "recordings", id, file), "torn");
}

describe("a clip that was being cut", () => {
  test.each([[[]], [["media.mp4"]], [["media.mp4", "journal.ndjson"]]])(
    "with %p of it written leaves nothing",
    async (files) => {
      const { id } = await finished();
      await storesIn(database).media.announceClip("c");
      leaveFolder("c", ...files);
      await started();
      expect([folders(), removals()]).toEqual([[id], []]);
    },
  );

  test("that was announced and wrote nothing leaves nothing", async () => {
    const { id } = await finished();
    await storesIn(database).media.announceClip("c");
    await started();
    expect([folders(), removals()]).toEqual([[id], []]);
  });

  test("that was inserted is there, with its files", async () => {
    const { house, id, mediaId } = await finished();
    const copy = await clipOf(house, mediaId, true);
    const next = await started();
    expect(await next.mediaService.get(copy)).not.toBeNull();
    expect(folders()).toEqual([id, copy].sort());
  });
});

describe("a removal", () => {
  test.each(["all", "some", "none"])(
    "of an asset with %s of its files still there is finished",
    async (left) => {
      const { id } = await finished();
      await storesIn(database).livestreams.delete(id, "finished");
      const files = join(folder, "recordings", id);
      if (left === "some") rmSync(join(files, "media.mp4"));
      if (left === "none") rmSync(files, { recursive: true });
      await started();
      expect([folders(), removals()]).toEqual([[], []]);
    },
  );

  test("of an asset whose recording a clip plays takes its pictures alone", async () => {
    const { house, id, mediaId } = await finished();
    const clip = await clipOf(house, mediaId);
    await storesIn(database).livestreams.delete(id, "finished");
    mkdirSync(join(house.thumbnailsFolder, id), { recursive: true });
    const next = process();
    mkdirSync(join(next.thumbnailsFolder, id), { recursive: true });
    await next.livestreams.reopen();
    next.livestreams.goOn();
    await next.turns.settled();
    expect(existsSync(join(next.thumbnailsFolder, id))).toBe(false);
    expect(folders()).toEqual([id, clip].sort());
    expect(removals()).toEqual([]);
    for (const { thumbnailsFolder } of [house, next])
      rmSync(thumbnailsFolder, { recursive: true, force: true });
  });

  test.each([0, 1, 2])("of the last clip, with %p of its two folders gone, is finished", async (gone) => {
    const { house, id, mediaId } = await finished();
    const clip = await clipOf(house, mediaId);
    await house.mediaService.delete(mediaId, { permanent: true });
    expect(await storesIn(database).media.deleteClip(clip)).toEqual([clip, id]);
    for (const each of [clip, id].slice(0, gone)) {
      rmSync(join(folder, "recordings", each), { recursive: true });
    }
    await started();
    expect([folders(), removals()]).toEqual([[], []]);
  });

  test("that is finished twice takes nothing that is referred to", async () => {
    const { house, id, mediaId } = await finished();
    const clip = await clipOf(house, mediaId);
    await house.livestreams.removeFiles(id);
    await house.livestreams.removeFiles(clip);
    expect(folders()).toEqual([id, clip].sort());
  });
});

describe("a conversion", () => {
  async function converting(): Promise<string> {
    const house = process();
    const id = await house.live();
    await record(house, id);
    await storesIn(database).livestreams.changeStatus(id, "live", "converting", {}, 1);
    return id;
  }

  async function assets(house: FakeHouse): Promise<number> {
    return (await house.mediaService.list({ page: 0, perpage: 9, sort: null, status: "ready" })).total;
  }

  test("that had only begun makes one asset, however many processes there were", async () => {
    const id = await converting();
    for (let start = 0; start < 3; start += 1) {
      const house = await started();
      expect([await assets(house), (await house.livestreams.get(id))?.status]).toEqual([1, "finished"]);
    }
  });

  test("that was writing the journal anew makes one asset, and leaves no other journal", async () => {
    const id = await converting();
    const paths = join(folder, "recordings", id);
    const journal = join(paths, "journal.ndjson");
    // Version 1 is written anew.
    const lines = (await Bun.file(journal).text()).split("\n");
    writeFileSync(journal, lines.slice(1).join("\n"));
    leaveFolder(id, "journal.ndjson.new");
    const house = await started();
    expect(await assets(house)).toBe(1);
    expect(readdirSync(paths).sort()).toEqual(["journal.ndjson", "media.mp4"]);
  });

  test("that two processes settle makes one asset", async () => {
    const id = await converting();
    const facts = {
      durationSeconds: 1,
      sizeBytes: 1,
      width: null,
      height: null,
      videoCodec: null,
      audioCodec: null,
    };
    const { livestreams } = storesIn(database);
    const settle = (mediaId: string) =>
      livestreams.finishConversion({ livestreamId: id, mediaId, facts, message: null, atMs: 1 });
    expect([await settle("m"), await settle("n")]).toEqual([true, false]);
    expect(await assets(await started())).toBe(1);
  });
});

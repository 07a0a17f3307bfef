import { expect, test } from "bun:test";
import { createLog } from "#server/common/log.ts";
import { ConversionSettlement } from "#server/livestreams/conversion-settlement.ts";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { SqliteLivestreamStore } from "#server/store/sqlite/livestream-store.ts";
import { SqliteMediaStore } from "#server/store/sqlite/media-store.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { FACTS } from "./fake-house.ts";

const ID = "01890a5d-ac96-774b-bcce-b302099a8057";
const AT_MS = Date.UTC(2026, 0, 1);
const DONE = { ok: true, facts: FACTS, message: null } as const;

/** A settlement with one livestream, that is converting, and everything around it watched. */
class Watched {
  readonly #database = openDatabase(":memory:");
  readonly livestreams = new SqliteLivestreamStore(this.#database);
  readonly media = new SqliteMediaStore(this.#database);
  /** What was told, with the status that was stored by then. */
  readonly told: string[] = [];
  readonly logged: string[] = [];
  readonly graces: string[] = [];
  closing = Promise.resolve();
  readonly settlement = new ConversionSettlement(
    {
      livestreams: this.livestreams,
      dateMs: () => AT_MS,
      log: createLog({ level: "debug", write: (line) => this.logged.push(line), clock: new FakeClock() }),
      feed: { emit: ({ type }) => this.told.push(`${type} (stored: ${this.#statusNow})`) },
    },
    {
      closeAfterGrace: (id, seekableMs) => {
        this.graces.push(`${id} seekable for ${seekableMs} ms`);
        return this.closing;
      },
    },
  );

  static async converting({ withDvr = false, conversionMessage = null as string | null } = {}) {
    const watched = new Watched();
    const text = { name: "Show", description: "text" };
    await watched.livestreams.insert({
      id: ID,
      ...text,
      withDvr,
      withBackup: true,
      playbackPolicy: "public",
      createdAtMs: 1,
    });
    await watched.livestreams.changeStatus(ID, "created", "converting", { conversionMessage }, 2);
    return watched;
  }

  get #statusNow() {
    return this.#database.query<{ status: string }, []>("SELECT status FROM livestreams").get()?.status;
  }

  get row() {
    return this.livestreams.find(ID);
  }

  get assets() {
    return this.media.list({ page: 0, perpage: 10, sort: null, status: "ready" }).then(({ items }) => items);
  }
}

test("a conversion that is done makes one asset that carries the livestream's name, and finishes it", async () => {
  const watched = await Watched.converting();
  await watched.settlement.settle(ID, DONE);
  const asset = { livestreamId: ID, name: "Show", description: "text", ...FACTS, createdAtMs: AT_MS };
  expect(await watched.assets).toEqual([expect.objectContaining(asset)]);
  expect(await watched.row).toMatchObject({
    status: "finished",
    mediaId: (await watched.assets)[0]?.id,
    finishedAtMs: AT_MS,
    conversionMessage: null,
  });
});

test("a conversion that failed leaves the reason and no asset", async () => {
  const watched = await Watched.converting();
  await watched.settlement.settle(ID, { ok: false, message: "Nothing was recorded." });
  expect(await watched.row).toMatchObject({
    ...{ status: "failed", mediaId: null, finishedAtMs: null },
    conversionMessage: "Nothing was recorded.",
  });
  expect(await watched.assets).toEqual([]);
});

test("what was said of the recording while it was live stays, unless the conversion has more to say", async () => {
  const full = await Watched.converting({ conversionMessage: "the disk is full" });
  await full.settlement.settle(ID, DONE);
  expect((await full.row)?.conversionMessage).toBe("the disk is full");
  const torn = await Watched.converting({ conversionMessage: "the disk is full" });
  await torn.settlement.settle(ID, { ...DONE, message: "the end is torn" });
  expect((await torn.row)?.conversionMessage).toBe("the end is torn");
});

test("the asset and the status come into being together, or neither", async () => {
  const watched = await Watched.converting();
  const unstorable = { ...DONE, facts: { ...FACTS, sizeBytes: 1.5 } };
  await expect(watched.settlement.settle(ID, unstorable)).rejects.toThrow("REAL value in INTEGER column");
  expect(await watched.row).toMatchObject({ status: "converting", finishedAtMs: null });
  expect(await watched.assets).toEqual([]);
  expect(watched.told).toEqual([]);
  expect(watched.graces).toEqual([]);
});

test("a livestream that is not converting is not finished a second time", async () => {
  const watched = await Watched.converting();
  await watched.settlement.settle(ID, DONE);
  const finished = await watched.row;
  await expect(watched.settlement.settle(ID, DONE)).rejects.toThrow(`livestream ${ID} is not converting`);
  expect(await watched.row).toEqual(finished);
  expect(await watched.assets).toHaveLength(1);
});

test("a livestream that is gone becomes no asset", async () => {
  const watched = await Watched.converting();
  await watched.livestreams.delete(ID, "converting");
  await expect(watched.settlement.settle(ID, DONE)).rejects.toThrow("is not converting");
  expect(await watched.assets).toEqual([]);
});

test("the end is told once it is stored, and logged", async () => {
  const done = await Watched.converting();
  await done.settlement.settle(ID, DONE);
  expect(done.told).toEqual(["livestream.finished (stored: finished)", "media.created (stored: finished)"]);
  expect(done.logged.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      ...{ level: "info", event: "conversion_done", livestreamId: ID },
      ...{ mediaId: (await done.assets)[0]?.id, durationSeconds: FACTS.durationSeconds },
    }),
  ]);
  const failed = await Watched.converting();
  await failed.settlement.settle(ID, { ok: false, message: "EIO" });
  expect(failed.told).toEqual(["livestream.failed (stored: failed)"]);
  expect(failed.logged.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ level: "error", event: "conversion_failed", livestreamId: ID, message: "EIO" }),
  ]);
});

test("an ended playlist with DVR may be seeked for as long as it lasted, another not", async () => {
  const withDvr = await Watched.converting({ withDvr: true });
  await withDvr.settlement.settle(ID, DONE);
  expect(withDvr.graces).toEqual([`${ID} seekable for 12500 ms`]);
  const without = await Watched.converting();
  await without.settlement.settle(ID, DONE);
  expect(without.graces).toEqual([`${ID} seekable for 0 ms`]);
});

test("an ended playlist whose conversion failed is closed after its grace all the same", async () => {
  const watched = await Watched.converting({ withDvr: true });
  await watched.settlement.settle(ID, { ok: false, message: "EIO" });
  expect(watched.graces).toEqual([`${ID} seekable for 0 ms`]);
});

test("a playout that cannot be closed is said in the log, and ends nothing else", async () => {
  const watched = await Watched.converting();
  watched.closing = Promise.reject(new Error("the disk is on fire"));
  await watched.settlement.settle(ID, DONE);
  await watched.closing.catch(() => {});
  await Promise.resolve();
  expect((await watched.row)?.status).toBe("finished");
  expect(JSON.parse(watched.logged.at(-1) ?? "")).toMatchObject({
    event: "ended_playout_not_closed",
    livestreamId: ID,
    message: "Error: the disk is on fire",
  });
});

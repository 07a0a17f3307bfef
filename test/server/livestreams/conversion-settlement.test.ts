import { expect, test } from "bun:test";
import { createLog } from "#server/common/log.ts";
import { ConversionSettlement } from "#server/livestreams/conversion-settlement.ts";
import { openDatabase, transactionOn } from "#server/store/database.ts";
import { LivestreamStore } from "#server/store/livestream-store.ts";
import { MediaStore } from "#server/store/media-store.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { FACTS } from "./fake-house.ts";

const ID = "01890a5d-ac96-774b-bcce-b302099a8057";
const AT_MS = Date.UTC(2026, 0, 1);
const DONE = { ok: true, facts: FACTS, message: null } as const;

/** A settlement with one livestream, that is converting, and everything around it watched. */
class Watched {
  readonly #database = openDatabase(":memory:");
  readonly livestreams = new LivestreamStore(this.#database);
  readonly media = new MediaStore(this.#database);
  /** What was told, with the status that was stored by then. */
  readonly told: string[] = [];
  readonly logged: string[] = [];
  readonly graces: string[] = [];
  closing = Promise.resolve();
  readonly settlement = new ConversionSettlement(
    {
      livestreams: this.livestreams,
      media: this.media,
      transaction: transactionOn(this.#database),
      dateMs: () => AT_MS,
      log: createLog({ level: "debug", write: (line) => this.logged.push(line), clock: new FakeClock() }),
      feed: { emit: ({ type }) => this.told.push(`${type} (stored: ${this.row?.status})`) },
    },
    {
      closeAfterGrace: (id, seekableMs) => {
        this.graces.push(`${id} seekable for ${seekableMs} ms`);
        return this.closing;
      },
    },
  );

  constructor({ withDvr = false, conversionMessage = null as string | null } = {}) {
    const text = { name: "Show", description: "text" };
    this.livestreams.insert({ id: ID, ...text, withDvr, withBackup: true, createdAtMs: 1 });
    this.livestreams.changeStatus(ID, "created", "converting", { conversionMessage }, 2);
  }

  get row() {
    return this.livestreams.find(ID);
  }

  get assets() {
    return this.media.list({ page: 0, perpage: 10, sort: null, status: "ready" }).items;
  }
}

test("a conversion that is done makes one asset that carries the livestream's name, and finishes it", () => {
  const watched = new Watched();
  watched.settlement.settle(ID, DONE);
  const asset = { livestreamId: ID, name: "Show", description: "text", ...FACTS, createdAtMs: AT_MS };
  expect(watched.assets).toEqual([expect.objectContaining(asset)]);
  expect(watched.row).toMatchObject({
    status: "finished",
    mediaId: watched.assets[0]?.id,
    finishedAtMs: AT_MS,
    conversionMessage: null,
  });
});

test("a conversion that failed leaves the reason and no asset", () => {
  const watched = new Watched();
  watched.settlement.settle(ID, { ok: false, message: "Nothing was recorded." });
  expect(watched.row).toMatchObject({
    ...{ status: "failed", mediaId: null, finishedAtMs: null },
    conversionMessage: "Nothing was recorded.",
  });
  expect(watched.assets).toEqual([]);
});

test("what was said of the recording while it was live stays, unless the conversion has more to say", () => {
  const full = new Watched({ conversionMessage: "the disk is full" });
  full.settlement.settle(ID, DONE);
  expect(full.row?.conversionMessage).toBe("the disk is full");
  const torn = new Watched({ conversionMessage: "the disk is full" });
  torn.settlement.settle(ID, { ...DONE, message: "the end is torn" });
  expect(torn.row?.conversionMessage).toBe("the end is torn");
});

test("the asset and the status come into being together, or neither", () => {
  const watched = new Watched();
  watched.media.insert = () => {
    throw new Error("the database is full");
  };
  expect(() => watched.settlement.settle(ID, DONE)).toThrow("the database is full");
  expect(watched.row).toMatchObject({ status: "converting", finishedAtMs: null });
  expect(watched.told).toEqual([]);
  expect(watched.graces).toEqual([]);
});

test("a livestream that is not converting is not finished a second time", () => {
  const watched = new Watched();
  watched.settlement.settle(ID, DONE);
  const finished = watched.row;
  expect(() => watched.settlement.settle(ID, DONE)).toThrow(`livestream ${ID} is not converting`);
  expect(watched.row).toEqual(finished);
  expect(watched.assets).toHaveLength(1);
});

test("a livestream that is gone becomes no asset", () => {
  const watched = new Watched();
  watched.livestreams.delete(ID, "converting");
  expect(() => watched.settlement.settle(ID, DONE)).toThrow("is not converting");
  expect(watched.assets).toEqual([]);
});

test("the end is told once it is stored, and logged", () => {
  const done = new Watched();
  done.settlement.settle(ID, DONE);
  expect(done.told).toEqual(["livestream.finished (stored: finished)", "media.created (stored: finished)"]);
  expect(done.logged.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      ...{ level: "info", event: "conversion_done", livestreamId: ID },
      ...{ mediaId: done.assets[0]?.id, durationSeconds: FACTS.durationSeconds },
    }),
  ]);
  const failed = new Watched();
  failed.settlement.settle(ID, { ok: false, message: "EIO" });
  expect(failed.told).toEqual(["livestream.failed (stored: failed)"]);
  expect(failed.logged.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ level: "error", event: "conversion_failed", livestreamId: ID, message: "EIO" }),
  ]);
});

test("an ended playlist with DVR may be seeked for as long as it lasted, another not", () => {
  const withDvr = new Watched({ withDvr: true });
  withDvr.settlement.settle(ID, DONE);
  expect(withDvr.graces).toEqual([`${ID} seekable for 12500 ms`]);
  const without = new Watched();
  without.settlement.settle(ID, DONE);
  expect(without.graces).toEqual([`${ID} seekable for 0 ms`]);
});

test("an ended playlist whose conversion failed is closed after its grace all the same", () => {
  const watched = new Watched({ withDvr: true });
  watched.settlement.settle(ID, { ok: false, message: "EIO" });
  expect(watched.graces).toEqual([`${ID} seekable for 0 ms`]);
});

test("a playout that cannot be closed is said in the log, and ends nothing else", async () => {
  const watched = new Watched();
  watched.closing = Promise.reject(new Error("the disk is on fire"));
  watched.settlement.settle(ID, DONE);
  await watched.closing.catch(() => {});
  await Promise.resolve();
  expect(watched.row?.status).toBe("finished");
  expect(JSON.parse(watched.logged.at(-1) ?? "")).toMatchObject({
    event: "ended_playout_not_closed",
    livestreamId: ID,
    message: "Error: the disk is on fire",
  });
});

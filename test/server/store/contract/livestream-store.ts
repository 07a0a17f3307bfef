// What every store of livestreams does.

import { describe, expect, test } from "bun:test";
import type { PlaybackPolicy } from "#openapi/names.ts";
import type { LivestreamRow, LivestreamStore } from "#server/store/livestream-store.ts";
import type { MediaFacts } from "#server/store/media-store.ts";
import { type NewPlace, withStores } from "./store-place.ts";

export const FACTS: MediaFacts = {
  ...{ durationSeconds: 61.25, sizeBytes: 4_000_000_000, width: 1280, height: 720 },
  ...{ videoCodec: "avc1.64001f", audioCodec: "mp4a.40.2" },
};

export function insert(
  store: Pick<LivestreamStore, "insert">,
  id: string,
  { name = id, createdAtMs = 1000, playbackPolicy = "public" as PlaybackPolicy } = {},
): Promise<LivestreamRow> {
  const properties = { name, description: null, withDvr: false, withBackup: true, playbackPolicy };
  return store.insert({ id, ...properties, createdAtMs });
}

/** Makes `id` a finished livestream with the asset `mediaId`. */
export async function finish(
  store: LivestreamStore,
  id: string,
  mediaId: string,
  atMs = 1000,
  playbackPolicy: PlaybackPolicy = "public",
): Promise<void> {
  await insert(store, id, { playbackPolicy });
  await store.changeStatus(id, "created", "converting", {}, atMs);
  await store.finishConversion({ livestreamId: id, mediaId, facts: FACTS, message: null, atMs });
}

/** How many of the calls, made at once, wrote. */
async function winnersOf(calls: readonly Promise<boolean>[]): Promise<number> {
  return (await Promise.all(calls)).filter((isWritten) => isWritten).length;
}

async function found(livestreams: LivestreamStore, id: string): Promise<LivestreamRow> {
  const row = await livestreams.find(id);
  if (row === null) throw new Error(`There is no livestream ${id}.`);
  return row;
}

export function livestreamStoreContract(newPlace: NewPlace): void {
  describe("livestreams", () => {
    test("are found as they were inserted", () =>
      withStores(newPlace, async ({ livestreams }) => {
        const inserted = await insert(livestreams, "a", { name: "First" });
        expect(inserted).toEqual({
          ...{ id: "a", name: "First", description: null, withDvr: false, withBackup: true },
          playbackPolicy: "public",
          ...{ status: "created", primaryStreamKey: null, secondaryStreamKey: null },
          ...{ mediaId: null, conversionMessage: null, createdAtMs: 1000, updatedAtMs: 1000 },
          ...{ ingestStartedAtMs: null, startedAtMs: null, stoppedAtMs: null, finishedAtMs: null },
        });
        expect(await livestreams.find("a")).toEqual(inserted);
        expect(await livestreams.status("a")).toBe("created");
        expect([await livestreams.find("b"), await livestreams.status("b")]).toEqual([null, null]);
        await expect(insert(livestreams, "a")).rejects.toThrow();
      }));

    test("are listed by who may watch, where that is asked for, and may change it", () =>
      withStores(newPlace, async ({ livestreams }) => {
        await insert(livestreams, "a");
        await insert(livestreams, "b", { playbackPolicy: "signed" });
        const listed = async (playbackPolicy?: PlaybackPolicy) => {
          const asked = playbackPolicy === undefined ? {} : { playbackPolicy };
          const page = await livestreams.list({ page: 0, perpage: 9, sort: null, status: null, ...asked });
          return [page.total, ...page.items.map(({ id }) => id)];
        };
        expect(await listed()).toEqual([2, "b", "a"]);
        expect([await listed("public"), await listed("signed")]).toEqual([
          [1, "a"],
          [1, "b"],
        ]);
        await livestreams.update("a", "created", { playbackPolicy: "signed" }, 2000);
        expect(await listed("signed")).toEqual([2, "b", "a"]);
      }));

    test("change their status once from the status they had, together with what goes with it", () =>
      withStores(newPlace, async ({ livestreams }) => {
        await insert(livestreams, "a");
        const change = { primaryStreamKey: "key", ingestStartedAtMs: 2000 };
        expect(await livestreams.changeStatus("a", "created", "started", change, 2000)).toBe(true);
        const late = { primaryStreamKey: "other" };
        expect(await livestreams.changeStatus("a", "created", "started", late, 3000)).toBe(false);
        expect(await livestreams.find("a")).toMatchObject({
          status: "started",
          updatedAtMs: 2000,
          ...change,
        });
        expect(await livestreams.changeStatus("b", "created", "started", {}, 2000)).toBe(false);
      }));

    test("have one winner where many change the status at once", () =>
      withStores(newPlace, async ({ livestreams }) => {
        await insert(livestreams, "a");
        const calls = Array.from({ length: 20 }, (_, each) =>
          livestreams.changeStatus("a", "created", "started", { primaryStreamKey: `key ${each}` }, 1),
        );
        expect(await winnersOf([...calls, livestreams.delete("a", "created")])).toBe(1);
      }));

    test("are updated in what is named, in the status that was decided on", () =>
      withStores(newPlace, async ({ livestreams }) => {
        await insert(livestreams, "a", { name: "First" });
        const change = { description: "text", withDvr: true, withBackup: false };
        expect(await livestreams.update("a", "created", change, 2000)).toBe(true);
        expect(await livestreams.update("a", "live", { name: "never" }, 3000)).toBe(false);
        expect(await livestreams.find("a")).toMatchObject({ name: "First", ...change, updatedAtMs: 2000 });
      }));

    test("note when their source began to send once, and only before the publish", () =>
      withStores(newPlace, async ({ livestreams }) => {
        await insert(livestreams, "a");
        expect(await livestreams.noteSourceStart("a", 1)).toBe(false);
        await livestreams.changeStatus("a", "created", "started", {}, 2);
        expect(await winnersOf([3, 4].map((atMs) => livestreams.noteSourceStart("a", atMs)))).toBe(1);
        const { startedAtMs, updatedAtMs } = await found(livestreams, "a");
        expect([3, 4]).toContain(startedAtMs ?? 0);
        expect(updatedAtMs).toBe(startedAtMs ?? 0);
        await livestreams.changeStatus("a", "started", "live", { startedAtMs: null }, 5);
        expect(await livestreams.noteSourceStart("a", 6)).toBe(false);
        expect(await livestreams.find("a")).toMatchObject({ startedAtMs: null, updatedAtMs: 5 });
      }));

    test("note why their recording stopped while they are live or converting", () =>
      withStores(newPlace, async ({ livestreams }) => {
        await insert(livestreams, "a");
        expect(await livestreams.noteRecordingStop("a", "too early", 1)).toBe(false);
        await livestreams.changeStatus("a", "created", "live", {}, 2);
        expect(await livestreams.noteRecordingStop("a", "the disk is full", 3)).toBe(true);
        expect(await livestreams.find("a")).toMatchObject({
          conversionMessage: "the disk is full",
          updatedAtMs: 3,
        });
        await livestreams.changeStatus("a", "live", "converting", {}, 4);
        expect(await livestreams.noteRecordingStop("a", "EIO", 5)).toBe(true);
        await livestreams.changeStatus("a", "converting", "failed", {}, 6);
        expect(await livestreams.noteRecordingStop("a", "too late", 7)).toBe(false);
        expect((await livestreams.find("a"))?.conversionMessage).toBe("EIO");
      }));

    test("are counted by status, and found by it, oldest first", () =>
      withStores(newPlace, async ({ livestreams }) => {
        for (const id of ["c", "a", "b"]) await insert(livestreams, id, { createdAtMs: id === "c" ? 1 : 2 });
        await insert(livestreams, "d");
        await livestreams.changeStatus("d", "created", "failed", {}, 3);
        expect([...(await livestreams.countsByStatus())].sort()).toEqual([
          ["created", 3],
          ["failed", 1],
        ]);
        expect((await livestreams.withStatus("created")).map(({ id }) => id)).toEqual(["c", "a", "b"]);
        expect(await livestreams.withStatus("live")).toEqual([]);
      }));

    test("are deleted only in the status that was seen, with their asset, and their files' removal is noted", () =>
      withStores(newPlace, async ({ livestreams, media, removals }) => {
        await finish(livestreams, "a", "m");
        expect((await livestreams.find("a"))?.mediaId).toBe("m");
        expect(await livestreams.delete("a", "live")).toBe(false);
        expect(await removals.all()).toEqual([]);
        const deletions = [livestreams.delete("a", "finished"), livestreams.delete("a", "finished")];
        expect(await winnersOf(deletions)).toBe(1);
        expect([await livestreams.find("a"), await media.find("m")]).toEqual([null, null]);
        expect(await removals.all()).toEqual(["a"]);
      }));

    test("are listed newest first, page by page, with how many there are", () =>
      withStores(newPlace, async ({ livestreams }) => {
        for (let number = 1; number <= 5; number++) {
          await insert(livestreams, `id-${number}`, { createdAtMs: number < 4 ? 1000 : 1000 * number });
        }
        const page = (number: number) =>
          livestreams.list({ page: number, perpage: 2, sort: null, status: null });
        expect((await page(0)).items.map((row) => row.id)).toEqual(["id-5", "id-4"]);
        expect((await page(1)).items.map((row) => row.id)).toEqual(["id-3", "id-2"]);
        expect((await page(2)).items.map((row) => row.id)).toEqual(["id-1"]);
        expect(await page(3)).toEqual({ items: [], total: 5 });
      }));

    test("are listed by name without regard to case, either way", () =>
      withStores(newPlace, async ({ livestreams }) => {
        for (const [id, name] of Object.entries({ 1: "beta", 2: "Alpha", 3: "gamma", 4: "alpha" })) {
          await insert(livestreams, id, { name });
        }
        const sorted = async (descending: boolean) => {
          const sort = { field: "name", descending } as const;
          return (await livestreams.list({ page: 0, perpage: 10, sort, status: null })).items.map(
            ({ id }) => id,
          );
        };
        expect(await sorted(false)).toEqual(["4", "2", "1", "3"]);
        expect(await sorted(true)).toEqual(["3", "1", "4", "2"]);
      }));

    test("are found by a part of their name, which is no pattern, in whatever case", () =>
      withStores(newPlace, async ({ livestreams }) => {
        for (const [id, name] of Object.entries({ 1: "Derby day", 2: "100% live", 3: "A_B \\ c" })) {
          await insert(livestreams, id, { name });
        }
        const found = async (search: string) => {
          const { items, total } = await livestreams.list({
            ...{ page: 0, perpage: 10, sort: null, status: null, search },
          });
          expect(total).toBe(items.length);
          return items.map(({ id }) => id);
        };
        expect(await found("")).toEqual(["3", "2", "1"]);
        expect(await found("dERBY")).toEqual(["1"]);
        expect(await found("%")).toEqual(["2"]);
        expect(await found("_")).toEqual(["3"]);
        expect(await found("\\")).toEqual(["3"]);
        expect(await found("z")).toEqual([]);
        const request = { page: 0, perpage: 10, sort: null, search: "derby" } as const;
        expect(await livestreams.list({ ...request, status: "live" })).toEqual({ items: [], total: 0 });
      }));

    test("are listed by one status alone", () =>
      withStores(newPlace, async ({ livestreams }) => {
        await insert(livestreams, "a");
        await insert(livestreams, "b");
        await livestreams.changeStatus("b", "created", "started", {}, 2000);
        const listed = await livestreams.list({ page: 0, perpage: 10, sort: null, status: "started" });
        expect([listed.total, listed.items.map((row) => row.id)]).toEqual([1, ["b"]]);
      }));
  });

  describe("a conversion", () => {
    test("finishes a livestream and makes its asset with its name, once", () =>
      withStores(newPlace, async ({ livestreams, media }) => {
        await insert(livestreams, "a", { name: "Show" });
        await livestreams.changeStatus("a", "created", "converting", { conversionMessage: "torn" }, 2);
        const end = { livestreamId: "a", facts: FACTS, message: null, atMs: 3 };
        const calls = ["m", "n"].map((mediaId) => livestreams.finishConversion({ ...end, mediaId }));
        expect(await winnersOf(calls)).toBe(1);
        const row = await livestreams.find("a");
        expect(row).toMatchObject({ status: "finished", finishedAtMs: 3, updatedAtMs: 3 });
        expect(row?.conversionMessage).toBe("torn");
        const { items, total } = await media.list({ page: 0, perpage: 9, sort: null, status: "ready" });
        expect(total).toBe(1);
        expect(items[0]).toEqual({
          ...{ id: row?.mediaId ?? "", livestreamId: "a", name: "Show", description: null, ...FACTS },
          playbackPolicy: "public",
          ...{ createdAtMs: 3, updatedAtMs: 3, deletedAtMs: null, recordingId: "a", clipOf: null, cut: null },
        });
      }));

    test("says what it has to say in the place of what was said before", () =>
      withStores(newPlace, async ({ livestreams }) => {
        await insert(livestreams, "a");
        await livestreams.changeStatus("a", "created", "converting", { conversionMessage: "before" }, 2);
        const end = { livestreamId: "a", mediaId: "m", facts: FACTS, atMs: 3 };
        await livestreams.finishConversion({ ...end, message: "after" });
        expect((await livestreams.find("a"))?.conversionMessage).toBe("after");
      }));

    test("is followed by what its recording became when it was put together anew", () =>
      withStores(newPlace, async ({ livestreams, media }) => {
        await insert(livestreams, "a");
        const rebuilt = { facts: { ...FACTS, durationSeconds: 7, sizeBytes: 8 }, message: "lost", atMs: 4 };
        expect(await livestreams.noteRebuilt("a", rebuilt)).toBe(false);
        expect((await livestreams.find("a"))?.conversionMessage).toBeNull();
        await finish(livestreams, "b", "m", 3);
        expect(await livestreams.noteRebuilt("b", rebuilt)).toBe(true);
        expect((await livestreams.find("b"))?.conversionMessage).toBe("lost");
        expect(await media.find("m")).toMatchObject({ durationSeconds: 7, sizeBytes: 8, updatedAtMs: 4 });
      }));

    test("of a livestream that is not converting, or not there, leaves no asset", () =>
      withStores(newPlace, async ({ livestreams, media }) => {
        await insert(livestreams, "a");
        for (const livestreamId of ["a", "b"]) {
          const end = { livestreamId, mediaId: "m", facts: FACTS, message: null, atMs: 3 };
          expect(await livestreams.finishConversion(end)).toBe(false);
        }
        expect(await media.find("m")).toBeNull();
        expect(await livestreams.status("a")).toBe("created");
      }));

    test("whose asset cannot be stored changes nothing", () =>
      withStores(newPlace, async ({ livestreams }) => {
        await finish(livestreams, "a", "m");
        await insert(livestreams, "b");
        await livestreams.changeStatus("b", "created", "converting", {}, 2);
        const end = { livestreamId: "b", mediaId: "m", facts: FACTS, message: null, atMs: 3 };
        await expect(livestreams.finishConversion(end)).rejects.toThrow();
        expect(await livestreams.find("b")).toMatchObject({ status: "converting", finishedAtMs: null });
      }));
  });
}

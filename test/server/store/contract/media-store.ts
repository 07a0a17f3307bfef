// What every store of assets does.

import { describe, expect, test } from "bun:test";
import type { ClipCut } from "#server/store/clip-cut.ts";
import type { MediaStore } from "#server/store/media-store.ts";
import { FACTS, finish, insert } from "./livestream-store.ts";
import { type NewPlace, withStores } from "./store-place.ts";

export function mediaStoreContract(newPlace: NewPlace): void {
  describe("assets", () => {
    test("leave the list for another when they are soft-deleted, and come back", () =>
      withStores(newPlace, async ({ livestreams, media }) => {
        await finish(livestreams, "a", "m", 1000);
        await finish(livestreams, "b", "n", 2000);
        const listed = async (status: "ready" | "softDeleted") => {
          const page = await media.list({ page: 0, perpage: 10, sort: null, status });
          return [page.total, ...page.items.map(({ id }) => id)];
        };
        expect(await listed("ready")).toEqual([2, "n", "m"]);
        const deletedAtMs = await winnerOf([3000, 4000], (atMs) => media.softDelete("m", atMs));
        expect(await media.find("m")).toMatchObject({ deletedAtMs, updatedAtMs: deletedAtMs });
        expect([await listed("ready"), await listed("softDeleted")]).toEqual([
          [1, "n"],
          [1, "m"],
        ]);
        const recoveredAtMs = await winnerOf([5000, 6000], (atMs) => media.recover("m", atMs));
        expect(await media.find("m")).toMatchObject({ deletedAtMs: null, updatedAtMs: recoveredAtMs });
        expect([await listed("ready"), await listed("softDeleted")]).toEqual([[2, "n", "m"], [0]]);
        expect([await media.softDelete("x", 1), await media.recover("x", 1)]).toEqual([false, false]);
      }));

    test("are found by their age, in batches", () =>
      withStores(newPlace, async ({ livestreams, media }) => {
        for (const [id, mediaId, atMs] of [
          ["a", "m1", 1000],
          ["b", "m2", 2000],
          ["c", "m3", 3000],
        ] as const) {
          await finish(livestreams, id, mediaId, atMs);
        }
        const all = { after: null, limit: 10 };
        expect(await media.createdUntil(1999, all)).toEqual(["m1"]);
        expect(await media.createdUntil(2000, all)).toEqual(["m1", "m2"]);
        expect(await media.createdUntil(3000, { after: null, limit: 2 })).toEqual(["m1", "m2"]);
        expect(await media.createdUntil(3000, { after: "m2", limit: 2 })).toEqual(["m3"]);
        await media.softDelete("m2", 5000);
        expect(await media.createdUntil(3000, all)).toEqual(["m1", "m3"]);
        expect(await media.deletedUntil(4999, all)).toEqual([]);
        expect(await media.deletedUntil(5000, all)).toEqual(["m2"]);
        expect(await media.deletedUntil(5000, { after: "m2", limit: 1 })).toEqual([]);
      }));

    test("are updated in what is named", () =>
      withStores(newPlace, async ({ livestreams, media }) => {
        await finish(livestreams, "a", "m");
        expect(await media.update("m", { description: "text" }, 2000)).toBe(true);
        expect(await media.update("n", { description: "text" }, 2000)).toBe(false);
        expect(await media.find("m")).toMatchObject({ name: "a", description: "text", updatedAtMs: 2000 });
        expect(await media.find("n")).toBeNull();
      }));

    test("are listed by what is asked for", () =>
      withStores(newPlace, async ({ livestreams, media }) => {
        for (const [id, mediaId] of [
          ["a", "m"],
          ["B", "n"],
        ] as const) {
          await finish(livestreams, id, mediaId);
        }
        const sort = { field: "name", descending: true } as const;
        const { items } = await media.list({ page: 0, perpage: 1, sort, status: "ready" });
        expect(items.map(({ id }) => id)).toEqual(["n"]);
        const request = { page: 0, perpage: 9, sort: null, status: "ready", search: "b" } as const;
        const found = await media.list(request);
        expect([found.total, ...found.items.map(({ id }) => id)]).toEqual([1, "n"]);
      }));
  });

  describe("clips", () => {
    test("are assets beside the one that a livestream became", () =>
      withStores(newPlace, async ({ livestreams, media, removals }) => {
        await finish(livestreams, "a", "m");
        await media.announceClip("c");
        expect(await removals.all()).toEqual(["c"]);
        expect(await insertClip(media, { id: "c", mediaId: "m", cut: CUT })).toBe(true);
        expect(await removals.all()).toEqual([]);
        expect(await media.find("c")).toEqual({
          ...{ id: "c", livestreamId: "a", recordingId: "a", name: "Clip", description: null, ...FACTS },
          ...{ clipOf: { mediaId: "m", startSeconds: 1.5, endSeconds: 2 }, cut: CUT },
          ...{ playbackPolicy: "public", createdAtMs: 5000, updatedAtMs: 5000, deletedAtMs: null },
        });
        expect((await livestreams.find("a"))?.mediaId).toBe("m");
        const { items, total } = await media.list({ page: 0, perpage: 9, sort: null, status: "ready" });
        expect([total, ...items.map(({ id }) => id)]).toEqual([2, "c", "m"]);
      }));

    test("are for whom what they are cut from is for", () =>
      withStores(newPlace, async ({ livestreams, media }) => {
        await finish(livestreams, "a", "m", 1000, "signed");
        await insert(livestreams, "b", { playbackPolicy: "signed" });
        expect(await insertClip(media, { id: "c", mediaId: "m" })).toBe(true);
        expect(await insertClip(media, { id: "d", mediaId: "c" })).toBe(true);
        expect(await insertClip(media, { id: "e", mediaId: null, livestreamId: "b" })).toBe(true);
        const policyOf = async (id: string) => (await media.find(id))?.playbackPolicy;
        expect(await Promise.all(["m", "c", "d", "e"].map(policyOf))).toEqual(Array(4).fill("signed"));
      }));

    test("are of what is there, and not soft-deleted", () =>
      withStores(newPlace, async ({ livestreams, media, removals }) => {
        await insert(livestreams, "a");
        await media.announceClip("c");
        expect(await insertClip(media, { id: "c", mediaId: "m" })).toBe(false);
        expect(await insertClip(media, { id: "c", mediaId: null, livestreamId: "b" })).toBe(false);
        await finish(livestreams, "b", "m");
        await media.softDelete("m", 1);
        expect(await insertClip(media, { id: "c", mediaId: "m" })).toBe(false);
        expect([await media.find("c"), await removals.all()]).toEqual([null, ["c"]]);
        expect(await insertClip(media, { id: "c", mediaId: null })).toBe(true);
      }));

    test("keep the recording that they play when its livestream goes; the last one takes it along", () =>
      withStores(newPlace, async ({ livestreams, media, removals }) => {
        await finish(livestreams, "a", "m");
        for (const id of ["c", "d"]) await insertClip(media, { id, mediaId: "m" });
        await livestreams.delete("a", "finished");
        expect([await media.find("m"), (await media.find("c"))?.livestreamId]).toEqual([null, "a"]);
        expect([await removals.scopeOf("a"), await removals.scopeOf("c")]).toEqual(["pictures", null]);
        await removals.done("a", "pictures");
        expect(await media.deleteClip("c")).toEqual(["c"]);
        expect(await removals.all()).toEqual(["c"]);
        expect(await media.deleteClip("d")).toEqual(["d", "a"]);
        expect(await removals.all()).toEqual(["a", "c", "d"]);
        expect(await removals.scopeOf("a")).toBe("everything");
      }));

    test("leave the recording of a livestream that is there", () =>
      withStores(newPlace, async ({ livestreams, media, removals }) => {
        await finish(livestreams, "a", "m");
        await insertClip(media, { id: "c", mediaId: "m" });
        expect(await media.deleteClip("m")).toBeNull();
        expect(await media.deleteClip("c")).toEqual(["c"]);
        expect(await media.deleteClip("c")).toBeNull();
        expect([await removals.all(), (await media.find("m"))?.id]).toEqual([["c"], "m"]);
      }));

    test("that are copies have a recording of their own, which clips of them keep", () =>
      withStores(newPlace, async ({ livestreams, media, removals }) => {
        await finish(livestreams, "a", "m");
        await insertClip(media, { id: "c", mediaId: "m", recordingId: "c" });
        await insertClip(media, { id: "d", mediaId: "c", recordingId: "c" });
        await livestreams.delete("a", "finished");
        expect(await removals.scopeOf("a")).toBe("everything");
        expect(await media.deleteClip("c")).toEqual(["c"]);
        expect(await removals.scopeOf("c")).toBe("pictures");
        expect(await media.deleteClip("d")).toEqual(["d", "c"]);
        expect(await removals.scopeOf("c")).toBe("everything");
        await removals.done("c", "everything");
        expect(await removals.scopeOf("c")).toBeNull();
      }));

    test("have pictures of their own, which go with them", () =>
      withStores(newPlace, async ({ livestreams, media, thumbnails }) => {
        await finish(livestreams, "a", "m");
        const size = { width: 16, height: 9 };
        const picture = { source: "auto", contentHash: "h", ...size, storedAtMs: 1 } as const;
        expect(await thumbnails.put({ livestreamId: "m", ...picture })).toBe(false);
        await insertClip(media, { id: "c", mediaId: "m" });
        expect(await thumbnails.put({ livestreamId: "c", ...picture })).toBe(true);
        await livestreams.delete("a", "finished");
        expect(await thumbnails.current("c")).toEqual({ livestreamId: "c", ...picture });
        await media.deleteClip("c");
        expect(await thumbnails.current("c")).toBeNull();
        expect(await thumbnails.put({ livestreamId: "c", ...picture })).toBe(false);
      }));
  });
}

const CUT: ClipCut = {
  rendition: "v0-360",
  targetDurationSeconds: 2,
  first: {
    ...{ msn: 3, initializationId: 0, discontinuity: false, independent: true, programDateTimeMs: 1000.5 },
    ...{ durationSeconds: 0.5, byteLength: 30, partCount: 2, frameRate: null },
    pieces: [
      { of: "recording", offset: 4_294_967_296, byteLength: 10 },
      { of: "clip", offset: 0, byteLength: 20 },
    ],
  },
  last: null,
};

function insertClip(
  media: MediaStore,
  clip: {
    readonly id: string;
    readonly mediaId: string | null;
    readonly livestreamId?: string;
    readonly recordingId?: string;
    readonly cut?: ClipCut;
  },
): Promise<boolean> {
  const { id, mediaId, livestreamId = "a", recordingId = livestreamId, cut = null } = clip;
  return media.insertClip({
    ...{ id, livestreamId, recordingId, name: "Clip", description: null, ...FACTS, cut },
    ...{ clipOf: { mediaId, startSeconds: 1.5, endSeconds: 2 }, createdAtMs: 5000 },
  });
}

/** Whose call was the one of several at once that changed something; which one that is is not promised. */
async function winnerOf(
  timesMs: readonly number[],
  call: (atMs: number) => Promise<boolean>,
): Promise<number> {
  const results = await Promise.all(timesMs.map(async (atMs) => ({ atMs, hasWon: await call(atMs) })));
  const winners = results.filter(({ hasWon }) => hasWon).map(({ atMs }) => atMs);
  expect(winners).toHaveLength(1);
  return winners[0] ?? 0;
}

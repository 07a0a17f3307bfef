// What every store of assets does.

import { describe, expect, test } from "bun:test";
import { finish } from "./livestream-store.ts";
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
        expect(await Promise.all([media.softDelete("m", 3000), media.softDelete("m", 4000)])).toEqual([
          true,
          false,
        ]);
        expect(await media.find("m")).toMatchObject({ deletedAtMs: 3000, updatedAtMs: 3000 });
        expect([await listed("ready"), await listed("softDeleted")]).toEqual([
          [1, "n"],
          [1, "m"],
        ]);
        expect(await Promise.all([media.recover("m", 5000), media.recover("m", 6000)])).toEqual([
          true,
          false,
        ]);
        expect(await media.find("m")).toMatchObject({ deletedAtMs: null, updatedAtMs: 5000 });
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
      }));
  });
}

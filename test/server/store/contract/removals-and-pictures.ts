// What every store of removals, and every store of pictures, does.

import { describe, expect, test } from "bun:test";
import type { ThumbnailSource } from "#server/store/thumbnail-store.ts";
import { insert } from "./livestream-store.ts";
import { acrossRestart, type NewPlace, withStores } from "./store-place.ts";

const row = (source: ThumbnailSource, contentHash: string) => ({
  ...{ livestreamId: "one", source, contentHash },
  ...{ width: 1920, height: 1080, storedAtMs: 1_767_225_600_000 },
});

export function recordingRemovalStoreContract(newPlace: NewPlace): void {
  test("a removal is remembered, also by the next process, until it is done", () =>
    acrossRestart(
      newPlace,
      async ({ livestreams, removals }) => {
        for (const id of ["a", "b"]) {
          await insert(livestreams, id);
          await livestreams.delete(id, "created");
        }
        await removals.done("a", "everything");
      },
      async ({ removals }) => {
        expect(await removals.all()).toEqual(["b"]);
        await removals.done("b", "everything");
        await removals.done("b", "everything");
        expect(await removals.all()).toEqual([]);
      },
    ));
}

export function thumbnailStoreContract(newPlace: NewPlace): void {
  describe("pictures", () => {
    test("uploaded are shown before the automatic one, and after their deletion that one again", () =>
      withStores(newPlace, async ({ livestreams, thumbnails }) => {
        await insert(livestreams, "one");
        expect(await thumbnails.current("one")).toBeNull();
        await thumbnails.put(row("upload", "u"));
        await thumbnails.put(row("auto", "a"));
        expect(await thumbnails.current("one")).toEqual(row("upload", "u"));
        await thumbnails.deleteUpload("one");
        expect(await thumbnails.current("one")).toEqual(row("auto", "a"));
        await thumbnails.deleteUpload("one");
        expect(await thumbnails.all("one")).toEqual([row("auto", "a")]);
      }));

    test("take the place of the one of their source", () =>
      withStores(newPlace, async ({ livestreams, thumbnails }) => {
        await insert(livestreams, "one");
        await thumbnails.put(row("upload", "u"));
        expect(await thumbnails.put({ ...row("upload", "v"), storedAtMs: null })).toBe(true);
        expect(await thumbnails.all("one")).toEqual([{ ...row("upload", "v"), storedAtMs: null }]);
      }));

    test("need a livestream: there is none before it is there nor after", () =>
      withStores(newPlace, async ({ livestreams, thumbnails }) => {
        expect(await thumbnails.put(row("upload", "u"))).toBe(false);
        await insert(livestreams, "one");
        await thumbnails.put(row("upload", "u"));
        await livestreams.delete("one", "created");
        expect(await thumbnails.all("one")).toEqual([]);
        expect(await thumbnails.put(row("upload", "u"))).toBe(false);
      }));
  });
}

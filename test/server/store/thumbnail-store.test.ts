import { expect, test } from "bun:test";
import { openDatabase } from "#server/store/database.ts";
import { LivestreamStore } from "#server/store/livestream-store.ts";
import { type ThumbnailSource, ThumbnailStore } from "#server/store/thumbnail-store.ts";

function storeWithLivestream(): { store: ThumbnailStore; livestreams: LivestreamStore } {
  const database = openDatabase(":memory:");
  const livestreams = new LivestreamStore(database);
  const flags = { withDvr: false, withBackup: false };
  livestreams.insert({ id: "one", name: "One", description: null, ...flags, createdAtMs: 0 });
  return { store: new ThumbnailStore(database), livestreams };
}

const row = (source: ThumbnailSource, contentHash: string) => ({
  ...{ livestreamId: "one", source, contentHash },
  ...{ width: 1920, height: 1080 },
});

test("the uploaded picture is shown before the automatic one, and after its deletion that one again", () => {
  const { store } = storeWithLivestream();
  expect(store.current("one")).toBeNull();
  store.put(row("upload", "u"));
  store.put(row("auto", "a"));
  expect(store.current("one")).toEqual(row("upload", "u"));
  store.deleteUpload("one");
  expect(store.current("one")).toEqual(row("auto", "a"));
  store.deleteUpload("one");
  expect(store.all("one")).toEqual([row("auto", "a")]);
});

test("a picture takes the place of the one of its source", () => {
  const { store } = storeWithLivestream();
  store.put(row("upload", "u"));
  expect(store.put(row("upload", "v"))).toBe(true);
  expect(store.all("one")).toEqual([row("upload", "v")]);
});

test("no livestream, no picture: neither before it is there nor after", () => {
  const { store, livestreams } = storeWithLivestream();
  expect(store.put({ ...row("upload", "u"), livestreamId: "two" })).toBe(false);
  store.put(row("upload", "u"));
  livestreams.delete("one", "created");
  expect(store.all("one")).toEqual([]);
});

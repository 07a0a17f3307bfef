import { beforeEach, expect, test } from "bun:test";
import { openDatabase } from "#server/store/database.ts";
import { LivestreamStore } from "#server/store/livestream-store.ts";
import { MediaStore } from "#server/store/media-store.ts";

let store: MediaStore;

const FACTS = {
  ...{ durationSeconds: 61.25, sizeBytes: 4_000_000_000, width: 1280, height: 720 },
  ...{ videoCodec: "avc1.64001f", audioCodec: "mp4a.40.2" },
};

beforeEach(() => {
  const database = openDatabase(":memory:");
  const livestreams = new LivestreamStore(database);
  for (const id of ["a", "b"]) {
    livestreams.insert({ id, name: id, description: null, withDvr: false, withBackup: true, createdAtMs: 1 });
  }
  store = new MediaStore(database);
});

function insert(id: string, livestreamId: string, createdAtMs = 1000): void {
  store.insert({ id, livestreamId, name: id, description: null, ...FACTS, createdAtMs });
}

test("an asset is found as it was inserted", () => {
  insert("m", "a");
  expect(store.find("m")).toEqual({
    ...{ id: "m", livestreamId: "a", name: "m", description: null, ...FACTS },
    ...{ createdAtMs: 1000, updatedAtMs: 1000, deletedAtMs: null },
  });
  expect(store.find("n")).toBeNull();
});

test("a livestream has one asset, and an asset a livestream", () => {
  insert("m", "a");
  expect(() => insert("n", "a")).toThrow("UNIQUE");
  expect(() => insert("n", "nobody")).toThrow("FOREIGN KEY");
});

test("a soft-deleted asset leaves the list for another, and comes back", () => {
  insert("m", "a", 1000);
  insert("n", "b", 2000);
  const listed = (status: "ready" | "softDeleted") =>
    store.list({ page: 0, perpage: 10, sort: null, status }).items.map((row) => row.id);
  expect(listed("ready")).toEqual(["n", "m"]);
  expect(store.softDelete("m", 3000)).toBe(true);
  expect(store.softDelete("m", 4000)).toBe(false);
  expect(store.find("m")).toMatchObject({ deletedAtMs: 3000, updatedAtMs: 3000 });
  expect([listed("ready"), listed("softDeleted")]).toEqual([["n"], ["m"]]);
  expect(store.recover("m", 5000)).toBe(true);
  expect(store.recover("m", 6000)).toBe(false);
  expect(store.find("m")).toMatchObject({ deletedAtMs: null, updatedAtMs: 5000 });
  expect([listed("ready"), listed("softDeleted")]).toEqual([["n", "m"], []]);
});

test("an update changes what it names", () => {
  insert("m", "a");
  expect(store.update("m", { description: "text" }, 2000)).toBe(true);
  expect(store.update("n", { description: "text" }, 2000)).toBe(false);
  expect(store.find("m")).toMatchObject({ name: "m", description: "text", updatedAtMs: 2000 });
});

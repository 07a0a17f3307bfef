import { beforeEach, expect, test } from "bun:test";
import { openDatabase } from "#server/store/database.ts";
import { LivestreamStore } from "#server/store/livestream-store.ts";
import { MediaStore } from "#server/store/media-store.ts";

let store: LivestreamStore;
let media: MediaStore;

beforeEach(() => {
  const database = openDatabase(":memory:");
  store = new LivestreamStore(database);
  media = new MediaStore(database);
});

function insert(id: string, name = id, createdAtMs = 1000): void {
  store.insert({ id, name, description: null, withDvr: false, withBackup: true, createdAtMs });
}

test("a livestream is found as it was inserted", () => {
  insert("a", "First");
  expect(store.find("a")).toEqual({
    id: "a",
    name: "First",
    description: null,
    withDvr: false,
    withBackup: true,
    status: "created",
    primaryStreamKey: null,
    secondaryStreamKey: null,
    mediaId: null,
    conversionMessage: null,
    createdAtMs: 1000,
    updatedAtMs: 1000,
    ingestStartedAtMs: null,
    startedAtMs: null,
    stoppedAtMs: null,
    finishedAtMs: null,
  });
  expect(store.find("b")).toBeNull();
});

test("a status changes once from the status it had, together with what goes with it", () => {
  insert("a");
  const change = { primaryStreamKey: "key", ingestStartedAtMs: 2000 };
  expect(store.changeStatus("a", "created", "started", change, 2000)).toBe(true);
  expect(store.changeStatus("a", "created", "started", { primaryStreamKey: "other" }, 3000)).toBe(false);
  expect(store.find("a")).toMatchObject({ status: "started", updatedAtMs: 2000, ...change });
  expect(store.changeStatus("b", "created", "started", {}, 2000)).toBe(false);
});

test("an update changes what it names, in the status it was decided on", () => {
  insert("a", "First");
  expect(store.update("a", "created", { description: "text", withDvr: true }, 2000)).toBe(true);
  expect(store.update("a", "live", { name: "never" }, 3000)).toBe(false);
  expect(store.find("a")).toMatchObject({
    name: "First",
    description: "text",
    withDvr: true,
    updatedAtMs: 2000,
  });
});

test("a livestream is deleted only in the status that was seen, and its asset with it", () => {
  insert("a");
  media.insert({
    ...{ id: "m", livestreamId: "a", name: "a", description: null, createdAtMs: 1 },
    ...{ durationSeconds: 1, sizeBytes: 1, width: null, height: null, videoCodec: null, audioCodec: null },
  });
  expect(store.find("a")?.mediaId).toBe("m");
  expect(store.delete("a", "live")).toBe(false);
  expect(store.delete("a", "created")).toBe(true);
  expect(store.delete("a", "created")).toBe(false);
  expect(media.find("m")).toBeNull();
});

test("a list is newest first, page by page, and says how many there are", () => {
  for (let number = 1; number <= 5; number++) insert(`id-${number}`, "x", number < 4 ? 1000 : 1000 * number);
  const page = (number: number) => store.list({ page: number, perpage: 2, sort: null, status: null });
  expect(page(0).items.map((row) => row.id)).toEqual(["id-5", "id-4"]);
  expect(page(1).items.map((row) => row.id)).toEqual(["id-3", "id-2"]);
  expect(page(2).items.map((row) => row.id)).toEqual(["id-1"]);
  expect(page(3)).toEqual({ items: [], total: 5 });
});

test("a list is sorted by name without regard to case, either way", () => {
  for (const [id, name] of Object.entries({ 1: "beta", 2: "Alpha", 3: "gamma", 4: "alpha" }))
    insert(id, name);
  const sorted = (descending: boolean) =>
    store
      .list({ page: 0, perpage: 10, sort: { field: "name", descending }, status: null })
      .items.map((row) => row.id);
  expect(sorted(false)).toEqual(["4", "2", "1", "3"]);
  expect(sorted(true)).toEqual(["3", "1", "4", "2"]);
});

test("a list of one status has and counts only that", () => {
  insert("a");
  insert("b");
  store.changeStatus("b", "created", "started", {}, 2000);
  const listed = store.list({ page: 0, perpage: 10, sort: null, status: "started" });
  expect(listed.total).toBe(1);
  expect(listed.items.map((row) => row.id)).toEqual(["b"]);
  expect(store.withStatus("created").map((row) => row.id)).toEqual(["a"]);
});

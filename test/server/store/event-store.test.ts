import type { Database } from "bun:sqlite";
import { beforeEach, expect, test } from "bun:test";
import { EventStore, type StoredEvent } from "#server/store/event-store.ts";
import { openStatisticsDatabase } from "#server/store/statistics-database.ts";

let database: Database;
let store: EventStore;

beforeEach(() => {
  database = openStatisticsDatabase(":memory:");
  store = new EventStore(database);
});

function eventAt(atMs: number, livestreamId = "show"): StoredEvent {
  const nowhere = { instance: null, positionSeconds: null };
  return { id: Bun.randomUUIDv7(), livestreamId, atMs, type: "livestream.started", ...nowhere, data: {} };
}

const times = (page = 0, perpage = 100, of = store) =>
  of.page("show", { page, perpage }).items.map(({ atMs }) => atMs);

test("an event is read as it was written", () => {
  const switched: StoredEvent = {
    ...{ id: Bun.randomUUIDv7(), livestreamId: "show", atMs: 5, type: "playout.switched" },
    ...{ instance: "secondary", positionSeconds: 61.25 },
    data: { from: null, faults: ["frozen"], gapMs: 40 },
  };
  store.append([switched]);
  expect(store.page("show", { page: 0, perpage: 10 })).toEqual({ items: [switched], total: 1 });
});

test("events are paged newest first, in the order in which they happened, whatever the clock said", () => {
  store.append([eventAt(10), eventAt(30), eventAt(20)]);
  store.append([eventAt(1, "other"), eventAt(5)]);
  expect(store.page("show", { page: 0, perpage: 2 }).total).toBe(4);
  expect([times(0, 3), times(1, 3), times(2, 3)]).toEqual([[5, 20, 30], [10], []]);
  expect(store.page("nothing", { page: 0, perpage: 10 })).toEqual({ items: [], total: 0 });
});

test("an event that is there already is not written twice, and leaves no gap", () => {
  const [first, second, third] = [eventAt(1), eventAt(2), eventAt(3)];
  store.append([first, second]);
  store.append([second, third]);
  new EventStore(database).append([third, eventAt(4)]);
  expect(times()).toEqual([4, 3, 2, 1]);
  expect(store.page("show", { page: 0, perpage: 1 }).total).toBe(4);
});

test("a batch is written whole or not at all, and the next one goes on behind what is there", () => {
  store.append([eventAt(1)]);
  const broken = { ...eventAt(3), instance: "tertiary" as "primary" };
  expect(() => store.append([eventAt(2), broken])).toThrow("CHECK");
  expect(times()).toEqual([1]);
  store.append([eventAt(4)]);
  expect(times()).toEqual([4, 1]);
  expect(store.page("show", { page: 0, perpage: 1 }).total).toBe(2);
});

test("a livestream's events are removed a little at a time, and no other's", () => {
  store.append(Array.from({ length: 4100 }, (_, index) => eventAt(index)));
  store.append([eventAt(1, "other")]);
  expect(store.removeSome("show")).toBe(false);
  expect(store.page("show", { page: 0, perpage: 1 })).toMatchObject({ total: 2100, items: [{ atMs: 2099 }] });
  let calls = 1;
  while (!store.removeSome("show")) calls += 1;
  expect(calls).toBe(3);
  expect(store.livestreamIds()).toEqual(["other"]);
  store.append([eventAt(7)]);
  expect(store.page("show", { page: 0, perpage: 1 }).total).toBe(1);
});

test("whose events there are is found livestream by livestream", () => {
  expect(store.livestreamIds()).toEqual([]);
  store.append([eventAt(1, "b"), eventAt(1, "a"), eventAt(2, "b"), eventAt(3, "c")]);
  expect(store.livestreamIds()).toEqual(["a", "b", "c"]);
});

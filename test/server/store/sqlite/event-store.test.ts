import type { Database } from "bun:sqlite";
import { beforeEach, expect, test } from "bun:test";
import type { StoredEvent } from "#server/store/event-store.ts";
import { SqliteDeliveryChanges } from "#server/store/sqlite/delivery-changes.ts";
import { SqliteDeliveryStore } from "#server/store/sqlite/delivery-store.ts";
import { SqliteEventStore } from "#server/store/sqlite/event-store.ts";
import { openStatisticsDatabase } from "#server/store/sqlite/statistics-database.ts";

let database: Database;
let store: SqliteEventStore;

beforeEach(() => {
  database = openStatisticsDatabase(":memory:");
  store = new SqliteEventStore(database);
});

function eventAt(atMs: number, livestreamId = "show"): StoredEvent {
  const nowhere = { instance: null, positionSeconds: null };
  return { id: Bun.randomUUIDv7(), livestreamId, atMs, type: "livestream.started", ...nowhere, data: {} };
}

const times = async (page = 0, perpage = 100) =>
  (await store.page("show", { page, perpage })).items.map(({ atMs }) => atMs);

test("an event is read as it was written", async () => {
  const switched: StoredEvent = {
    ...{ id: Bun.randomUUIDv7(), livestreamId: "show", atMs: 5, type: "playout.switched" },
    ...{ instance: "secondary", positionSeconds: 61.25 },
    data: { from: null, faults: ["frozen"], gapMs: 40 },
  };
  await store.append([switched]);
  expect(await store.page("show", { page: 0, perpage: 10 })).toEqual({ items: [switched], total: 1 });
});

test("events are paged newest first, in the order in which they happened, whatever the clock said", async () => {
  await store.append([eventAt(10), eventAt(30), eventAt(20)]);
  await store.append([eventAt(1, "other"), eventAt(5)]);
  expect((await store.page("show", { page: 0, perpage: 2 })).total).toBe(4);
  expect([await times(0, 3), await times(1, 3), await times(2, 3)]).toEqual([[5, 20, 30], [10], []]);
  expect(await store.page("nothing", { page: 0, perpage: 10 })).toEqual({ items: [], total: 0 });
});

test("an event that is there already is not written twice, and leaves no gap", async () => {
  const [first, second, third] = [eventAt(1), eventAt(2), eventAt(3)];
  await store.append([first, second]);
  await store.append([second, third]);
  await new SqliteEventStore(database).append([third, eventAt(4)]);
  expect(await times()).toEqual([4, 3, 2, 1]);
  expect((await store.page("show", { page: 0, perpage: 1 })).total).toBe(4);
});

test("a batch is written whole or not at all, and the next one goes on behind what is there", async () => {
  await store.append([eventAt(1)]);
  const broken = { ...eventAt(3), instance: "tertiary" as "primary" };
  await expect(store.append([eventAt(2), broken])).rejects.toThrow("CHECK");
  expect(await times()).toEqual([1]);
  await store.append([eventAt(4)]);
  expect(await times()).toEqual([4, 1]);
  expect((await store.page("show", { page: 0, perpage: 1 })).total).toBe(2);
});

test("a livestream's events are removed a little at a time, and no other's", async () => {
  await store.append(Array.from({ length: 4100 }, (_, index) => eventAt(index)));
  await store.append([eventAt(1, "other")]);
  expect(await store.removeSome("show")).toBe(false);
  expect(await store.page("show", { page: 0, perpage: 1 })).toMatchObject({
    total: 2100,
    items: [{ atMs: 2099 }],
  });
  let calls = 1;
  while (!(await store.removeSome("show"))) calls += 1;
  expect(calls).toBe(3);
  expect(await store.livestreamIds()).toEqual(["other"]);
  await store.append([eventAt(7)]);
  expect((await store.page("show", { page: 0, perpage: 1 })).total).toBe(1);
});

test("whose events there are is found livestream by livestream", async () => {
  expect(await store.livestreamIds()).toEqual([]);
  await store.append([eventAt(1, "b"), eventAt(1, "a"), eventAt(2, "b"), eventAt(3, "c")]);
  expect(await store.livestreamIds()).toEqual(["a", "b", "c"]);
});

test("what is written with events is written with them, or neither is", async () => {
  const failing = () => {
    throw new Error("no room");
  };
  await expect(store.append([eventAt(1)], failing)).rejects.toThrow("no room");
  expect(await times()).toEqual([]);
  const deliveries = new SqliteDeliveryChanges(database);
  const delivery = {
    ...{ id: "a", webhookId: "hook", eventId: "e", lane: "show", type: "livestream.started", body: "{}" },
    ...{ createdAtMs: 1, risingMs: 1 },
  };
  await store.append([eventAt(2)], () => deliveries.append([delivery]));
  const twice = () => deliveries.append([delivery, { ...delivery, id: "b" }]);
  await store.append([eventAt(3)], twice); // As a batch that is tried again has it.
  expect(await times()).toEqual([3, 2]);
  const { total } = await new SqliteDeliveryStore(database).page("hook", { page: 0, perpage: 10 });
  expect(total).toBe(2);
});

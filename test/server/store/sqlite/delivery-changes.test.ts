import { expect, test } from "bun:test";
import { SqliteDeliveryChanges } from "#server/store/sqlite/delivery-changes.ts";
import { SqliteDeliveryStore } from "#server/store/sqlite/delivery-store.ts";
import { openStatisticsDatabase } from "#server/store/sqlite/statistics-database.ts";

function deliveries(count: number, lane: (index: number) => string = () => "show") {
  return Array.from({ length: count }, (_, index) => ({
    ...{ id: `d${index}`, webhookId: "hook", eventId: `e${index}`, lane: lane(index) },
    ...{ type: "livestream.started", body: "{}", createdAtMs: 1, risingMs: 1 },
  }));
}

test("more than are kept go at the next look, the oldest first, sent or not; whose turn it was is passed on", async () => {
  const database = openStatisticsDatabase(":memory:");
  const changes = new SqliteDeliveryChanges(database, 3);
  const store = new SqliteDeliveryStore(database);
  changes.append(deliveries(5, (index) => (index === 4 ? "talk" : "show")));
  expect(changes.pruneSome("hook", 0)).toBe(true);
  const { items, total } = await store.page("hook", { page: 0, perpage: 10 });
  expect([total, items.map(({ id }) => id)]).toEqual([3, ["d4", "d3", "d2"]]);
  expect((await store.upcoming("hook", 10)).map(({ id }) => id)).toEqual(["d2", "d4"]);
  expect(changes.pruneSome("hook", 0)).toBe(true);
  expect((await store.page("hook", { page: 0, perpage: 10 })).total).toBe(3);
});

test("many are removed a little at a time", () => {
  const changes = new SqliteDeliveryChanges(openStatisticsDatabase(":memory:"));
  changes.append(deliveries(2500));
  expect([1, 2, 3].map(() => changes.pruneSome("hook", 2))).toEqual([false, false, true]);
  changes.append(deliveries(1500));
  expect([1, 2].map(() => changes.removeSome("hook"))).toEqual([false, true]);
});

test("a change that cannot be written takes those beside it with it", async () => {
  const database = openStatisticsDatabase(":memory:");
  const changes = new SqliteDeliveryChanges(database);
  const [delivery] = deliveries(1);
  if (delivery === undefined) throw new Error("there is one");
  database.run(
    "CREATE TRIGGER broken BEFORE UPDATE ON webhook_deliveries WHEN NEW.state = 'failed' BEGIN SELECT RAISE(FAIL, 'broken'); END",
  );
  const attempt = { atMs: 1, status: null, durationMs: 1, answer: null };
  const failed = { state: "failed", nextAttemptRisingMs: null, risingMs: 1 } as const;
  expect(() =>
    changes.apply([
      { type: "append", delivery },
      { type: "attempted", id: delivery.id, attempt, ...failed },
    ]),
  ).toThrow("broken");
  expect(await new SqliteDeliveryStore(database).webhookIds()).toEqual([]);
});

// What every store of webhooks does, and what every statistics writer writes of what is sent to them.

import { describe, expect, test } from "bun:test";
import type { DeliveryAttempt, NewDelivery } from "#server/store/delivery-store.ts";
import type { Stores } from "#server/store/stores.ts";
import type { WebhookRow } from "#server/store/webhook-store.ts";
import { until } from "#test/support/until.ts";
import { acrossRestart, type NewPlace, withStores } from "./store-place.ts";

const HOOK = "0190a5d0-0000-7000-8000-00000000000a";
const OTHER = "0190a5d0-0000-7000-8000-00000000000b";

function webhookAt(createdAtMs: number, of: Partial<WebhookRow> = {}): WebhookRow {
  return {
    id: Bun.randomUUIDv7(),
    url: "https://example.com/hook",
    events: ["livestream.started", "livestream.finished"],
    description: null,
    isActive: true,
    secret: "whsec_c2VjcmV0",
    createdAtMs,
    updatedAtMs: createdAtMs,
    ...of,
  };
}

let made = 0;

/** Deliveries are told apart by their event's id. */
function deliveryOf(eventId: string, of: Partial<NewDelivery> = {}): NewDelivery {
  made += 1;
  return {
    id: `0190a5d0-0000-7000-8000-${String(made).padStart(12, "0")}`,
    webhookId: HOOK,
    eventId,
    lane: "show",
    type: "livestream.started",
    body: JSON.stringify({ id: eventId }),
    createdAtMs: 1_795_521_600_300,
    risingMs: 1000,
    ...of,
  };
}

const attempt: DeliveryAttempt = { atMs: 5, status: 500, durationMs: 7, answer: 'no "thanks"' };

/** Writes them one after another. */
async function append({ statisticsWriter }: Stores, ...deliveries: readonly NewDelivery[]): Promise<void> {
  for (const delivery of deliveries) await statisticsWriter.changeDelivery({ type: "append", delivery });
}

function attempted(
  { statisticsWriter }: Stores,
  { id }: NewDelivery,
  state: "pending" | "delivered" | "failed",
  nextAttemptRisingMs: number | null = null,
  risingMs = 2000,
): Promise<boolean> {
  const outcome = { state, nextAttemptRisingMs, risingMs };
  return statisticsWriter.changeDelivery({ type: "attempted", id, attempt, ...outcome });
}

/** `event at`, for the first of each lane. */
const upcoming = async ({ deliveries }: Stores, limit = 10) =>
  (await deliveries.upcoming(HOOK, limit)).map((each) => `${each.eventId} ${each.nextAttemptRisingMs}`);

/** Event ids, newest first. */
const listed = async ({ deliveries }: Stores, page = 0, perpage = 50) => {
  const { items, total } = await deliveries.page(HOOK, { page, perpage });
  return { eventIds: items.map(({ eventId }) => eventId), total };
};

export function webhookStoresContract(newPlace: NewPlace): void {
  describe("webhooks", () => {
    test("are listed by what they are sorted by, newest first by default", () =>
      withStores(newPlace, async ({ webhooks }) => {
        const rows = [
          webhookAt(1, { url: "https://b.example" }),
          webhookAt(2, { url: "https://a.example", events: ["*"], isActive: false, description: "'" }),
          webhookAt(3, { url: "https://c.example" }),
        ];
        for (const row of rows) await webhooks.insert(row);
        expect(await webhooks.all()).toEqual(rows);
        expect(await webhooks.list({ page: 0, perpage: 2, sort: null })).toEqual({
          items: rows.slice(1).reverse(),
          total: 3,
        });
        const sort = { field: "url", descending: false } as const;
        const byUrl = await webhooks.list({ page: 0, perpage: 10, sort });
        expect(byUrl.items.map(({ url }) => url)).toEqual(rows.map(({ url }) => url).sort());
      }));

    test("change what is named, and are gone once deleted", () =>
      acrossRestart(
        newPlace,
        async ({ webhooks }) => {
          const row = webhookAt(1);
          await webhooks.insert(row);
          const changed = { ...row, events: ["*"], isActive: false, updatedAtMs: 9 } as const;
          expect(await webhooks.update(row.id, { events: ["*"], isActive: false }, 9)).toEqual(changed);
          expect(await webhooks.update(row.id, { description: "x", secret: "y", url: "z" }, 10)).toEqual({
            ...{ ...changed, description: "x", secret: "y", url: "z", updatedAtMs: 10 },
          });
          expect(await webhooks.update(OTHER, { isActive: true }, 9)).toBeNull();
        },
        async ({ webhooks }) => {
          const [row] = await webhooks.all();
          expect(row).toMatchObject({ description: "x", secret: "y", url: "z", isActive: false });
          expect(await webhooks.delete(row?.id ?? "")).toBe(true);
          expect(await webhooks.delete(row?.id ?? "")).toBe(false);
          expect(await webhooks.all()).toEqual([]);
        },
      ));
  });

  describe("deliveries", () => {
    test("of an event are written with it, and told as written with it", () =>
      withStores(newPlace, async (stores) => {
        const nowhere = { instance: null, positionSeconds: null };
        const event = { id: Bun.randomUUIDv7(), livestreamId: "show", atMs: 1, ...nowhere, data: {} };
        const sent = deliveryOf(event.id);
        const { promise, resolve } = Promise.withResolvers<void>();
        stores.statisticsWriter.writeEvent({ ...event, type: "livestream.started" }, resolve, [
          sent,
          deliveryOf("also", { webhookId: OTHER }),
        ]);
        await promise;
        expect(await stores.deliveries.find(HOOK, sent.id)).toEqual({
          ...{ id: sent.id, eventId: event.id, type: "livestream.started", state: "pending", attempts: [] },
          ...{ nextAttemptRisingMs: 1000, createdAtMs: 1_795_521_600_300 },
        });
        expect(await stores.deliveries.find(OTHER, sent.id)).toBeNull();
        expect([...(await stores.deliveries.webhookIds())].sort()).toEqual([HOOK, OTHER]);
        expect((await stores.events.page("show", { page: 0, perpage: 1 })).total).toBe(1);
      }));

    test("outlive their livestream, also those that were not written yet", () =>
      withStores(newPlace, async (stores) => {
        const nowhere = { instance: null, positionSeconds: null };
        const event = { livestreamId: "show", atMs: 1, type: "livestream.deleted", ...nowhere, data: {} };
        stores.statisticsWriter.writeEvent({ ...event, id: Bun.randomUUIDv7() }, () => {}, [deliveryOf("a")]);
        stores.statisticsWriter.writeEvent({ ...event, id: Bun.randomUUIDv7() }, () => {}, [deliveryOf("b")]);
        stores.statisticsWriter.remove("show");
        await until("both", async () => (await listed(stores)).total === 2);
        await until("no event", async () => (await stores.events.livestreamIds()).length === 0);
        expect(await listed(stores)).toEqual({ eventIds: ["b", "a"], total: 2 });
      }));

    test("are listed newest first, page by page", () =>
      withStores(newPlace, async (stores) => {
        await append(stores, ...["a", "b", "c", "d", "e"].map((each) => deliveryOf(each)));
        expect(await listed(stores, 0, 2)).toEqual({ eventIds: ["e", "d"], total: 5 });
        expect(await listed(stores, 2, 2)).toEqual({ eventIds: ["a"], total: 5 });
        expect(await listed(stores, 3, 2)).toEqual({ eventIds: [], total: 5 });
      }));

    test("of a lane come one after another, those of others beside them, the first due first", () =>
      withStores(newPlace, async (stores) => {
        const [a, b, c] = [deliveryOf("a"), deliveryOf("b", { risingMs: 900 }), deliveryOf("c")] as const;
        await append(stores, a, b, deliveryOf("x", { lane: "talk", risingMs: 1001 }), c);
        expect(await upcoming(stores)).toEqual(["a 1000", "x 1001"]);
        expect(await upcoming(stores, 1)).toEqual(["a 1000"]);
        await attempted(stores, a, "pending", 7000);
        expect(await upcoming(stores)).toEqual(["x 1001", "a 7000"]);
        await attempted(stores, a, "failed");
        expect(await upcoming(stores)).toEqual(["x 1001", "b 2000"]);
        await attempted(stores, b, "delivered", null, 3000);
        expect(await upcoming(stores)).toEqual(["x 1001", "c 3000"]);
        await attempted(stores, c, "delivered");
        expect(await upcoming(stores)).toEqual(["x 1001"]);
      }));

    test("remember their attempts, and how often they failed", () =>
      acrossRestart(
        newPlace,
        async (stores) => {
          const a = deliveryOf("a");
          await append(stores, a);
          await attempted(stores, a, "pending", 7000);
          await attempted(stores, a, "pending", 8000);
        },
        async ({ deliveries }) => {
          const [first] = await deliveries.upcoming(HOOK, 1);
          expect(first).toMatchObject({ failures: 2, body: '{"id":"a"}', nextAttemptRisingMs: 8000 });
          expect((await deliveries.find(HOOK, first?.id ?? ""))?.attempts).toEqual([attempt, attempt]);
        },
      ));

    test("keep the newest fifty attempts", () =>
      withStores(newPlace, async (stores) => {
        const a = deliveryOf("a");
        await append(stores, a);
        for (let index = 0; index < 60; index += 1) {
          await stores.statisticsWriter.changeDelivery({
            ...{ type: "attempted", id: a.id, attempt: { ...attempt, atMs: index } },
            ...{ state: "pending", nextAttemptRisingMs: 1, risingMs: 1 },
          });
        }
        const found = await stores.deliveries.find(HOOK, a.id);
        expect(found?.attempts.map(({ atMs }) => atMs)).toEqual(
          Array.from({ length: 50 }, (_, at) => at + 10),
        );
      }));

    test("that are sent once more leave their lane, unless they are pending: then the first of it is tried", () =>
      withStores(newPlace, async (stores) => {
        const { statisticsWriter } = stores;
        const [a, b, c] = [deliveryOf("a"), deliveryOf("b"), deliveryOf("c")] as const;
        await append(stores, a, b, c);
        await attempted(stores, a, "failed");
        await attempted(stores, b, "pending", 9000);
        await statisticsWriter.changeDelivery({ type: "redeliver", id: a.id, risingMs: 4000 });
        expect(await upcoming(stores)).toEqual(["a 4000", "b 9000"]);
        await statisticsWriter.changeDelivery({ type: "redeliver", id: c.id, risingMs: 5000 });
        expect(await upcoming(stores)).toEqual(["a 4000", "b 5000"]);
        expect((await stores.deliveries.upcoming(HOOK, 2)).map(({ failures }) => failures)).toEqual([0, 0]);
        await attempted(stores, a, "delivered");
        expect(await upcoming(stores)).toEqual(["b 5000"]);
      }));

    test("go once they are old, and the turn is that of what is left", () =>
      withStores(newPlace, async (stores) => {
        const [a, b] = [deliveryOf("a"), deliveryOf("b", { risingMs: 1500 })] as const;
        await append(stores, a, b, deliveryOf("c", { risingMs: 5000 }), deliveryOf("d", { risingMs: 1000 }));
        stores.statisticsWriter.pruneDeliveries(HOOK, 1501);
        await until("two to be left", async () => (await listed(stores)).total === 2);
        expect(await listed(stores)).toEqual({ eventIds: ["d", "c"], total: 2 });
        expect(await upcoming(stores)).toEqual(["c 1501"]);
        await append(stores, deliveryOf("e"));
        expect(await listed(stores, 0, 1)).toEqual({ eventIds: ["e"], total: 3 });
      }));

    test("of one webhook go, and those of another stay; nothing comes of what is gone", () =>
      withStores(newPlace, async (stores) => {
        const a = deliveryOf("a");
        await append(stores, a, deliveryOf("b"), deliveryOf("x", { webhookId: OTHER }));
        stores.statisticsWriter.removeDeliveries(HOOK);
        await until("the other alone", async () => (await stores.deliveries.webhookIds()).length === 1);
        expect(await attempted(stores, a, "delivered")).toBe(true);
        const again = { type: "redeliver", id: a.id, risingMs: 1 } as const;
        expect(await stores.statisticsWriter.changeDelivery(again)).toBe(true);
        expect(await stores.deliveries.webhookIds()).toEqual([OTHER]);
        expect((await stores.deliveries.page(OTHER, { page: 0, perpage: 9 })).total).toBe(1);
      }));
  });
}

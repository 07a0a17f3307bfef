import { expect, test } from "bun:test";
import type { FeedEvent } from "#server/feed/feed-event.ts";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { SqliteWebhookStore } from "#server/store/sqlite/webhook-store.ts";
import type { WebhookRow } from "#server/store/webhook-store.ts";
import { WebhookRegistry } from "#server/webhooks/webhook-registry.ts";

function row(id: string, of: Partial<WebhookRow> = {}): WebhookRow {
  return {
    ...{ id, url: "https://example.com/", events: ["*"], description: null, isActive: true },
    ...{ secret: "whsec_c2VjcmV0", createdAtMs: 1, updatedAtMs: 1 },
    ...of,
  };
}

const started: FeedEvent = {
  ...{ id: "event", atMs: 5, livestreamId: "show", instance: null, positionSeconds: null },
  ...{ type: "livestream.started", data: {} },
};

async function registryWith(...rows: readonly WebhookRow[]) {
  const store = new SqliteWebhookStore(openDatabase(":memory:"));
  for (const each of rows) await store.insert(each);
  return { store, registry: await WebhookRegistry.load({ store, dateMs: () => 7, risingMs: () => 3 }) };
}

test("an event goes to each webhook that is on and wants it, with one body", async () => {
  const { registry } = await registryWith(
    row("all"),
    row("off", { isActive: false }),
    row("named", { events: ["livestream.started"] }),
    row("other", { events: ["livestream.stopped"] }),
  );
  const deliveries = registry.deliveriesOf(started);
  expect(deliveries.map(({ webhookId }) => webhookId).sort()).toEqual(["all", "named"]);
  expect(new Set(deliveries.map(({ body }) => body)).size).toBe(1);
  expect(deliveries[0]).toMatchObject({ eventId: "event", lane: "show", createdAtMs: 5, risingMs: 3 });
  expect(new Set(deliveries.map(({ id }) => id)).size).toBe(2);
});

test("what the contract does not list goes to nobody", async () => {
  const { registry } = await registryWith(row("all"));
  const internal = { ...started, type: "ingest.repaired" } as unknown as FeedEvent;
  expect(registry.deliveriesOf(internal)).toEqual([]);
});

test("what is changed counts from then on, here and for the next process", async () => {
  const { store, registry } = await registryWith(row("hook"));
  await registry.update("hook", { isActive: false });
  expect(registry.deliveriesOf(started)).toEqual([]);
  expect(registry.find("hook")?.updatedAtMs).toBe(7);
  const next = await WebhookRegistry.load({ store, dateMs: () => 7, risingMs: () => 3 });
  expect(next.find("hook")).toEqual(registry.find("hook"));
  expect(await registry.delete("hook")).toBe(true);
  expect([registry.find("hook"), registry.size, await registry.update("hook", {})]).toEqual([null, 0, null]);
});

test("there may be a hundred, also of those that come at once; what could not be stored takes no place", async () => {
  const { store, registry } = await registryWith(
    ...Array.from({ length: 98 }, (_, index) => row(`hook${index}`)),
  );
  await expect(registry.insert(row("hook0"))).rejects.toThrow("UNIQUE");
  const inserted = await Promise.all(["a", "b", "c"].map((id) => registry.insert(row(id))));
  expect(inserted).toEqual([true, true, false]);
  expect((await store.all()).length).toBe(100);
  await registry.delete("a");
  expect(await registry.insert(row("c"))).toBe(true);
});

test("of changes that come at once the last stored is the one at hand", async () => {
  const { store, registry } = await registryWith(row("hook"));
  await Promise.all(["a", "b", "c"].map((description) => registry.update("hook", { description })));
  expect((await store.all())[0]?.description).toBe(registry.find("hook")?.description ?? "");
});

import { expect, test } from "bun:test";
import { FakeWebhooks } from "#test/support/fake-webhooks.ts";

const DAY_MS = 86_400_000;

function delivery(id: string, webhookId: string, risingMs: number) {
  return {
    ...{ id, webhookId, eventId: "e", lane: "show", type: "livestream.started", body: "{}" },
    ...{ createdAtMs: 1, risingMs },
  };
}

async function withWebhook() {
  const webhooks = new FakeWebhooks();
  const created = await webhooks.service.create({
    ...{ url: "https://a.example/", events: ["*"], description: null, active: true },
  });
  if (!created.ok) throw new Error("it was refused");
  return { webhooks, id: created.webhook.id };
}

test("what an earlier process left is sent, and what it left of deleted webhooks goes", async () => {
  const { webhooks, id } = await withWebhook();
  for (const each of [delivery("a", id, webhooks.risingMs), delivery("b", "gone", webhooks.risingMs)]) {
    await webhooks.writer.changeDelivery({ type: "append", delivery: each });
  }
  await webhooks.pass(1000);
  expect(webhooks.sent).toEqual([]);
  await webhooks.dispatcher.start();
  await webhooks.pass(1000);
  expect(webhooks.sent.map(({ eventId }) => eventId)).toEqual(["e"]);
  expect(await webhooks.deliveries.webhookIds()).toEqual([id]);
});

test("what was sent can be looked up for thirty days", async () => {
  const { webhooks, id } = await withWebhook();
  await webhooks.dispatcher.start();
  await webhooks.service.test(id);
  await webhooks.pass(30 * DAY_MS - 1_000_000);
  expect(await webhooks.deliveries.webhookIds()).toEqual([id]);
  await webhooks.pass(2_000_000);
  expect(await webhooks.deliveries.webhookIds()).toEqual([]);
});

test("at the end nothing more is begun, and what is on its way has a second", async () => {
  const { webhooks, id } = await withWebhook();
  const { promise, resolve } = Promise.withResolvers<void>();
  webhooks.answer = async () => {
    await promise;
    return [200];
  };
  await webhooks.service.test(id);
  await webhooks.pass(0);
  let isStopped = false;
  const stopped = webhooks.dispatcher.stop().then(() => {
    isStopped = true;
  });
  await webhooks.service.test(id);
  await webhooks.pass(999);
  expect([isStopped, webhooks.sent.length]).toEqual([false, 1]);
  resolve();
  await webhooks.pass(0);
  await stopped;
  const states = (await webhooks.deliveries.page(id, { page: 0, perpage: 9 })).items.map(
    ({ state }) => state,
  );
  expect(states).toEqual(["pending", "delivered"]);
});

test("at the end what takes longer than a second is given up, and waited for no more", async () => {
  const { webhooks, id } = await withWebhook();
  webhooks.answer = () => new Promise(() => {});
  await webhooks.service.test(id);
  await webhooks.pass(0);
  const stopped = webhooks.dispatcher.stop();
  await webhooks.pass(1000);
  await stopped;
  expect((await webhooks.deliveries.page(id, { page: 0, perpage: 9 })).items[0]?.state).toBe("pending");
});

import { describe, expect, test } from "bun:test";
import type { FeedEvent } from "#server/feed/feed-event.ts";
import type { WebhookRequest } from "#server/webhooks/sender.ts";
import { FakeWebhooks } from "#test/support/fake-webhooks.ts";

const HOUR_MS = 3_600_000;

/** The numbers of what was sent, in order, as `livestream number`. */
const told = (requests: readonly WebhookRequest[]) =>
  requests.map(({ body }) => {
    const { livestreamId, data } = JSON.parse(body);
    return `${livestreamId} ${data.name}`;
  });

/** A webhook for each URL, told of all that happens. */
async function house(urls: readonly string[] = ["https://a.example/"]) {
  const webhooks = new FakeWebhooks();
  const ids: string[] = [];
  for (const url of urls) {
    const created = await webhooks.service.create({ url, events: ["*"], description: null, active: true });
    if (created.ok) ids.push(created.webhook.id);
  }
  const happen = (livestreamId: string, number: number): void => {
    const event: FeedEvent = {
      ...{
        id: Bun.randomUUIDv7(),
        atMs: webhooks.nowMs,
        livestreamId,
        instance: null,
        positionSeconds: null,
      },
      ...{ type: "livestream.created", data: { name: String(number) } },
    };
    webhooks.happened(webhooks.registry.deliveriesOf(event));
  };
  const [id = ""] = ids;
  const listed = async (of = id) => {
    const page = await webhooks.service.deliveries(of, { page: 0, perpage: 50 });
    return [...(page?.items ?? [])].reverse();
  };
  return { webhooks, id, ids, happen, listed };
}

test("an event is delivered once, and its attempt is listed", async () => {
  const { webhooks, happen, listed } = await house();
  webhooks.answer = () => [204, "thanks"];
  const atUtc = new Date(webhooks.nowMs).toISOString();
  happen("show", 1);
  await webhooks.pass(48 * HOUR_MS);
  expect(told(webhooks.sent)).toEqual(["show 1"]);
  const [delivery] = await listed();
  expect(delivery).toMatchObject({ state: "delivered", type: "livestream.created", nextAttemptAtUtc: null });
  expect(delivery?.attempts).toEqual([{ atUtc, status: 204, durationMs: 0, answer: "thanks" }]);
  expect(delivery?.eventId).toBe(webhooks.sent[0]?.eventId ?? "");
});

test("a receiver that is down for an hour gets every event once it is back, in order, with the ids it knows", async () => {
  const { webhooks, happen } = await house();
  const backAtMs = webhooks.nowMs + HOUR_MS;
  webhooks.answer = () => (webhooks.nowMs < backAtMs ? "It refused the connection." : [200]);
  for (let number = 0; number < 60; number += 1) {
    happen(number % 2 === 0 ? "show" : "talk", number);
    await webhooks.pass(60_000);
  }
  const before = webhooks.sent.splice(0);
  expect(new Set(told(before))).toEqual(new Set(["show 0", "talk 1"]));
  await webhooks.pass(HOUR_MS);
  const numbers = (livestreamId: string) =>
    told(webhooks.sent)
      .filter((each) => each.startsWith(livestreamId))
      .map((each) => Number(each.split(" ")[1]));
  expect(numbers("show")).toEqual(Array.from({ length: 30 }, (_, index) => 2 * index));
  expect(numbers("talk")).toEqual(Array.from({ length: 30 }, (_, index) => 2 * index + 1));
  const known = new Set(before.map(({ eventId }) => eventId));
  expect(webhooks.sent.filter(({ eventId }) => known.has(eventId))).toHaveLength(2);
});

test("what fails is tried again at its times, then given up, and only then is it the turn of the next", async () => {
  const { webhooks, happen, listed } = await house();
  const beganMs = webhooks.nowMs;
  const seconds: number[] = [];
  webhooks.answer = ({ body }) => {
    if (JSON.parse(body).data.name === "2") return [200];
    seconds.push((webhooks.nowMs - beganMs) / 1000);
    return [500, "no"];
  };
  happen("show", 1);
  happen("show", 2);
  await webhooks.pass(31 * HOUR_MS);
  expect(seconds).toEqual([0, 5, 35, 155, 755, 4355, 25_955]);
  expect((await listed()).map(({ state, nextAttemptAtUtc }) => [state, nextAttemptAtUtc])).toEqual([
    ["pending", new Date(beganMs + 112_355_000).toISOString()],
    ["pending", null],
  ]);
  await webhooks.pass(HOUR_MS);
  expect(seconds.at(-1)).toBe(112_355);
  const [failed, next] = await listed();
  expect([failed?.state, failed?.attempts.length, failed?.nextAttemptAtUtc]).toEqual(["failed", 8, null]);
  expect(next?.state).toBe("delivered");
  expect(webhooks.logged.join("")).toContain('"event":"delivery_failed"');
});

test("a livestream whose event fails holds up no other", async () => {
  const { webhooks, happen } = await house();
  webhooks.answer = ({ body }) => [JSON.parse(body).livestreamId === "show" ? 503 : 200];
  happen("show", 1);
  happen("show", 2);
  happen("talk", 3);
  await webhooks.pass(0);
  expect(told(webhooks.sent)).toEqual(["show 1", "talk 3"]);
});

test("a receiver that hangs holds up no other", async () => {
  const { webhooks, happen } = await house(["https://hangs.example/", "https://b.example/"]);
  webhooks.answer = ({ url }) => (url.includes("hangs") ? new Promise(() => {}) : [200]);
  for (let number = 0; number < 40; number += 1) happen(`show${number}`, number);
  await webhooks.pass(0);
  expect(webhooks.sent.filter(({ url }) => url.includes("b.example"))).toHaveLength(40);
});

describe("of many livestreams", () => {
  /** How many requests were on their way at once. */
  async function most(answerOf: (count: number) => number, webhookCount = 1): Promise<number> {
    const { webhooks, happen } = await house(
      Array.from({ length: webhookCount }, (_, index) => `https://r${index}.example/`),
    );
    let [open, highest, count] = [0, 0, 0];
    webhooks.answer = async ({ url }) => {
      if (!url.includes("r0")) return [200];
      open += 1;
      highest = Math.max(highest, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      count += 1;
      return [answerOf(count)];
    };
    for (let number = 0; number < 60; number += 1) happen(`show${number}`, number);
    for (let turn = 0; turn < 30; turn += 1) await webhooks.pass(0);
    return highest;
  }

  test("more are sent at once with every success, up to thirty-two", async () => {
    expect(await most(() => 200)).toBe(32);
  });

  test("to a receiver that fails one is sent at a time", async () => {
    expect(await most(() => 500)).toBe(1);
  });

  test("to each of many webhooks fewer are, so that all together stay below what Bun sends", async () => {
    expect(await most(() => 200, 20)).toBe(10);
  });
});

test("410 turns the webhook off: the event has failed, what waits is kept, and goes on when it is on again", async () => {
  const { webhooks, id, happen, listed } = await house();
  happen("talk", 0);
  await webhooks.pass(0);
  webhooks.answer = () => [410, "gone"];
  happen("show", 1);
  happen("show", 2);
  await webhooks.pass(48 * HOUR_MS);
  expect(told(webhooks.sent)).toEqual(["talk 0", "show 1"]);
  expect(webhooks.service.get(id)?.active).toBe(false);
  expect((await webhooks.store.all())[0]?.isActive).toBe(false);
  happen("show", 3);
  expect((await listed()).map(({ state }) => state)).toEqual(["delivered", "failed", "pending"]);
  webhooks.answer = () => [200];
  await webhooks.service.update(id, { active: true });
  await webhooks.pass(0);
  expect(told(webhooks.sent).slice(2)).toEqual(["show 2"]);
});

test("every attempt has the URL and the secret of its time", async () => {
  const { webhooks, id, happen } = await house();
  webhooks.answer = () => [500];
  happen("show", 1);
  await webhooks.pass(0);
  const rotated = await webhooks.service.rotateSecret(id);
  await webhooks.service.update(id, { url: "https://b.example/" });
  await webhooks.pass(5000);
  const [first, second] = webhooks.sent;
  expect([first?.url, second?.url]).toEqual(["https://a.example/", "https://b.example/"]);
  expect(second?.secret).toBe(rotated.ok ? (rotated.webhook.secret ?? "") : "");
  expect(second?.secret).not.toBe(first?.secret ?? "");
  expect(second?.eventId).toBe(first?.eventId ?? "");
});

describe("sent once more", () => {
  test("what was given up goes at once, and anew at all its times", async () => {
    const { webhooks, id, happen, listed } = await house();
    webhooks.answer = () => [500];
    happen("show", 1);
    await webhooks.pass(32 * HOUR_MS);
    const [failed] = await listed();
    webhooks.sent.length = 0;
    const again = await webhooks.service.redeliver(id, failed?.id ?? "");
    expect(again.ok && again.delivery.state).toBe("pending");
    await webhooks.pass(32 * HOUR_MS);
    expect(webhooks.sent).toHaveLength(8);
    expect(webhooks.sent[0]?.eventId).toBe(failed?.eventId ?? "");
    expect((await listed())[0]?.attempts).toHaveLength(16);
  });

  test("what waits keeps its turn: what it waits for is tried at once", async () => {
    const { webhooks, id, happen, listed } = await house();
    webhooks.answer = () => [500];
    happen("show", 1);
    happen("show", 2);
    await webhooks.pass(HOUR_MS);
    webhooks.answer = () => [200];
    webhooks.sent.length = 0;
    const [, waiting] = await listed();
    await webhooks.service.redeliver(id, waiting?.id ?? "");
    await webhooks.pass(0);
    expect(told(webhooks.sent)).toEqual(["show 1", "show 2"]);
  });

  test("what was delivered goes beside what waits", async () => {
    const { webhooks, id, happen, listed } = await house();
    happen("show", 1);
    await webhooks.pass(0);
    webhooks.answer = () => [500];
    happen("show", 2);
    await webhooks.pass(0);
    webhooks.answer = () => [200];
    webhooks.sent.length = 0;
    const [delivered] = await listed();
    await webhooks.service.redeliver(id, delivered?.id ?? "");
    await webhooks.pass(0);
    expect(told(webhooks.sent)).toEqual(["show 1"]);
  });
});

test("a test is sent beside what waits, and once", async () => {
  const { webhooks, id, happen, listed } = await house();
  webhooks.answer = () => [500, "not now"];
  happen("show", 1);
  await webhooks.pass(HOUR_MS);
  webhooks.sent.length = 0;
  const sent = await webhooks.service.test(id);
  await webhooks.pass(4000);
  expect(webhooks.sent.map(({ body }) => JSON.parse(body).type)).toEqual(["webhook.test"]);
  expect(sent.ok && sent.delivery.eventId).toBe(webhooks.sent[0]?.eventId ?? "");
  expect((await listed()).at(-1)).toMatchObject({ type: "webhook.test", state: "failed" });
});

test("an attempt whose outcome the disk does not take is made again", async () => {
  const { webhooks, happen, listed } = await house();
  happen("show", 1);
  webhooks.isDiskWell = false;
  await webhooks.pass(3000);
  expect(webhooks.sent).toHaveLength(4);
  webhooks.isDiskWell = true;
  await webhooks.pass(3000);
  expect(webhooks.sent).toHaveLength(5);
  expect((await listed())[0]?.state).toBe("delivered");
});

test("a deleted webhook is told nothing more, and its deliveries are gone", async () => {
  const { webhooks, id, happen } = await house();
  webhooks.answer = () => [500];
  happen("show", 1);
  await webhooks.pass(0);
  expect(await webhooks.service.delete(id)).toBe(true);
  expect(await webhooks.deliveries.webhookIds()).toEqual([]);
  await webhooks.pass(48 * HOUR_MS);
  expect(webhooks.sent).toHaveLength(1);
  expect(await webhooks.service.deliveries(id, { page: 0, perpage: 1 })).toBeNull();
});

test("what is delivered while it is read what is due is not sent once more", async () => {
  const { webhooks, happen } = await house();
  happen("show", 1);
  await webhooks.pass(0);
  const [answering, reading] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  webhooks.answer = async () => {
    await answering.promise;
    return [200];
  };
  happen("show", 2);
  await webhooks.pass(0);
  webhooks.reading = reading.promise;
  happen("talk", 3);
  await webhooks.pass(0);
  answering.resolve();
  await webhooks.pass(0);
  reading.resolve();
  await webhooks.pass(0);
  expect(told(webhooks.sent)).toEqual(["show 1", "show 2", "talk 3"]);
});

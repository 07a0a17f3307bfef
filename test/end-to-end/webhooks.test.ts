// The world is told what happened: signed, in order, at least once, and nobody waits for a receiver that does not answer.

import { expect, test } from "bun:test";
import { lookup } from "node:dns/promises";
import { hostname } from "node:os";
import { Webhook as Verifier } from "standardwebhooks";
import type { Webhook, WebhookDelivery } from "#openapi/client.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";
import { type ReceivedWebhook, WebhookReceiver } from "#test/support/webhook-receiver.ts";

const ALLOWED = { environment: { TANDEM_WEBHOOK_ALLOW_PRIVATE: "true" } };
const LIFE = ["livestream.created", "livestream.started", "livestream.deleted"];

/** Tests wait for each other's tens of seconds at once. */
const DEADLINE_MS = 90_000;

const clientOf = (server: TandemServer) => new ApiClient(server.url, ADMIN_TOKEN);

function tell(api: ApiClient, url: string): Promise<Webhook> {
  return api.operations.createWebhook({ url, events: ["*"] });
}

/** Oldest first. */
async function deliveriesOf(api: ApiClient, { id }: Webhook): Promise<readonly WebhookDelivery[]> {
  return (await api.operations.listWebhookDeliveries(id, { perpage: 50 })).items.toReversed();
}

async function countOf(api: ApiClient, { id }: Webhook): Promise<number> {
  return (await api.operations.listWebhookDeliveries(id)).pagination.total;
}

/** What came of the first attempt of the first delivery. */
function firstAttempt(api: ApiClient, webhook: Webhook, seconds = 20) {
  return until("an attempt", async () => (await deliveriesOf(api, webhook))[0]?.attempts[0], seconds);
}

/** Created, started and deleted. */
async function live(api: ApiClient): Promise<string> {
  const { id } = await api.create({ name: "Told" });
  await api.start(id);
  await api.delete(id);
  return id;
}

function expectVerified({ secret = "" }: Webhook, received: readonly ReceivedWebhook[]): void {
  for (const { text, headers, body } of received) {
    expect(new Verifier(secret).verify(text, headers as Record<string, string>)).toEqual(body);
    expect(headers["webhook-id"]).toBe(body.id);
  }
}

test(
  "each receiver gets what it takes, in order, and none waits for another",
  async () => {
    await using server = await TandemServer.start(ALLOWED);
    await using receiver = await WebhookReceiver.start();
    const api = clientOf(server);
    const hanging = await tell(api, receiver.url("/hangs"));
    const failing = await tell(api, receiver.url("/fails?key=hush-hush"));
    const moved = await tell(api, receiver.url("/moved"));
    const closing = await tell(api, receiver.closingUrl);
    const gone = await tell(api, receiver.url("/gone"));
    const well = await tell(api, receiver.url("/well"));
    const some = await api.operations.createWebhook({
      url: receiver.url("/some"),
      events: ["livestream.started"],
    });

    const id = await live(api);
    await until("all of it", () => receiver.at("/well", id).length === 3);
    expect(receiver.typesAt("/well", id)).toEqual(LIFE);
    expectVerified(well, receiver.at("/well", id));
    expect(() => expectVerified(some, receiver.at("/well", id))).toThrow("No matching signature found");
    expect((await deliveriesOf(api, hanging))[0]?.attempts).toEqual([]); // It has ten seconds to answer.

    expect(await firstAttempt(api, moved)).toMatchObject({ status: 307, answer: "over there" });
    expect(receiver.typesAt("/elsewhere", id)).toEqual([]);
    expect(await firstAttempt(api, closing)).toMatchObject({
      ...{ status: null, answer: "It closed the connection without an answer." },
    });
    await until("it to be off", async () => !(await api.operations.getWebhook(gone.id)).active);
    // Of the others, as many as had happened before the first was answered.
    const [answered, ...kept] = (await deliveriesOf(api, gone)).map(({ state }) => state);
    expect([answered, kept.every((state) => state === "pending")]).toEqual(["failed", true]);

    receiver.isFailing = false;
    await until("the next try", () => receiver.at("/fails", id).length === 4);
    const [first, ...again] = receiver.at("/fails", id);
    expect(again.map(({ body }) => body.type)).toEqual(LIFE);
    expect(again[0]?.body.id).toBe(first?.body.id ?? "");
    expect(again[0]?.text).toBe(first?.text ?? "");
    expectVerified(failing, receiver.at("/fails", id));

    expect(await firstAttempt(api, hanging)).toMatchObject({
      ...{ status: null, answer: "There was no answer within 10 s." },
    });
    expect(receiver.typesAt("/some", id)).toEqual(["livestream.started"]);

    const [created] = await deliveriesOf(api, well);
    await api.operations.redeliverWebhook(well.id, created?.id ?? "");
    await until("it once more", () => receiver.at("/well", id).length === 4);
    expect(receiver.at("/well", id)[3]?.body.id).toBe(created?.eventId ?? "");

    const all = [hanging, failing, moved, closing, gone, well, some];
    for (const { secret = "?" } of all) expect(server.logs).not.toContain(secret);
    expect(server.logs).not.toContain("hush-hush");
    expect(server.logs).toContain("webhook_turned_off");
    expect(await server.stop()).toBe(0);
  },
  DEADLINE_MS,
);

test(
  "a process that is killed has told or tells everything, in order, and doubles are known by their id",
  async () => {
    await using server = await TandemServer.start(ALLOWED);
    await using receiver = await WebhookReceiver.start();
    const api = clientOf(server);
    const holding = await tell(api, receiver.url("/holds"));
    const well = await tell(api, receiver.url("/well"));
    const rounds = 3;
    const ids: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      ids.push(await live(api));
      await until("what is to be told", async () => (await countOf(api, holding)) === 3 * (round + 1));
      await until("the first to be on its way", () => receiver.at("/holds", ids[0] ?? "").length > round);
      await server.kill();
      if (round === rounds - 1) receiver.holding.resolve();
      await server.startAgain();
    }
    for (const [path, webhook] of [
      ["/holds", holding],
      ["/well", well],
    ] as const) {
      for (const id of ids) {
        const told = await until(
          `the end at ${path}`,
          () => {
            const received = receiver.at(path, id);
            return received.some(({ body }) => body.type === "livestream.deleted") ? received : null;
          },
          40,
        );
        const once = [...new Map(told.map((each) => [each.body.id, each])).values()];
        expect(once.map(({ body }) => body.type)).toEqual(LIFE);
        expectVerified(webhook, told);
      }
    }
    expect(receiver.typesAt("/holds", ids[0] ?? "").filter((type) => type === LIFE[0])).toHaveLength(
      rounds + 1,
    );
  },
  DEADLINE_MS,
);

const isHere = await lookup(hostname()).then(
  ({ address }) => /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|::1$|f[cd])/.test(address),
  () => false,
);

test.skipIf(!isHere)(
  "a name that turns out to be private is not asked, and its attempts say so",
  async () => {
    await using server = await TandemServer.start();
    await using receiver = await WebhookReceiver.start();
    const api = clientOf(server);
    const webhook = await tell(api, receiver.url("/well", hostname()));
    const id = await live(api);
    const attempt = await firstAttempt(api, webhook);
    expect(attempt.status).toBeNull();
    expect(attempt.answer).toMatch(
      / resolves to \S+, which is not a public address, and webhooks go to others only/,
    );
    expect(receiver.at("/well", id)).toEqual([]);
  },
  DEADLINE_MS,
);

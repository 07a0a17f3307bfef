import { describe, expect, test } from "bun:test";
import { WEBHOOK_EVENT_TYPES } from "#openapi/names.ts";
import { type Answer, codeOf, FakeApp, READER } from "./fake-app.ts";

const UNKNOWN = "0190a5d0-0000-7000-8000-000000000000";

const wanted = { url: "https://example.com/hook?key=1", events: ["livestream.started", "media.created"] };

interface Hook {
  readonly id: string;
  readonly secret?: string;
}

/** What an answer is about, as the test takes it to be. */
function dataOf<Data>({ body }: Answer): Data {
  if (body === null) throw new Error("there is no body");
  return body.data as Data;
}

async function created(app: FakeApp, body: object = wanted): Promise<Hook> {
  return dataOf(await app.call("POST", "/v2/webhooks", { body }));
}

const fieldsOf = (data: unknown) => (data as { fields: Record<string, string> }).fields;

test("a webhook is created with its secret, which no other answer has, and no log", async () => {
  const app = new FakeApp();
  const answer = await app.call("POST", "/v2/webhooks", { body: wanted });
  const { id, secret = "" } = dataOf<Hook>(answer);
  expect([answer.status, answer.headers.get("Location")]).toEqual([201, `/video/v2/webhooks/${id}`]);
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const shown = {
    ...{ id, ...wanted, description: null, active: true },
    ...{ createdAtUtc: expect.any(String), updatedAtUtc: expect.any(String) },
  };
  expect(answer.body?.data).toEqual({ ...shown, secret });
  expect((await app.call("GET", `/v2/webhooks/${id}`)).body?.data).toEqual(shown);
  expect((await app.call("GET", "/v2/webhooks", { token: READER })).body?.data).toEqual([shown]);
  const patched = await app.call("PATCH", `/v2/webhooks/${id}`, {
    body: { description: "Dashboard", active: false, events: ["*"] },
  });
  expect(patched.body?.data).toMatchObject({ description: "Dashboard", active: false, events: ["*"] });
  expect(patched.body?.data).not.toHaveProperty("secret");

  const rotated = await app.call("POST", `/v2/webhooks/${id}/rotate-secret`);
  const next = dataOf<Hook>(rotated).secret ?? "";
  expect(next).toMatch(/^whsec_/);
  expect(next).not.toBe(secret);
  expect((await app.webhooks.store.all())[0]?.secret).toBe(next);
  expect([...app.logged, ...app.webhooks.logged].join("")).not.toContain("whsec_");
});

test("the same key creates one webhook, and shows its secret to whoever created it", async () => {
  const app = new FakeApp();
  const headers = { "Idempotency-Key": "hook" };
  const [first, second] = [
    await app.call("POST", "/v2/webhooks", { body: wanted, headers }),
    await app.call("POST", "/v2/webhooks", { body: wanted, headers }),
  ];
  expect(second.body).toEqual(first.body);
  expect(app.webhooks.registry.size).toBe(1);
});

test("webhooks are listed as they are asked for", async () => {
  const app = new FakeApp();
  for (const host of ["b", "a", "c"]) await created(app, { ...wanted, url: `https://${host}.example/` });
  const listed = await app.call("GET", "/v2/webhooks?sort=url:desc&perpage=2");
  expect(dataOf<{ url: string }[]>(listed).map(({ url }) => url)).toEqual([
    "https://c.example/",
    "https://b.example/",
  ]);
  expect(listed.body?.pagination).toEqual({ page: 0, perpage: 2, total: 3, pageCount: 2 });
  expect((await app.call("GET", "/v2/webhooks?sort=secret")).status).toBe(400);
});

describe("refused with the field that is wrong:", () => {
  test.each([
    ["no address", {}, "url"],
    ["another kind of address", { url: "ftp://example.com" }, "url"],
    ["what is no address", { url: "https://" }, "url"],
    ["half an address", { url: "//example.com/" }, "url"],
    ["a blank before it", { url: " https://example.com/" }, "url"],
    ["a line feed in it", { url: "https://example.com/\nx" }, "url"],
    ["a user name in it", { url: "https://me@example.com/" }, "url"],
    ["a password in it", { url: "https://:secret@example.com/" }, "url"],
    ["an address of this machine", { url: "http://127.0.0.1:8080/" }, "url"],
    ["this machine by name", { url: "http://localhost/" }, "url"],
    ["where clouds keep their secrets", { url: "http://169.254.169.254/latest/meta-data" }, "url"],
    ["a private address in IPv6", { url: "http://[::ffff:10.0.0.1]/" }, "url"],
    ["a private address as a number", { url: "http://3232235521/" }, "url"],
    ["an address that is too long", { url: `https://example.com/${"x".repeat(2000)}` }, "url"],
    ["no events", { events: [] }, "events"],
    ["events that are no list", { events: "livestream.started" }, "events"],
    ["an unknown type", { events: ["livestream.started", "livestream.paused"] }, "events.1"],
    ["all and one", { events: ["*", "livestream.started"] }, "events"],
    ["the same twice", { events: ["media.created", "media.created"] }, "events"],
    ["more than there are", { events: Array.from({ length: 50 }, () => "media.created") }, "events"],
    ["a number for on or off", { active: 1 }, "active"],
    ["half a character", { description: "\ud800" }, "description"],
  ])("%s", async (what, change, field) => {
    const app = new FakeApp();
    const body = what === "no address" ? { events: wanted.events } : { ...wanted, ...change };
    const refused = await app.call("POST", "/v2/webhooks", { body });
    expect([refused.status, codeOf(refused)]).toEqual([400, "validation_failed"]);
    expect(Object.keys(fieldsOf(refused.body?.data))).toEqual([field]);
    expect(app.webhooks.registry.size).toBe(0);
    const { id } = await created(app);
    if (what === "no address") return;
    const unchanged = await app.call("PATCH", `/v2/webhooks/${id}`, { body: change });
    expect([unchanged.status, Object.keys(fieldsOf(unchanged.body?.data))]).toEqual([400, [field]]);
  });

  test("a sentence says which types there are, and why an address is refused", async () => {
    const body = { url: "http://10.1.2.3/", events: ["nothing"] };
    const unknown = await new FakeApp().call("POST", "/v2/webhooks", { body });
    expect(fieldsOf(unknown.body?.data)["events.0"]).toBe(
      `must be *, or one of ${WEBHOOK_EVENT_TYPES.join(", ")}`,
    );
    const address = await new FakeApp().call("POST", "/v2/webhooks", { body: { ...body, events: ["*"] } });
    expect(fieldsOf(address.body?.data).url).toStartWith("10.1.2.3 is not a public address");
  });
});

test("every type of the contract may be asked for, and all at once", async () => {
  const app = new FakeApp();
  const { id } = await created(app, { ...wanted, events: WEBHOOK_EVENT_TYPES });
  expect(app.webhooks.registry.find(id)?.events).toEqual(WEBHOOK_EVENT_TYPES);
});

test("there may be a hundred webhooks", async () => {
  const app = new FakeApp();
  for (let index = 0; index < 100; index += 1) await created(app);
  const refused = await app.call("POST", "/v2/webhooks", { body: wanted });
  expect([refused.status, codeOf(refused)]).toEqual([409, "too_many_webhooks"]);
});

test("a webhook that is not there is not found, whatever is asked of it", async () => {
  const app = new FakeApp();
  const { id } = await created(app);
  const calls = [
    ...[
      ["GET", ""],
      ["PATCH", ""],
      ["DELETE", ""],
      ["POST", "/rotate-secret"],
      ["POST", "/test"],
    ],
    ...[
      ["GET", "/deliveries"],
      ["POST", `/deliveries/${UNKNOWN}/redeliver`],
    ],
  ] as const;
  for (const [method, rest] of calls) {
    for (const unknown of [UNKNOWN, "x"]) {
      const body = method === "PATCH" ? { body: { url: "http://127.0.0.1/" } } : {};
      const answer = await app.call(method, `/v2/webhooks/${unknown}${rest}`, body);
      expect([rest, answer.status, codeOf(answer)]).toEqual([rest, 404, "not_found"]);
    }
  }
  const noDelivery = await app.call("POST", `/v2/webhooks/${id}/deliveries/${UNKNOWN}/redeliver`);
  expect(codeOf(noDelivery)).toBe("not_found");
});

test("a token of scope read sees webhooks and what was sent to them, and changes nothing", async () => {
  const app = new FakeApp();
  const { id } = await created(app);
  const token = READER;
  for (const path of ["", `/${id}`, `/${id}/deliveries`]) {
    expect((await app.call("GET", `/v2/webhooks${path}`, { token })).status).toBe(200);
  }
  const changes = [
    ["POST", ""],
    ["PATCH", `/${id}`],
    ["DELETE", `/${id}`],
    ["POST", `/${id}/test`],
  ] as const;
  for (const [method, path] of changes) {
    expect(codeOf(await app.call(method, `/v2/webhooks${path}`, { token, body: {} }))).toBe("forbidden");
  }
});

test("a test is sent, listed, and sent once more under the same event id; a webhook that is off gets neither", async () => {
  const app = new FakeApp();
  const { id } = await created(app);
  const sent = await app.call("POST", `/v2/webhooks/${id}/test`);
  expect(sent.status).toBe(200);
  const { id: deliveryId, eventId } = dataOf<{ id: string; eventId: string }>(sent);
  await app.webhooks.pass(0);
  const listed = await app.call("GET", `/v2/webhooks/${id}/deliveries`);
  expect(listed.body?.data).toEqual([
    {
      ...{ id: deliveryId, eventId, type: "webhook.test", state: "delivered", nextAttemptAtUtc: null },
      ...{ createdAtUtc: expect.any(String) },
      attempts: [{ atUtc: expect.any(String), status: 200, durationMs: 0, answer: "" }],
    },
  ]);
  expect(listed.body?.pagination).toEqual({ page: 0, perpage: 10, total: 1, pageCount: 1 });
  const path = `/v2/webhooks/${id}/deliveries/${deliveryId}/redeliver`;
  const again = await app.call("POST", path);
  expect(again.body?.data).toMatchObject({ id: deliveryId, eventId, state: "pending" });
  await app.webhooks.pass(0);
  expect(app.webhooks.sent.map((each) => each.eventId)).toEqual([eventId, eventId]);

  await app.call("PATCH", `/v2/webhooks/${id}`, { body: { active: false } });
  for (const each of [path, `/v2/webhooks/${id}/test`]) {
    const refused = await app.call("POST", each);
    expect([refused.status, codeOf(refused)]).toEqual([409, "webhook_inactive"]);
  }
});

test("a test that the disk does not take is an error that passes", async () => {
  const app = new FakeApp();
  const { id } = await created(app);
  app.webhooks.isDiskWell = false;
  const answer = await app.call("POST", `/v2/webhooks/${id}/test`);
  expect([answer.status, codeOf(answer)]).toEqual([503, "disk_failing"]);
});

test("a deleted webhook is gone, once", async () => {
  const app = new FakeApp();
  const { id } = await created(app);
  const gone = await app.call("DELETE", `/v2/webhooks/${id}`);
  expect([gone.status, gone.body?.data]).toEqual([200, null]);
  expect((await app.call("DELETE", `/v2/webhooks/${id}`)).status).toBe(404);
});

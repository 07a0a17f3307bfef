import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { delay } from "#server/common/delay.ts";
import { Sender, type SenderOptions } from "#server/webhooks/sender.ts";
import { newWebhookSecret } from "#server/webhooks/webhook-secret.ts";

const nowMs = Date.now();
const secret = newWebhookSecret();
const body = '{"id":"event","type":"livestream.started"}';
const never = new AbortController().signal;

interface Received {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const received: Received[] = [];

const receiver = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request) {
    const { url, method } = request;
    received.push({ url, method, headers: Object.fromEntries(request.headers), body: await request.text() });
    const { pathname } = new URL(url);
    if (pathname === "/moved") return new Response("over there", { status: 302, headers: { Location: "/" } });
    if (pathname === "/long") return new Response("ü".repeat(1_000_000), { status: 500 });
    if (pathname === "/endless") return new Response(endless());
    return new Response("thanks", { status: pathname === "/created" ? 201 : 200 });
  },
});

/** Begins, and does not end. */
function endless(): ReadableStream<string> {
  return new ReadableStream({ start: (controller) => controller.enqueue("so far ") });
}

/** A server that does this with a connection once something came. */
async function tcp(onData: (socket: Socket) => void): Promise<Server & { readonly url: string }> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () => onData(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return Object.assign(server, { url: `http://127.0.0.1:${port}/` });
}

const url = (path = "/", host = "127.0.0.1") => `http://${host}:${receiver.port}${path}`;

function senderWith(options: Partial<SenderOptions> = {}) {
  return new Sender({
    isPrivateAllowed: true,
    dateMs: () => nowMs,
    monotonicMs: () => 0,
    delay,
    resolve: async () => ["127.0.0.1"],
    ...options,
  });
}

function send(target: string, options: Partial<SenderOptions> = {}, signal = never) {
  return senderWith(options).send({ url: target, secret, eventId: "event", body }, signal);
}

/** As soon as it is asked to wait: ten seconds are over. */
const atOnce = async (): Promise<void> => {};

afterAll(() => receiver.stop(true));

test("the request is signed as Standard Webhooks verifies it", async () => {
  received.length = 0;
  expect(await send(url("/hook?x=1"))).toEqual({ atMs: nowMs, status: 200, durationMs: 0, answer: "thanks" });
  const [request] = received;
  expect(request).toMatchObject({ method: "POST", url: url("/hook?x=1"), body });
  const headers = request?.headers ?? {};
  expect(headers["webhook-id"]).toBe("event");
  expect(headers["content-type"]).toBe("application/json");
  expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  expect(() => new Webhook(newWebhookSecret()).verify(body, headers)).toThrow("No matching signature found");
  expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow("No matching signature found");
});

describe("an answer", () => {
  test("is kept with its status", async () => {
    expect(await send(url("/created"))).toMatchObject({ status: 201, answer: "thanks" });
  });

  test("of a megabyte is kept to a kilobyte", async () => {
    expect(await send(url("/long"))).toMatchObject({ status: 500, answer: "ü".repeat(512) });
  });

  test("that sends on is not followed", async () => {
    received.length = 0;
    expect(await send(url("/moved"))).toMatchObject({ status: 302, answer: "over there" });
    expect(received).toHaveLength(1);
  });

  test("that does not end has its status and what came of it", async () => {
    // When it has come here nobody says: too early, there is nothing yet.
    const within = async (milliseconds: number) =>
      send(url("/endless"), { delay: (_, signal) => delay(milliseconds, signal) });
    let attempt = await within(50);
    for (let wait = 200; attempt?.status === null && wait < 10_000; wait *= 4) attempt = await within(wait);
    expect(attempt).toMatchObject({ status: 200, answer: "so far " });
  });
});

describe("without an answer, a sentence says why:", () => {
  test("it hangs", async () => {
    const hanging = await tcp(() => {});
    expect(await send(hanging.url, { delay: atOnce })).toEqual({
      ...{ atMs: nowMs, status: null, durationMs: 0, answer: "There was no answer within 10 s." },
    });
    hanging.close();
  });

  test("its name server hangs", async () => {
    const resolve = () => new Promise<never>(() => {});
    expect(await send("http://hook.example/", { delay: atOnce, resolve })).toMatchObject({
      answer: "There was no answer within 10 s.",
    });
  });

  test("it closes", async () => {
    const closing = await tcp((socket) => socket.destroy());
    expect(await send(closing.url)).toMatchObject({
      ...{ status: null, answer: "It closed the connection without an answer." },
    });
    closing.close();
  });

  test("it answers with something else", async () => {
    const babbling = await tcp((socket) => socket.end("220 mail.example ESMTP\r\n"));
    const attempt = await send(babbling.url);
    expect(attempt?.status).toBeNull();
    expect(attempt?.answer).toMatch(/^It could not be asked \(\w+\)\.$/);
    babbling.close();
  });

  test("nothing listens", async () => {
    const gone = await tcp(() => {});
    await new Promise((resolve) => gone.close(resolve));
    expect(await send(gone.url)).toMatchObject({ status: null, answer: "It refused the connection." });
  });

  test("its name is unknown", async () => {
    const { addressesOf: resolve } = await import("#server/webhooks/sender.ts");
    expect(await send("http://nobody.invalid/", { resolve })).toMatchObject({
      answer: "Its name is not known.",
    });
  });
});

test("what is given up is no attempt", async () => {
  const hanging = await tcp(() => {});
  const giving = new AbortController();
  const sent = send(hanging.url, {}, giving.signal);
  giving.abort();
  expect(await sent).toBeNull();
  hanging.close();
});

describe("an address that is not public", () => {
  const closed = { isPrivateAllowed: false };

  test("is not asked, however it is written", async () => {
    received.length = 0;
    for (const host of ["127.0.0.1", "2130706433", "localhost", "[::ffff:127.0.0.1]"]) {
      const attempt = await send(url("/", host), closed);
      expect(attempt).toMatchObject({
        status: null,
        answer: expect.stringContaining("is not a public address"),
      });
    }
    expect(received).toEqual([]);
  });

  test("is not asked where a name resolves to it, and the attempt says so", async () => {
    received.length = 0;
    const attempt = await send(url("/", "hook.example"), { ...closed, resolve: async () => ["127.0.0.1"] });
    expect(attempt?.answer).toBe(
      "hook.example resolves to 127.0.0.1, which is not a public address, and webhooks go to others only where TANDEM_WEBHOOK_ALLOW_PRIVATE is true.",
    );
    expect(received).toEqual([]);
  });

  test("is left out where the name has a public one too", async () => {
    received.length = 0;
    const resolve = async () => ["127.0.0.1", "192.0.2.1", "10.0.0.1"];
    expect((await send(url("/", "hook.example"), { ...closed, resolve }))?.answer).toContain(
      "resolves to 127.0.0.1",
    );
    expect(received).toEqual([]);
  });
});

test("a name is resolved once, and the address that came of it is the one that is asked", async () => {
  received.length = 0;
  const answers = [["127.0.0.1"], ["192.0.2.1"]];
  const resolve = async () => answers.shift() ?? [];
  expect(await send(url("/", "hook.example"), { resolve })).toMatchObject({ status: 200 });
  expect(answers).toHaveLength(1);
  expect(received[0]?.headers.host).toBe(`hook.example:${receiver.port}`);
});

test("where a connection is refused, the next address of the name is tried", async () => {
  const resolve = async () => ["127.0.0.9", "127.0.0.8", "127.0.0.1"];
  expect(await send(url("/", "hook.example"), { resolve })).toMatchObject({ status: 200 });
});

describe("over TLS", () => {
  let folder: string;
  let receivers: { readonly port: number | undefined; stop(isAbrupt: boolean): Promise<void> };

  /** Another process, since Bun reads whom it trusts besides the usual when it starts. */
  async function sendFrom(name: string, resolved: string): Promise<unknown> {
    const script = join(import.meta.dir, "../../support/send-webhook-process.ts");
    const child = Bun.spawn([process.execPath, script, `https://${name}:${receivers.port}/`, resolved], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, "hook.pem") },
      stdout: "pipe",
    });
    return JSON.parse(await child.stdout.text());
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tandem-sender-"));
    const [key, cert] = [join(folder, "hook.key"), join(folder, "hook.pem")];
    await Bun.$`openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ${key} -out ${cert} -days 2 -subj /CN=hook -addext subjectAltName=DNS:hook.example`.quiet();
    receivers = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      tls: { key: Bun.file(key), cert: Bun.file(cert) },
      fetch: (request) => new Response(request.headers.get("Host")),
    });
  });

  afterAll(async () => {
    await receivers.stop(true);
    rmSync(folder, { recursive: true });
  });

  test("the certificate is that of the name, not of the address", async () => {
    expect(await sendFrom("hook.example", "127.0.0.1")).toMatchObject({
      ...{ status: 200, answer: `hook.example:${receivers.port}` },
    });
  });

  test("a certificate for another name is refused", async () => {
    expect(await sendFrom("other.example", "127.0.0.1")).toMatchObject({
      ...{ status: null, answer: "Its certificate is for another name." },
    });
  });
});

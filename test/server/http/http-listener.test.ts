import { expect, test } from "bun:test";
import { HttpListener } from "#server/http/http-listener.ts";
import { until } from "#test/support/until.ts";

/** One that answers each request with what `answer` makes of it. */
function listening(answer: (request: Request, listener: HttpListener) => Response | Promise<Response>) {
  const listener: HttpListener = new HttpListener({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => answer(request, listener),
    failed: (error, request) => new Response(`${request.method} ${error}`, { status: 500 }),
    tls: null,
    sizedStreamPath: "/sized/:name",
  });
  return { listener, [Symbol.asyncDispose]: () => listener.stop() };
}

/** What comes back for these bytes, once it holds `last`. */
async function exchange(port: number, sent: string, last: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let received = "";
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data: (_, bytes) => {
        received += bytes.toString();
        if (received.includes(last)) resolve();
      },
      close: () => resolve(),
    },
  });
  socket.write(sent);
  await promise;
  socket.end();
  return received;
}

test("a body of any length is the call's to refuse", async () => {
  await using server = listening((request) => {
    return new Response(`${request.headers.get("Content-Length")} is too many.`, { status: 413 });
  });
  const request = "POST / HTTP/1.1\r\nHost: tandem\r\nContent-Length: 1000000000000\r\n\r\n";
  const answer = await exchange(server.listener.port, request, "many.");
  expect(answer).toStartWith("HTTP/1.1 413 ");
  expect(answer).toEndWith("\r\n\r\n1000000000000 is too many.");
});

test.each([
  ["of HTTP/1.0, without a Host,", "HTTP/1.0\r\n"],
  ["with a Host that is none", "HTTP/1.1\r\nHost: no host\r\n"],
  ["with an empty Host", "HTTP/1.1\r\nHost:\r\n"],
  ["with a Host whose port is none", "HTTP/1.1\r\nHost: tandem:99999\r\n"],
  ["with half an address as Host", "HTTP/1.1\r\nHost: [::1\r\n"],
])("a request %s has a whole URL, its method and body, and a peer", async (_, head) => {
  await using server = listening(async (request, listener) => {
    const { method, url } = request;
    return new Response(`${method} ${url} ${await request.text()} ${listener.addressOf(request)}`);
  });
  const answer = await exchange(
    server.listener.port,
    `PUT /path?query=1 ${head}Content-Length: 4\r\n\r\nbody`,
    "127.0.0.1",
  );
  expect(answer).toEndWith("\r\n\r\nPUT http://localhost/path?query=1 body 127.0.0.1");
});

test.each([
  [
    "throws",
    () => {
      throw new Error("on fire");
    },
  ],
  [
    "rejects",
    async () => {
      throw new Error("on fire");
    },
  ],
])("where the answer %s, another is given", async (_, fails) => {
  await using server = listening(fails);
  const answer = await fetch(`http://127.0.0.1:${server.listener.port}/`);
  expect([answer.status, await answer.text()]).toEqual([500, "GET Error: on fire"]);
});

/** Resolves when it is connected; `closed` when the server has closed it. */
async function connected(port: number) {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  let heard = "";
  let isClosed = false;
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data: (_, bytes) => {
        heard += bytes.toString();
      },
      close: () => {
        isClosed = true;
        resolve();
      },
    },
  });
  const say = (text: string): void => void socket.write(text);
  return { closed, isClosed: () => isClosed, say, heard: () => heard };
}

const REQUEST = "GET / HTTP/1.1\r\nHost: tandem\r\n\r\n";

test("while it is paused nobody is let in, and those who ask for nothing are sent away", async () => {
  await using server = listening(() => new Response("here"));
  const { listener } = server;
  const slow = await connected(listener.port);
  const { port } = listener;
  slow.say("GET /"); // Linux lets nobody in who says nothing, for some seconds.
  await exchange(port, REQUEST, "here"); // Behind the slow one, which is in then.
  listener.pause(0);
  await until("the end of the slow one", () => {
    listener.endDrained(0);
    return slow.isClosed();
  });
  await expect(connected(port)).rejects.toThrow();
  listener.resume();
  expect(listener.port).toBe(port);
  expect(await exchange(port, REQUEST, "here")).toEndWith("here");
});

test("what is being answered as it is paused is answered, unless that takes longer than five seconds", async () => {
  const asked = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  const answers = [Promise.withResolvers<Response>(), Promise.withResolvers<Response>()] as const;
  let requests = 0;
  await using server = listening(() => {
    const at = requests === 0 ? 0 : 1;
    requests += 1;
    asked[at].resolve();
    return answers[at].promise;
  });
  const { listener } = server;
  const first = await connected(listener.port);
  first.say(REQUEST);
  await asked[0].promise;
  listener.pause(0);
  listener.endDrained(4999);
  answers[0].resolve(new Response("in time"));
  await until("the answer", () => first.heard().endsWith("in time"));
  listener.endDrained(4999);
  await first.closed;
  listener.resume();

  const second = await connected(listener.port);
  second.say(REQUEST);
  await asked[1].promise;
  listener.pause(10_000);
  listener.endDrained(15_000);
  await second.closed;
  answers[1].resolve(new Response("too late"));
  expect(second.heard()).toBe("");
});

test("connections that wait for their next request can be closed, and are counted", async () => {
  await using server = listening(() => new Response("here"));
  const kept = await connected(server.listener.port);
  kept.say(REQUEST);
  await until("an answer", () => kept.heard().endsWith("here"));
  expect(server.listener.closeIdle()).toBe(1);
  await kept.closed;
});

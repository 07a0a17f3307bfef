import { expect, test } from "bun:test";
import { HttpListener } from "#server/http/http-listener.ts";

/** One that answers each request with what `answer` makes of it. */
function listening(answer: (request: Request, listener: HttpListener) => Response | Promise<Response>) {
  const listener: HttpListener = new HttpListener({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => answer(request, listener),
    failed: (error, request) => new Response(`${request.method} ${error}`, { status: 500 }),
    tls: null,
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

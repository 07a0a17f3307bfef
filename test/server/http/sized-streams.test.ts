import { expect, test } from "bun:test";
import { HttpListener } from "#server/http/http-listener.ts";
import { until } from "#test/support/until.ts";

const MEBIBYTE = 1024 * 1024;

/** One whose paths below `/sized/` are answered by what `answer` makes of the request, as all others are. */
function listening(answer: (request: Request) => Response | Promise<Response>) {
  const listener = new HttpListener({
    hostname: "127.0.0.1",
    port: 0,
    fetch: answer,
    failed: (error) => new Response(`${error}`, { status: 500 }),
    tls: null,
    sizedStreamPath: "/sized/:name",
  });
  return { listener, port: listener.port, [Symbol.asyncDispose]: () => listener.stop() };
}

/** Its bytes by and by, and how many of them were asked for. */
function stream(chunks: number, chunkBytes: number) {
  const counts = { pulled: 0, cancelled: 0 };
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      await Promise.resolve();
      if (counts.pulled === chunks) return controller.close();
      counts.pulled += 1;
      controller.enqueue(new Uint8Array(chunkBytes).fill(0x61));
    },
    cancel: () => {
      counts.cancelled += 1;
    },
  });
  const headers = { "Content-Length": String(chunks * chunkBytes) };
  return { counts, response: new Response(body, { headers }) };
}

/** All that comes back for these bytes until the server closes. */
async function exchange(port: number, sent: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let received = "";
  await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open: (socket) => void socket.write(sent),
      data: (_, bytes) => {
        received += bytes.toString();
      },
      close: () => resolve(),
    },
  });
  await promise;
  return received;
}

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: tandem\r\n\r\n`;
}

test("a stream is sent with the length that it says, and not in chunks", async () => {
  await using server = listening(() => stream(3, 4).response);
  const answer = await exchange(server.port, get("/sized/a"));
  expect(answer).toStartWith("HTTP/1.1 200 OK\r\n");
  expect(answer.toLowerCase()).toContain("\r\ncontent-length: 12\r\n");
  expect(answer.toLowerCase()).not.toContain("transfer-encoding");
  expect(answer).toEndWith("\r\n\r\naaaaaaaaaaaa");
});

test("the request comes as it was sent", async () => {
  await using server = listening((request) => {
    const { method, url, headers } = request;
    const text = `${method} ${url} ${headers.get("Range")} ${headers.get("X-Two")}`;
    return new Response(text, { headers: { "Content-Length": String(text.length) } });
  });
  const head = "Host: tandem:81\r\nRange: bytes=0-1\r\nX-Two: one\r\nX-Two: two\r\n\r\n";
  const body = async (line: string) =>
    (await exchange(server.port, `${line}\r\n${head}`)).split("\r\n\r\n")[1];
  const said = "bytes=0-1 one, two";
  expect(await body("GET /sized/a?b=%20c HTTP/1.1")).toBe(`GET http://tandem:81/sized/a?b=%20c ${said}`);
  expect(await body("DELETE /sized/a HTTP/1.1")).toBe(`DELETE http://tandem:81/sized/a ${said}`);
  expect(await body("GET http://tandem:81/sized/a HTTP/1.1")).toBe(`GET http://tandem:81/sized/a ${said}`);
  expect(await exchange(server.port, "GET /sized/a HTTP/1.0\r\n\r\n")).toEndWith(
    "GET http://localhost/sized/a null null",
  );
});

test("HEAD, 204 and 304 have no body, and 404 an empty one", async () => {
  await using server = listening((request) => {
    if (request.method === "HEAD") return new Response(null, { headers: { "Content-Length": "7" } });
    return new Response(null, { status: Number(request.url.slice(-3)) });
  });
  const answer = async (request: string) => (await exchange(server.port, request)).toLowerCase();
  const head = await answer("HEAD /sized/200 HTTP/1.1\r\nHost: tandem\r\n\r\n");
  expect(head).toContain("\r\ncontent-length: 7\r\n");
  expect(head).toEndWith("\r\n\r\n");
  for (const status of [204, 304])
    expect(await answer(get(`/sized/${status}`))).not.toContain("content-length");
  expect(await answer(get("/sized/404"))).toContain("\r\ncontent-length: 0\r\n");
});

test("what is sent behind such a request is not answered in the middle of it", async () => {
  const asked: string[] = [];
  await using server = listening(({ url }) => {
    asked.push(new URL(url).pathname);
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        controller.enqueue(Buffer.from("aa"));
        await Bun.sleep(50); // Time for the others to be answered.
        controller.enqueue(Buffer.from("aa"));
        controller.close();
      },
    });
    return new Response(body, { headers: { "Content-Length": "4" } });
  });
  const answer = await exchange(server.port, get("/sized/a") + get("/other") + get("/sized/b"));
  expect(asked).toEqual(["/sized/a"]);
  expect(answer).toEndWith("\r\n\r\naaaa");
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
});

test("a peer that does not read is not read ahead for, and one that goes ends the stream", async () => {
  const { counts, response } = stream(1000, MEBIBYTE);
  await using server = listening(() => response);
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: server.port,
    socket: { open: (opened) => void opened.write(get("/sized/a")), data: (opened) => void opened.pause() },
  });
  await until("a first chunk", () => counts.pulled > 0);
  let before = -1;
  await until("a standstill", async () => {
    const isStill = counts.pulled === before;
    before = counts.pulled;
    await Bun.sleep(50);
    return isStill;
  });
  expect(counts.pulled).toBeLessThan(50); // What the kernel takes, and then no more.
  expect(counts.cancelled).toBe(0);
  socket.terminate();
  await until("the end of the stream", () => counts.cancelled === 1);
});

test("a stream that fails ends the connection before its length", async () => {
  await using server = listening(() => {
    let count = 0;
    const body = new ReadableStream({
      pull: (controller) => {
        count += 1;
        if (count === 1) controller.enqueue(new Uint8Array(3).fill(0x61));
        else controller.error(new Error("the file is gone"));
      },
    });
    return new Response(body, { headers: { "Content-Length": "10" } });
  });
  const answer = await exchange(server.port, get("/sized/a"));
  expect(answer.toLowerCase()).toContain("\r\ncontent-length: 10\r\n");
  expect(answer.split("\r\n\r\n")[1]?.length ?? 0).toBeLessThan(10);
});

test("where the answer rejects, another is given", async () => {
  await using server = listening(() => Promise.reject(new Error("no answer")));
  const answer = await exchange(server.port, get("/sized/a"));
  expect(answer).toStartWith("HTTP/1.1 500 ");
  expect(answer).toContain("Error: no answer");
});

test("all other paths are answered as ever", async () => {
  await using server = listening(({ url }) => new Response(new URL(url).pathname));
  for (const path of ["/", "/sized", "/sized/a/b", "/other/a"]) {
    expect(await (await fetch(`http://127.0.0.1:${server.port}${path}`)).text()).toBe(path);
  }
});

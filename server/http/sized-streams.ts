// Answers that say how long they are although their bodies come by and by.
//
// Of Bun 1.4.5 `Bun.serve` sends every stream in chunks and takes its Content-Length off; a Blob of memory and files loses the
// files, a pipe as `Bun.file` is chunked, too. What keeps the length is what Bun's own node:http writes through: a route that is
// `false` leads there, on the same port, and other routes cost what they did (1 MB reads: as fast as one `Bun.file`). It is not
// in Bun's types: where it should be missing one day, such a path is answered as every other is, in chunks. With HTTP/2 on the
// port Bun has no such way.

/** An answer on its way; `onabort`: the peer is gone, or has taken nothing for too long; headers are names and values in turn. */
interface NativeAnswer {
  onabort: (() => void) | null;
  onwritable: (() => void) | null;
  /** Nothing where there are none. */
  takeRawHeaders(): readonly string[] | undefined;
  writeHead(status: number, statusText: string, headers: readonly string[], automatic: number): void;
  /** Takes all of it; negative where the peer does not keep up, until `onwritable`. */
  write(bytes: Uint8Array): number;
  end(): void;
}

interface NativeConnection {
  /** What was sent behind this request is not looked at: its answer would come in the middle of this one's. */
  stopParsing(): void;
  close(): void;
  /** Once what was written is sent. */
  closeWhenDrained(): void;
}

type Answer = (request: Request) => Response | Promise<Response>;

/** Bun writes the Date. */
const AUTOMATIC_DATE = 1;

/** A name that is none, with a value that says: the headers are all there is, whatever they say of a length. */
const HEADERS_ALONE = ["\0", "2"];

/** Statuses whose answers never have a body (RFC 9110 §6.4.1). */
const BODILESS = new Set([204, 304]);

/** Options of `Bun.serve` by which `path`, a pattern of its routes, is answered with the length that its answer says. */
export function sizedStreams(path: string, answer: Answer) {
  return {
    routes: { [path]: false as const, "/*": answer },
    onNodeHTTPRequest: (
      ...[, url, method, , native, , connection]: [
        server: unknown,
        url: string,
        method: string,
        bits: unknown,
        native: NativeAnswer,
        hasBody: unknown,
        connection: NativeConnection,
      ]
    ): Promise<void> => {
      connection.stopParsing();
      return send(native, method, connection, async () => answer(requestOf(url, method, native)));
    },
  };
}

/** Bodies of requests are left: nothing under such a path takes one. */
function requestOf(url: string, method: string, native: NativeAnswer): Request {
  const raw = native.takeRawHeaders() ?? [];
  const headers = new Headers();
  for (let at = 0; at + 1 < raw.length; at += 2) headers.append(raw[at] ?? "", raw[at + 1] ?? "");
  const origin = `http://${headers.get("Host") ?? ""}`;
  const base = URL.canParse(origin) ? origin : "http://localhost";
  return new Request(`${base}${url.replace(/^https?:\/\/[^/]*/, "")}`, { method, headers });
}

async function send(
  native: NativeAnswer,
  method: string,
  connection: NativeConnection,
  answer: () => Promise<Response>,
): Promise<void> {
  let isOver = false;
  let wake = (): void => {};
  native.onabort = () => {
    isOver = true;
    wake();
  };
  const response = await answer().catch(() => new Response(null, { status: 400 })); // It is no request at all.
  const { body, status, statusText } = response;
  if (isOver) return void body?.cancel();
  const isHeadersAlone = method === "HEAD" || BODILESS.has(status);
  const headers = ["Connection", "close", ...[...response.headers].flat()];
  if (isHeadersAlone) headers.push(...HEADERS_ALONE);
  else if (body === null) headers.push("Content-Length", "0");
  native.writeHead(status, statusText, headers, AUTOMATIC_DATE);
  if (body !== null && !isHeadersAlone) {
    try {
      for await (const chunk of chunksOf(body)) {
        if (isOver) return connection.close();
        if (native.write(chunk) >= 0) continue;
        const { promise: isWritable, resolve } = Promise.withResolvers<void>();
        native.onwritable = wake = resolve;
        await isWritable;
        if (isOver) return connection.close();
      }
    } catch {
      return connection.close(); // It is shorter than it said: the peer is to see that something is missing.
    }
    if (isOver) return;
  }
  native.end();
  connection.closeWhenDrained();
}

/** What is read at once, of what can be read into memory that is there already. */
const CHUNK_BYTES = 512 * 1024;

/** Each is of use until the next one is asked for. Who stops asking ends the stream. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = byteReader(body);
  if (reader === null) {
    yield* body;
    return;
  }
  let coming = reader.read(new Uint8Array(CHUNK_BYTES));
  let spare = new Uint8Array(CHUNK_BYTES);
  try {
    for (;;) {
      const { done, value } = await coming;
      if (done) return;
      coming = reader.read(spare); // While this one is sent.
      yield value;
      spare = new Uint8Array(value.buffer, 0, CHUNK_BYTES);
    }
  } finally {
    void coming.catch(() => {}); // Nobody waits for what is not sent any more.
    void reader.cancel().catch(() => {}); // As above.
  }
}

/** Null for a stream that brings memory of its own. */
function byteReader(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: "byob" });
  } catch {
    return null;
  }
}

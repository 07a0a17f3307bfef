// Answers that say how long they are although their bodies come by and by.
//
// Of Bun 1.4.5 `Bun.serve` sends every stream in chunks and takes its Content-Length off; a Blob of memory and files loses the
// files, a pipe as `Bun.file` is chunked, too. What keeps the length is what Bun's own node:http writes through: a route that is
// `false` leads there, on the same port, and other routes cost what they did (1 MB reads: as fast as one `Bun.file`). It is not
// in Bun's types: where it should be missing one day, such a path is answered as every other is, in chunks. With HTTP/2 on the
// port Bun has no such way.

/** An answer on its way; headers are names and values in turn. */
interface NativeAnswer {
  onabort: (() => void) | null;
  onwritable: (() => void) | null;
  readonly aborted: boolean;
  takeRawHeaders(): readonly string[];
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
      return send(native, method, connection, answer(requestOf(url, method, native)));
    },
  };
}

/** Bodies of requests are left: nothing under such a path takes one. */
function requestOf(url: string, method: string, native: NativeAnswer): Request {
  const raw = native.takeRawHeaders();
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
  answer: Response | Promise<Response>,
): Promise<void> {
  const { promise: aborted, resolve: abort } = Promise.withResolvers<"aborted">();
  native.onabort = () => abort("aborted");
  const response = await answer;
  if (native.aborted) return void response.body?.cancel();
  const isHeadersAlone = method === "HEAD" || BODILESS.has(response.status);
  const headers = ["Connection", "close", ...[...response.headers].flat()];
  if (isHeadersAlone) headers.push(...HEADERS_ALONE);
  else if (response.body === null) headers.push("Content-Length", "0");
  native.writeHead(response.status, response.statusText, headers, AUTOMATIC_DATE);
  const end = (): void => {
    native.end();
    connection.closeWhenDrained();
  };
  if (isHeadersAlone || response.body === null) return end();
  const reader = response.body.getReader();
  try {
    for (;;) {
      const next = await Promise.race([reader.read(), aborted]);
      if (next === "aborted") return;
      if (next.done) return end();
      if (native.write(next.value) >= 0) continue;
      if ((await Promise.race([writable(native), aborted])) === "aborted") return;
    }
  } catch {
    connection.close(); // It is shorter than it said: the peer is to see that something is missing.
  } finally {
    void reader.cancel().catch(() => {}); // Nobody waits for what is not sent any more.
  }
}

function writable(native: NativeAnswer): Promise<"writable"> {
  const { promise, resolve } = Promise.withResolvers<"writable">();
  native.onwritable = () => resolve("writable");
  return promise;
}

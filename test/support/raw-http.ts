// A connection of HTTP/1.1 as cheap as can be, for thousands of clients in one process: one request after the other.

export interface RawAnswer {
  /** 0 where the connection was closed before an answer came. */
  readonly status: number;
  readonly body: Uint8Array;
}

const NONE: RawAnswer = { status: 0, body: new Uint8Array() };

const HEADERS_END = Buffer.from("\r\n\r\n");

/** The answers say their length, or come in chunks. */
export class RawHttp {
  readonly #host: string;
  #socket: Bun.Socket | null = null;
  /** Of the answer that is coming, as it came. */
  #pieces: Buffer[] = [];
  #receivedLength = 0;
  /** The least that the whole answer has, as far as its headers say. */
  #leastLength = 0;
  #waiting: ((answer: RawAnswer) => void) | null = null;

  private constructor(host: string) {
    this.#host = host;
  }

  static async open({ hostname, port, host }: URL): Promise<RawHttp> {
    const connection = new RawHttp(host);
    connection.#socket = await Bun.connect({
      hostname,
      port: Number(port),
      socket: {
        data: (_socket, bytes) => connection.#receive(bytes),
        close: () => {
          connection.#socket = null;
          connection.#answered(NONE);
        },
      },
    });
    return connection;
  }

  /** Waits for nothing. `method`: without a body. */
  send(path: string, method: "GET" | "POST" = "GET"): void {
    const length = method === "POST" ? "Content-Length: 0\r\n" : "";
    this.#socket?.write(`${method} ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n${length}\r\n`);
  }

  ask(path: string, method: "GET" | "POST" = "GET"): Promise<RawAnswer> {
    if (this.#socket === null) return Promise.resolve(NONE);
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.send(path, method);
    });
  }

  close(): void {
    this.#socket?.terminate();
  }

  #answered(answer: RawAnswer): void {
    const resolve = this.#waiting;
    this.#waiting = null;
    resolve?.(answer);
  }

  /** A large body is put together once: whoever does it with each piece copies it as often as it has pieces. */
  #receive(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#receivedLength += bytes.byteLength;
    if (this.#receivedLength < this.#leastLength) return;
    const received = this.#pieces.length === 1 ? bytes : Buffer.concat(this.#pieces);
    this.#pieces = [received];
    const end = received.indexOf(HEADERS_END);
    if (end === -1) return;
    const headers = received.subarray(0, end).toString("latin1");
    const bodyStart = end + HEADERS_END.byteLength;
    this.#leastLength = bodyStart + lengthOf(headers);
    const rest = received.subarray(bodyStart);
    const body = /\r\ntransfer-encoding: chunked/i.test(headers) ? chunks(rest) : whole(headers, rest);
    if (body === null) return;
    this.#pieces = [];
    this.#receivedLength = 0;
    this.#leastLength = 0;
    this.#answered({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(headers)?.[1]), body });
  }
}

/** Of the body; 0 where it is not said. */
function lengthOf(headers: string): number {
  return Number(/\r\ncontent-length: (\d+)/i.exec(headers)?.[1] ?? 0);
}

/** Null where it is not all there. */
function whole(headers: string, rest: Buffer): Buffer | null {
  const length = lengthOf(headers);
  return rest.byteLength < length ? null : rest.subarray(0, length);
}

/** RFC 9112 §7.1; null where the last one is not there. */
function chunks(rest: Buffer): Buffer | null {
  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf("\r\n", at);
    if (lineEnd === -1) return null;
    const length = Number.parseInt(rest.subarray(at, lineEnd).toString("latin1"), 16);
    const from = lineEnd + 2;
    if (rest.byteLength < from + length + 2) return null;
    if (length === 0) return Buffer.concat(pieces);
    pieces.push(rest.subarray(from, from + length));
    at = from + length + 2;
  }
}

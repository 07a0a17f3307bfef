// The HTTP port: HTTP/1.1, or with a certificate HTTPS with HTTP/2 beside it.

import type { Tls } from "#server/common/tls-files.ts";

/** A connection without a request for this long is closed; longer than any answer takes. */
const IDLE_SECONDS = 60;

/** Of a body: each call has its own limit and its own words for what is beyond it, where Bun has none. */
const MAX_BODY_BYTES = Number.MAX_SAFE_INTEGER;

/** What is on its way when the process ends gets this long: together with the rest it stays below ten seconds. */
const DRAIN_MS = 1000;

export interface HttpListenerOptions {
  readonly hostname: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** The answer when `fetch` throws or rejects. */
  readonly failed: (error: unknown, request: Request) => Response;
  /** Null = plain HTTP. */
  readonly tls: Tls | null;
}

export class HttpListener {
  readonly #options: HttpListenerOptions;
  /** Requests that were given a host → as they came. */
  readonly #asTheyCame = new WeakMap<Request, Request>();
  #server: Bun.Server<undefined>;

  /** Throws when the address cannot be bound. */
  constructor(options: HttpListenerOptions) {
    this.#options = options;
    this.#server = this.#listen(options.port, options.tls);
  }

  /** The port that was bound. */
  get port(): number {
    return this.#server.port ?? 0;
  }

  /** The peer's address; "" when it is gone. */
  addressOf(request: Request): string {
    return this.#server.requestIP(this.#asTheyCame.get(request) ?? request)?.address ?? "";
  }

  /**
   * The same port with another certificate: what is being answered goes on under the old one. Throws when the port
   * could not be bound again; the next call tries once more.
   */
  renew(tls: Tls): void {
    const { port } = this;
    void this.#server.stop(); // Resolves when its last answer is out, which nobody waits for.
    this.#server = this.#listen(port, tls);
  }

  #listen(port: number, tls: Tls | null): Bun.Server<undefined> {
    const { hostname } = this.#options;
    const fetch = (request: Request) => this.#answer(this.#withHost(request));
    const options = { hostname, port, idleTimeout: IDLE_SECONDS, maxRequestBodySize: MAX_BODY_BYTES, fetch };
    return tls === null ? Bun.serve(options) : Bun.serve({ ...options, http2: true, tls });
  }

  #answer(request: Request): Response | Promise<Response> {
    const { fetch, failed } = this.#options;
    try {
      const answer = fetch(request);
      return answer instanceof Promise ? answer.catch((error) => failed(error, request)) : answer;
    } catch (error) {
      return failed(error, request);
    }
  }

  /** Without a Host, which HTTP/1.0 does not need, Bun's URL is a path alone; with a bad one it is no URL. */
  #withHost(request: Request): Request {
    if (URL.canParse(request.url)) return request;
    const path = request.url.replace(/^https?:\/\/[^/]*/, "");
    const whole = new Request(`http://localhost${path}`, request);
    this.#asTheyCame.set(whole, request);
    return whole;
  }

  /** No new connections from the call on; resolves when there are none. */
  async stop(): Promise<void> {
    await Promise.race([this.#server.stop(), Bun.sleep(DRAIN_MS)]);
    await this.#server.stop(true);
  }
}

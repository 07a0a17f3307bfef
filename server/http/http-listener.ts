// The HTTP port: HTTP/1.1, or with a certificate HTTPS with HTTP/2 beside it.

import type { Tls } from "#server/common/tls-files.ts";
import { sizedStreams } from "./sized-streams.ts";

/** A connection without a request for this long is closed; longer than most answers take. */
const IDLE_SECONDS = 60;

/** Of what one request may take longer: the most that Bun takes, four minutes. */
const MAX_WAIT_SECONDS = 255;

/** Bun's own limit on a body has no words: each call has one of its own, and says what is beyond it. */
const MAX_BODY_BYTES = Number.MAX_SAFE_INTEGER;

/** What is on its way when the process ends gets this long: together with the rest it stays below ten seconds. */
const DRAIN_MS = 1000;

/** Bun itself closes no connection that waits for its next request, once sized streams are among its routes. */
const CLOSE_IDLE_MS = 20;

/** What is on its way when the port stops accepting gets this long, so that connections are to be had again. */
const PAUSE_DRAIN_MS = 5000;

export interface HttpListenerOptions {
  readonly hostname: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** The pattern of the paths whose answers may be streams that say how long they are. */
  readonly sizedStreamPath: string;
  /** The answer when `fetch` throws or rejects. */
  readonly failed: (error: unknown, request: Request) => Response;
  /** Null = plain HTTP. */
  readonly tls: Tls | null;
}

export class HttpListener {
  readonly #options: HttpListenerOptions;
  /** Requests that were given a host → as they came. */
  readonly #asTheyCame = new WeakMap<Request, Request>();
  /** What the last URL that was whole began with, its last slash included: no path makes another of that host none. */
  #wholeOrigin = "no origin yet";
  /** The port that was bound. */
  readonly port: number;
  #tls: Tls | null;
  #server: Bun.Server<undefined>;
  #isPaused = false;
  /** Those that accept no more and have connections left → when they are ended. */
  readonly #draining = new Map<Bun.Server<undefined>, number>();

  /** Throws when the address cannot be bound. */
  constructor(options: HttpListenerOptions) {
    this.#options = options;
    this.#tls = options.tls;
    this.#server = this.#listen(options.port);
    this.port = this.#server.port ?? 0;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The peer's address; "" when it is gone. */
  addressOf(request: Request): string {
    return this.#server.requestIP(this.#asTheyCame.get(request) ?? request)?.address ?? "";
  }

  /** The answer may take this long. */
  mayWait(request: Request, seconds: number): void {
    if (seconds < IDLE_SECONDS) return;
    this.#server.timeout(this.#asTheyCame.get(request) ?? request, Math.min(seconds, MAX_WAIT_SECONDS));
  }

  /**
   * The same port with another certificate: what is being answered goes on under the old one. Throws when the port
   * could not be bound again; the next call tries once more.
   */
  renew(tls: Tls): void {
    this.#tls = tls;
    if (this.#isPaused) return;
    void this.#server.stop(); // Resolves when its last answer is out, which nobody waits for.
    this.#server = this.#listen(this.port);
  }

  /** Closes the connections that wait for their next request, and says how many those were. */
  closeIdle(): number {
    return this.#server.closeIdleConnections();
  }

  /**
   * Nobody is let in until `resume`. What is being answered goes on for a while; connections that ask for nothing are closed
   * by {@link endDrained}.
   */
  pause(nowMs: number): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    void this.#server.stop(); // As above.
    this.#draining.set(this.#server, nowMs + PAUSE_DRAIN_MS);
    this.endDrained(nowMs);
  }

  /** Ends what is left of pauses: nothing is being answered any more, or for too long. To be called now and then. */
  endDrained(nowMs: number): void {
    for (const [server, endsAtMs] of this.#draining) {
      if (server.pendingRequests > 0 && nowMs < endsAtMs) {
        server.closeIdleConnections();
        continue;
      }
      this.#draining.delete(server);
      void server.stop(true); // As above.
    }
  }

  /** Lets in again. Throws when the port could not be bound; the next call tries once more. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#server = this.#listen(this.port);
    this.#isPaused = false;
  }

  #listen(port: number): Bun.Server<undefined> {
    const { hostname, sizedStreamPath } = this.#options;
    const tls = this.#tls;
    const fetch = (request: Request) => this.#answer(this.#withHost(request));
    const options = { hostname, port, idleTimeout: IDLE_SECONDS, maxRequestBodySize: MAX_BODY_BYTES, fetch };
    return tls === null
      ? Bun.serve({ ...options, ...sizedStreams(sizedStreamPath, fetch) })
      : Bun.serve({ ...options, http2: true, tls });
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
    const { url } = request;
    if (url.startsWith(this.#wholeOrigin)) return request;
    if (URL.canParse(url)) {
      this.#wholeOrigin = url.slice(0, url.indexOf("/", "https://".length) + 1);
      return request;
    }
    const path = url.replace(/^https?:\/\/[^/]*/, "");
    const whole = new Request(`http://localhost${path}`, request);
    this.#asTheyCame.set(whole, request);
    return whole;
  }

  /** No new connections from the call on; resolves when there are none. */
  async stop(): Promise<void> {
    const servers = [this.#server, ...this.#draining.keys()];
    const drained = Promise.all(servers.map((server) => server.stop()));
    const closeIdle = (): void => {
      for (const server of servers) server.closeIdleConnections();
    };
    closeIdle();
    const closing = setInterval(closeIdle, CLOSE_IDLE_MS);
    await Promise.race([drained, Bun.sleep(DRAIN_MS)]);
    clearInterval(closing);
    await Promise.all(servers.map((server) => server.stop(true)));
  }
}

// Follows every address that a server's answers carry, and every one that those answers carry, to the end.

import { type Address, addressesIn } from "./addresses.ts";
import { until } from "./until.ts";

export interface WalkOptions {
  /** Where the server is, without a trailing slash. */
  readonly publicUrl: string;
  /** What addresses of inputs begin with; encoders follow these. */
  readonly inputUrl: string;
  readonly token: string;
  readonly tls: { readonly ca: string };
}

/** How much of a stream that does not end is read. */
const EVENTS_READ = 8;

export class AddressWalk {
  readonly #options: WalkOptions;
  readonly #found = new Set<Address>();
  readonly #followed = new Set<Address>();
  /** Addresses of others → where one is carried. */
  readonly others = new Map<Address, Address>();
  /** Answers that no reader of an address should get, with the address. */
  readonly deadEnds = new Map<Address, number>();
  /** Addresses of the server that are neither relative nor made of the public one. */
  readonly strays = new Set<Address>();

  constructor(options: WalkOptions) {
    this.#options = options;
  }

  /** What was followed so far. */
  get followed(): ReadonlySet<Address> {
    return this.#followed;
  }

  /** As a client asks; what the answer carries is remembered. */
  fetch = async (request: Request): Promise<Response> => {
    const { tls } = this.#options;
    const response = await fetch(request, { tls, redirect: "manual" });
    const { body, status, headers } = response;
    if (headers.get("Content-Type")?.startsWith("text/event-stream") === true) {
      await this.#read(request.url, headers, await firstEvents(body));
      return response;
    }
    const bytes = await response.bytes();
    await this.#read(request.url, headers, new TextDecoder().decode(bytes));
    return new Response(status === 204 || status === 304 ? null : bytes, { status, headers });
  };

  /** Those that were found and those that are found on the way, each once. */
  async followAll(): Promise<void> {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#followed.add(next);
      const status = await this.#statusOf(next);
      if (status >= 400) this.deadEnds.set(next, status);
    }
  }

  /** With the token; `path` may be a whole address. */
  ask(method: string, path: string, body?: object): Promise<Response> {
    const url = path.startsWith("http") ? path : `${this.#options.publicUrl}${path}`;
    const headers = { Authorization: `Bearer ${this.#options.token}`, "Content-Type": "application/json" };
    return this.fetch(
      new Request(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
    );
  }

  /** Whoever is told to try again later does. */
  #statusOf(address: Address): Promise<number> {
    return until(`an answer that is no later one, of ${address}`, async () => {
      const { status, headers } = await this.ask("GET", address);
      return headers.has("Retry-After") ? null : status;
    });
  }

  #next(): Address | undefined {
    return this.#found.difference(this.#followed).values().next().value;
  }

  async #read(url: string, headers: Headers, body: string): Promise<void> {
    for (const address of await addressesIn(url, headers, body)) {
      const { publicUrl, inputUrl } = this.#options;
      const isOurs = address === publicUrl || address.startsWith(`${publicUrl}/`);
      if (isOurs) this.#found.add(address);
      else if (address.startsWith(inputUrl)) continue;
      else if (isOfThisMachine(address)) this.strays.add(address);
      else this.others.set(address, url);
    }
  }
}

function isOfThisMachine(address: Address): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol.startsWith("rtmp") || ["localhost", "127.0.0.1", "[::1]", "tandem"].includes(hostname);
}

async function firstEvents(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (text.split("\n\n").length > EVENTS_READ) break;
  }
  return text.slice(0, text.lastIndexOf("\n\n"));
}

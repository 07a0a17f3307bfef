// One request to a webhook: signed, sent to an address that was looked at before, and over within ten seconds.
//
// Its name is resolved once, and the connection is made to the address that came of it, with the name in the Host header and
// in TLS. A name that answers with another address a moment later changes nothing.

import { dns } from "bun";
import { Webhook } from "standardwebhooks";
import type { Delay } from "#server/common/delay.ts";
import { codeOf } from "#server/common/failure.ts";
import type { DeliveryAttempt } from "#server/store/delivery-store.ts";
import { isPublic, literalAddress, PUBLIC, privateHost } from "./address-check.ts";

/** From the lookup of its name to the end of what is kept of its answer. */
const REQUEST_MS = 10_000;

/** Kept of an answer. */
const MAX_ANSWER_BYTES = 1024;

/** Of the addresses of a name, as many are tried where a connection cannot be made. */
const MAX_ADDRESSES = 3;

export interface SenderOptions {
  /** Loopback, link-local and private addresses may be asked. */
  readonly isPrivateAllowed: boolean;
  readonly dateMs: () => number;
  readonly monotonicMs: () => number;
  readonly delay: Delay;
  /** Addresses of a name, at least one; rejects where there is none. */
  readonly resolve: (name: string) => Promise<readonly string[]>;
}

export interface WebhookRequest {
  readonly url: string;
  readonly secret: string;
  readonly eventId: string;
  /** JSON. */
  readonly body: string;
}

/** Says why there was no answer. */
class NoAnswer extends Error {}

export class Sender {
  readonly #options: SenderOptions;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Whatever comes of it; null where the signal was aborted before. */
  async send(request: WebhookRequest, signal: AbortSignal): Promise<DeliveryAttempt | null> {
    const { dateMs, monotonicMs, delay } = this.#options;
    const [atMs, beganMs] = [dateMs(), monotonicMs()];
    const [isOver, isTooLate] = [new AbortController(), new AbortController()];
    const giveUp = (): void => isTooLate.abort();
    signal.addEventListener("abort", giveUp, { once: true });
    // It does not reject.
    void delay(REQUEST_MS, isOver.signal).then(() => {
      if (!isOver.signal.aborted) giveUp();
    });
    try {
      const outcome = await this.#ask(request, new Date(atMs), isTooLate.signal);
      return signal.aborted ? null : { atMs, ...outcome, durationMs: monotonicMs() - beganMs };
    } finally {
      signal.removeEventListener("abort", giveUp);
      isOver.abort();
    }
  }

  async #ask(
    request: WebhookRequest,
    at: Date,
    isTooLate: AbortSignal,
  ): Promise<Pick<DeliveryAttempt, "status" | "answer">> {
    try {
      const url = new URL(request.url);
      const addresses = await unlessOver(this.#addresses(url), isTooLate);
      const response = await post(url, addresses, request, at, isTooLate);
      return { status: response.status, answer: await beginningOf(response, isTooLate) };
    } catch (error) {
      return { status: null, answer: isTooLate.aborted ? TOO_LATE : sentenceOf(error) };
    }
  }

  /** Those that may be asked, of which there is one. */
  async #addresses(url: URL): Promise<readonly string[]> {
    const { isPrivateAllowed } = this.#options;
    const problem = isPrivateAllowed ? null : privateHost(url);
    if (problem !== null) throw new NoAnswer(`${problem}.`);
    const literal = literalAddress(url);
    const found = literal === null ? await this.#options.resolve(url.hostname) : [literal];
    const allowed = isPrivateAllowed ? found : found.filter(isPublic);
    if (allowed.length > 0) return allowed.slice(0, MAX_ADDRESSES);
    throw new NoAnswer(`${url.hostname} resolves to ${found[0]}, which is not ${PUBLIC}.`);
  }
}

const TOO_LATE = `There was no answer within ${REQUEST_MS / 1000} s.`;

/** Of a name, as the system's resolver has them. Where networks are of one kind only, that is IPv4 still. */
export async function addressesOf(name: string): Promise<readonly string[]> {
  const found = await dns.lookup(name);
  return found.sort((a, b) => a.family - b.family).map(({ address }) => address);
}

/** To the first address that takes the connection. */
async function post(
  url: URL,
  addresses: readonly string[],
  { secret, eventId, body }: WebhookRequest,
  at: Date,
  signal: AbortSignal,
): Promise<Response> {
  const signature = new Webhook(secret).sign(eventId, at, body);
  const init = {
    method: "POST",
    body,
    signal,
    redirect: "manual",
    // Its first bytes are kept as they come: there is nothing that could become large.
    decompress: false,
    headers: {
      Host: url.host,
      "Content-Type": "application/json",
      "Accept-Encoding": "identity",
      "User-Agent": "Tandem",
      "webhook-id": eventId,
      "webhook-timestamp": String(Math.floor(at.getTime() / MS_PER_SECOND)),
      "webhook-signature": signature,
    },
    ...(literalAddress(url) === null ? { tls: { serverName: url.hostname } } : {}),
  } as const;
  for (const [index, address] of addresses.entries()) {
    try {
      return await fetch(direct(url, address), init);
    } catch (error) {
      if (index === addresses.length - 1 || !UNREACHED.has(codeOf(error) ?? "")) throw error;
    }
  }
  throw new NoAnswer("There is no address to ask.");
}

const MS_PER_SECOND = 1000;

/** The address in place of the name. */
function direct(url: URL, address: string): string {
  const changed = new URL(url);
  changed.hostname = address.includes(":") ? `[${address}]` : address;
  return changed.href;
}

/** As text; what is cut within a character ends before it. What has come by the deadline is what there is. */
async function beginningOf(response: Response, isOver: AbortSignal): Promise<string> {
  const text = new TextDecoder();
  let [beginning, count] = ["", 0];
  const reader = response.body?.getReader();
  try {
    while (reader !== undefined && count < MAX_ANSWER_BYTES) {
      const { done, value } = await unlessOver(reader.read(), isOver);
      if (done) break;
      beginning += text.decode(value.subarray(0, MAX_ANSWER_BYTES - count), { stream: true });
      count += value.byteLength;
    }
  } catch {
    // The status has come, and is what counts.
  }
  void reader?.cancel().catch(() => {}); // Nobody waits for what is not read.
  return beginning;
}

/** Rejects once it is over. */
function unlessOver<Result>(result: Promise<Result>, isOver: AbortSignal): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const end = (): void => reject(isOver.reason);
  if (isOver.aborted) end();
  else isOver.addEventListener("abort", end, { once: true });
  return Promise.race([result, promise]).finally(() => isOver.removeEventListener("abort", end));
}

/** No connection was made, and nothing was sent. */
const UNREACHED: ReadonlySet<string> = new Set(["ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH"]);

const SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "It refused the connection.",
  ENETUNREACH: "There is no way to its network.",
  EHOSTUNREACH: "There is no way to it.",
  ECONNRESET: "It closed the connection without an answer.",
  DNS_ENOTFOUND: "Its name is not known.",
  ERR_TLS_CERT_ALTNAME_INVALID: "Its certificate is for another name.",
};

/** Never with the address: that may hold what nobody else should know. */
function sentenceOf(error: unknown): string {
  if (error instanceof NoAnswer) return error.message;
  const code = codeOf(error) ?? "an unknown error";
  return SENTENCES[code] ?? `It could not be asked (${code}).`;
}

// A client of the contract: an operation a method, with the types of the schemas that the server checks by. Only `fetch` is
// needed, so it runs in Bun, Node, Deno and browsers.

import type { z } from "@hono/zod-openapi";
import type { TimelineType } from "./names.ts";
import type { listLivestreams } from "./routes/livestream-routes.ts";
import type { listMedia } from "./routes/media-routes.ts";
import type { listTokens } from "./routes/token-routes.ts";
import type { listWebhooks } from "./routes/webhook-routes.ts";
import type { NewLivestreamClip, NewMediaClip } from "./schemas/clip.ts";
import type { Conflict, Failure, InvalidRequest, success, successPage } from "./schemas/envelope.ts";
import type {
  LivestreamPatch,
  Livestream as LivestreamSchema,
  LivestreamStatus,
  NewLivestream,
} from "./schemas/livestream.ts";
import type { MediaPatch, Media as MediaSchema, MediaStatus } from "./schemas/media.ts";
import type { Pagination } from "./schemas/paging.ts";
import type { NewPlaybackToken, PlaybackToken as PlaybackTokenSchema } from "./schemas/playback-token.ts";
import type {
  LivestreamStatistics as LivestreamStatisticsSchema,
  Sample as SampleSchema,
  StatisticsOverview,
} from "./schemas/statistics.ts";
import type { TimelineEntry as TimelineEntrySchema } from "./schemas/timeline.ts";
import type { NewToken, Token as TokenSchema } from "./schemas/token.ts";
import type { Instance as InstanceSchema } from "./schemas/values.ts";
import type {
  NewWebhook,
  WebhookDelivery as WebhookDeliverySchema,
  WebhookPatch,
  Webhook as WebhookSchema,
} from "./schemas/webhook.ts";
import { type ServerSentEvent, serverSentEvents } from "./server-sent-events.ts";

export type Livestream = z.output<typeof LivestreamSchema>;
export type Media = z.output<typeof MediaSchema>;
export type Sample = z.output<typeof SampleSchema>;
export type TimelineEntry = z.output<typeof TimelineEntrySchema>;
export type LivestreamStatistics = z.output<typeof LivestreamStatisticsSchema>;
export type Instance = z.output<typeof InstanceSchema>;
export type PlaybackToken = z.output<typeof PlaybackTokenSchema>;
export type Token = z.output<typeof TokenSchema>;
export type Webhook = z.output<typeof WebhookSchema>;
export type WebhookDelivery = z.output<typeof WebhookDeliverySchema>;

/** `data` of a refusal. */
export type RefusalData = Failed["data"];

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly pagination: z.output<typeof Pagination>;
}

interface PagePosition {
  /** 0-based. */
  readonly page?: number;
  readonly perpage?: number;
}

interface LivestreamsQuery extends PagePosition {
  readonly sort?: z.input<typeof listLivestreams.request.query>["sort"];
  readonly status?: z.output<typeof LivestreamStatus>;
  /** Only those with this in their name. */
  readonly search?: string;
}

interface MediaQuery extends PagePosition {
  readonly sort?: z.input<typeof listMedia.request.query>["sort"];
  readonly status?: z.output<typeof MediaStatus>;
  /** Only those with this in their name. */
  readonly search?: string;
}

interface TokensQuery extends PagePosition {
  readonly sort?: z.input<typeof listTokens.request.query>["sort"];
}

interface SamplesQuery extends PagePosition {
  /** ISO 8601: only older samples. */
  readonly before?: string;
}

interface TimelineQuery extends PagePosition {
  /** Only entries of these types. */
  readonly type?: TimelineType | readonly TimelineType[];
  readonly instance?: Instance;
}

interface WebhooksQuery extends PagePosition {
  readonly sort?: z.input<typeof listWebhooks.request.query>["sort"];
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface PostOptions extends CallOptions {
  /** The same key within 24 h is answered with the first answer. */
  readonly idempotencyKey?: string;
}

export interface ClientOptions {
  /** Where the server is, for example `https://live.example.com`; a path before `/v2` may follow. */
  readonly url: string;
  readonly token: string;
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** The server answered, and not with a success. */
export class TandemRefusal extends Error {
  readonly status: number;
  /** snake_case and stable; `internal_error` when it is the server's fault and nothing that passes. */
  readonly code: string;
  /** Null when it is the server's fault and nothing that passes. */
  readonly data: RefusalData | null;

  constructor(status: number, message: string, data: RefusalData | null) {
    super(message);
    this.name = "TandemRefusal";
    this.status = status;
    this.code = data?.code ?? "internal_error";
    this.data = data;
  }
}

/** Methods are named as operations are, and reject with a {@link TandemRefusal} or with what `fetch` rejects with. */
export class TandemClient {
  readonly #url: string;
  readonly #token: string;
  readonly #fetch: (request: Request) => Promise<Response>;

  constructor({ url, token, fetch = (request) => globalThis.fetch(request) }: ClientOptions) {
    this.#url = url.replace(/\/+$/, "");
    this.#token = token;
    this.#fetch = fetch;
  }

  listLivestreams(query: LivestreamsQuery = {}, options: CallOptions = {}): Promise<Page<Livestream>> {
    return this.#page("livestreams", query, options);
  }

  createLivestream(body: z.input<typeof NewLivestream>, options: PostOptions = {}): Promise<Livestream> {
    return this.#data("POST", "livestreams", { ...options, body });
  }

  getLivestream(id: string, options: CallOptions = {}): Promise<Livestream> {
    return this.#data("GET", path`livestreams/${id}`, options);
  }

  updateLivestream(
    id: string,
    body: z.input<typeof LivestreamPatch>,
    options: CallOptions = {},
  ): Promise<Livestream> {
    return this.#data("PATCH", path`livestreams/${id}`, { ...options, body });
  }

  deleteLivestream(id: string, options: CallOptions = {}): Promise<null> {
    return this.#data("DELETE", path`livestreams/${id}`, options);
  }

  /** Opens its inputs. */
  startLivestream(id: string, options: PostOptions = {}): Promise<Livestream> {
    return this.#data("POST", path`livestreams/${id}/start`, options);
  }

  /** Shows it to viewers; an encoder must be sending. */
  publishLivestream(id: string, options: PostOptions = {}): Promise<Livestream> {
    return this.#data("POST", path`livestreams/${id}/publish`, options);
  }

  /** Puts that instance on air at its next key frame. */
  switchLivestream(id: string, instance: Instance, options: PostOptions = {}): Promise<Livestream> {
    return this.#data("POST", path`livestreams/${id}/switch`, { ...options, body: { instance } });
  }

  /** The old key opens nothing any more, and its encoder is disconnected. */
  resetStreamKey(id: string, instance: Instance, options: PostOptions = {}): Promise<Livestream> {
    return this.#data("POST", path`livestreams/${id}/inputs/${instance}/reset-key`, options);
  }

  /** Ends it for good; the recording follows by itself. */
  stopLivestream(id: string, options: PostOptions = {}): Promise<Livestream> {
    return this.#data("POST", path`livestreams/${id}/stop`, options);
  }

  getLivestreamStatsOverview(
    id: string,
    options: CallOptions = {},
  ): Promise<z.output<typeof StatisticsOverview>> {
    return this.#data("GET", path`livestreams/${id}/statistics`, options);
  }

  /** Of at most 50 livestreams; those that there are not have nobody. */
  listLivestreamStatsOverviews(
    livestreamIds: readonly string[],
    options: CallOptions = {},
  ): Promise<readonly LivestreamStatistics[]> {
    return this.#data("GET", "statistics", {
      ...options,
      query: { ids: livestreamIds.join(",") || undefined },
    });
  }

  getLivestreamStats(
    id: string,
    instance: Instance,
    query: SamplesQuery = {},
    options: CallOptions = {},
  ): Promise<Page<Sample>> {
    return this.#page(path`livestreams/${id}/statistics/${instance}`, query, options);
  }

  /** Newest first. */
  listLivestreamTimeline(
    id: string,
    query: TimelineQuery = {},
    options: CallOptions = {},
  ): Promise<Page<TimelineEntry>> {
    return this.#page(path`livestreams/${id}/timeline`, query, options);
  }

  /** Ends when the connection does; come back with the last event's `id` as `lastEventId`. */
  async *streamLivestreamEvents(
    id: string,
    { lastEventId, ...options }: CallOptions & { readonly lastEventId?: string } = {},
  ): AsyncGenerator<ServerSentEvent> {
    const headers = lastEventId === undefined ? {} : { "Last-Event-ID": lastEventId };
    const { body } = await this.#call("GET", path`livestreams/${id}/events`, { ...options, headers });
    if (body !== null) yield* serverSentEvents(body);
  }

  /** `width` in pixels. */
  getLivestreamThumbnail(
    id: string,
    query: { width?: number } = {},
    options: CallOptions = {},
  ): Promise<Blob> {
    return this.#blob(path`livestreams/${id}/thumbnail`, query, options);
  }

  /** Its type says which kind of picture it is. */
  updateLivestreamThumbnail(id: string, image: Blob, options: CallOptions = {}): Promise<Livestream> {
    return this.#data("PUT", path`livestreams/${id}/thumbnail`, { ...options, body: image });
  }

  deleteLivestreamThumbnail(id: string, options: CallOptions = {}): Promise<null> {
    return this.#data("DELETE", path`livestreams/${id}/thumbnail`, options);
  }

  listMedia(query: MediaQuery = {}, options: CallOptions = {}): Promise<Page<Media>> {
    return this.#page("media", query, options);
  }

  getMedia(id: string, options: CallOptions = {}): Promise<Media> {
    return this.#data("GET", path`media/${id}`, options);
  }

  updateMedia(id: string, body: z.input<typeof MediaPatch>, options: CallOptions = {}): Promise<Media> {
    return this.#data("PATCH", path`media/${id}`, { ...options, body });
  }

  /** `permanent`: its files and its livestream go with it, and nothing recovers them; a clip goes alone. */
  deleteMedia(id: string, query: { permanent?: boolean } = {}, options: CallOptions = {}): Promise<null> {
    return this.#data("DELETE", path`media/${id}`, { ...options, query });
  }

  recoverMedia(id: string, options: PostOptions = {}): Promise<Media> {
    return this.#data("POST", path`media/${id}/recover`, options);
  }

  /** By reference, unless it says `copy`. */
  createMediaClip(id: string, body: z.input<typeof NewMediaClip>, options: PostOptions = {}): Promise<Media> {
    return this.#data("POST", path`media/${id}/clips`, { ...options, body });
  }

  /** Of what is recorded by now, also while it is live. */
  createLivestreamClip(
    id: string,
    body: z.input<typeof NewLivestreamClip>,
    options: PostOptions = {},
  ): Promise<Media> {
    return this.#data("POST", path`livestreams/${id}/clips`, { ...options, body });
  }

  /** `width` in pixels. */
  getMediaThumbnail(id: string, query: { width?: number } = {}, options: CallOptions = {}): Promise<Blob> {
    return this.#blob(path`media/${id}/thumbnail`, query, options);
  }

  /** Lets a viewer watch; for a body that says nothing, six hours. */
  createPlaybackToken(
    id: string,
    body: z.input<typeof NewPlaybackToken> = {},
    options: PostOptions = {},
  ): Promise<PlaybackToken> {
    return this.#data("POST", path`livestreams/${id}/playback-tokens`, { ...options, body });
  }

  /** As {@link createPlaybackToken}, of an asset. */
  createMediaPlaybackToken(
    id: string,
    body: z.input<typeof NewPlaybackToken> = {},
    options: PostOptions = {},
  ): Promise<PlaybackToken> {
    return this.#data("POST", path`media/${id}/playback-tokens`, { ...options, body });
  }

  listTokens(query: TokensQuery = {}, options: CallOptions = {}): Promise<Page<Token>> {
    return this.#page("tokens", query, options);
  }

  /** The answer has its `secret`, this once. */
  createToken(body: z.input<typeof NewToken>, options: PostOptions = {}): Promise<Token> {
    return this.#data("POST", "tokens", { ...options, body });
  }

  /** Also the one that this client calls with. */
  revokeToken(id: string, options: CallOptions = {}): Promise<null> {
    return this.#data("DELETE", path`tokens/${id}`, options);
  }

  listWebhooks(query: WebhooksQuery = {}, options: CallOptions = {}): Promise<Page<Webhook>> {
    return this.#page("webhooks", query, options);
  }

  /** `secret` is in this answer and never again. */
  createWebhook(body: z.input<typeof NewWebhook>, options: PostOptions = {}): Promise<Webhook> {
    return this.#data("POST", "webhooks", { ...options, body });
  }

  getWebhook(id: string, options: CallOptions = {}): Promise<Webhook> {
    return this.#data("GET", path`webhooks/${id}`, options);
  }

  updateWebhook(id: string, body: z.input<typeof WebhookPatch>, options: CallOptions = {}): Promise<Webhook> {
    return this.#data("PATCH", path`webhooks/${id}`, { ...options, body });
  }

  /** Its deliveries go with it. */
  deleteWebhook(id: string, options: CallOptions = {}): Promise<null> {
    return this.#data("DELETE", path`webhooks/${id}`, options);
  }

  /** `secret` is in this answer and never again. */
  rotateWebhookSecret(id: string, options: PostOptions = {}): Promise<Webhook> {
    return this.#data("POST", path`webhooks/${id}/rotate-secret`, options);
  }

  /** Newest first. */
  listWebhookDeliveries(
    id: string,
    query: PagePosition = {},
    options: CallOptions = {},
  ): Promise<Page<WebhookDelivery>> {
    return this.#page(path`webhooks/${id}/deliveries`, query, options);
  }

  /** Once more, with the same `webhook-id`. */
  redeliverWebhook(id: string, deliveryId: string, options: PostOptions = {}): Promise<WebhookDelivery> {
    return this.#data("POST", path`webhooks/${id}/deliveries/${deliveryId}/redeliver`, options);
  }

  /** One event of type `webhook.test`. */
  testWebhook(id: string, options: PostOptions = {}): Promise<WebhookDelivery> {
    return this.#data("POST", path`webhooks/${id}/test`, options);
  }

  async #data<Data>(method: string, path: string, parts: CallParts): Promise<Data> {
    const answer = (await (await this.#call(method, path, parts)).json()) as Success<Data>;
    return answer.data;
  }

  async #page<Item>(path: string, query: Query, options: CallOptions): Promise<Page<Item>> {
    const answer = (await (await this.#call("GET", path, { ...options, query })).json()) as SuccessPage<Item>;
    return { items: answer.data, pagination: answer.pagination };
  }

  async #blob(path: string, query: Query, options: CallOptions): Promise<Blob> {
    return (await this.#call("GET", path, { ...options, query })).blob();
  }

  async #call(method: string, path: string, parts: CallParts): Promise<Response> {
    const { query = {}, body, idempotencyKey, signal, headers = {} } = parts;
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) search.append(name, String(value));
    }
    const isImage = body instanceof Blob;
    const response = await this.#fetch(
      new Request(`${this.#url}/v2/${path}${search.size === 0 ? "" : `?${search}`}`, {
        method,
        headers: {
          Authorization: `Bearer ${this.#token}`,
          ...(body === undefined || isImage ? {} : { "Content-Type": "application/json" }),
          ...(idempotencyKey === undefined ? {} : { "Idempotency-Key": idempotencyKey }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: isImage ? body : JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      }),
    );
    if (response.ok) return response;
    throw await refusal(response);
  }
}

/** Members are strings, numbers, booleans, lists of strings, or left out. */
type Query = object;

type Failed = z.output<typeof Failure | typeof InvalidRequest | typeof Conflict>;
type Success<Data> = z.output<ReturnType<typeof success<z.ZodType<Data>>>>;
type SuccessPage<Item> = z.output<ReturnType<typeof successPage<z.ZodType<Item>>>>;

interface CallParts extends PostOptions {
  readonly query?: Query;
  /** A Blob goes as it is, anything else as JSON. */
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whoever stands in between, a proxy for example, may answer with anything. */
async function refusal(response: Response): Promise<TandemRefusal> {
  const answer = (await response.json().catch(() => null)) as Partial<Failed> | null;
  const message = answer?.message ?? `The answer was ${response.status} ${response.statusText}.`;
  return new TandemRefusal(response.status, message, answer?.data ?? null);
}

/** A path with its values escaped. */
function path(texts: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw({ raw: texts }, ...values.map(encodeURIComponent));
}

// Every HTTP call of the process: the contract under /v2 behind a token, and what is open to all beside it.

import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { SECRET_FOLDER } from "#openapi/playback-paths.ts";
import type { Log } from "#server/common/log.ts";
import type { PublicUrls } from "#server/common/public-urls.ts";
import { UnavailableError } from "#server/common/unavailable-error.ts";
import type { PlaybackTokens } from "#server/delivery/playback-tokens.ts";
import type { ClipService } from "#server/livestreams/clip-service.ts";
import type { LivestreamService } from "#server/livestreams/livestream-service.ts";
import type { LivestreamTimeline } from "#server/livestreams/livestream-timeline.ts";
import type { MediaService } from "#server/livestreams/media-service.ts";
import { DISK_TROUBLES, diskTroubleOf } from "#server/store/disk-trouble.ts";
import type { IdempotencyStore } from "#server/store/idempotency-store.ts";
import type { TokenScope, TokenStore } from "#server/store/token-store.ts";
import type { ThumbnailService } from "#server/thumbnails/thumbnail-service.ts";
import type { WebhookService } from "#server/webhooks/webhook-service.ts";
import { allowedMethods } from "./allowed-methods.ts";
import { clipRoutes } from "./clip-routes.ts";
import { type CorsOrigins, crossOrigin, openToAll } from "./cors.ts";
import { docsRoutes } from "./docs-routes.ts";
import { type EventsRoutesOptions, eventsRoutes } from "./events-routes.ts";
import { fail, failForNow, failInternally } from "./fail.ts";
import { healthRoutes, type ReadinessChecks } from "./health-routes.ts";
import { idempotency } from "./idempotency.ts";
import { livestreamRoutes } from "./livestream-routes.ts";
import { mediaRoutes } from "./media-routes.ts";
import { playbackTokenRoutes } from "./playback-token-routes.ts";
import { readBody } from "./read-body.ts";
import { requireAdmin, requireToken } from "./require-token.ts";
import { type StatisticsRoutesOptions, statisticsRoutes } from "./statistics-routes.ts";
import { thumbnailRoutes } from "./thumbnail-routes.ts";
import { timelineRoutes } from "./timeline-routes.ts";
import { tokenRoutes } from "./token-routes.ts";
import { webhookRoutes } from "./webhook-routes.ts";

export interface AppOptions {
  readonly livestreams: LivestreamService;
  readonly media: MediaService;
  readonly clips: Pick<ClipService, "ofMedia" | "ofLivestream">;
  readonly thumbnails: ThumbnailService;
  readonly timeline: Pick<LivestreamTimeline, "page">;
  readonly webhooks: WebhookService;
  readonly statistics: Omit<StatisticsRoutesOptions, "livestreams"> & Pick<EventsRoutesOptions, "events">;
  readonly playbackTokens: Pick<PlaybackTokens, "issue">;
  readonly tokens: Pick<TokenStore, "create" | "page" | "revoke">;
  /** Null for an unknown token. */
  readonly scopeOf: (token: string) => Promise<TokenScope | null>;
  readonly idempotencyKeys: IdempotencyStore;
  readonly urls: PublicUrls;
  readonly corsOrigins: CorsOrigins;
  /** Resolves once what happened by now is on the disk, and told; soon also where the disk takes nothing. */
  readonly eventsTold: () => Promise<void>;
  /** Never goes back, not even across a restart. */
  readonly risingMs: () => number;
  readonly dateMs: () => number;
  readonly log: Log;
  /** What must work for the process to be ready, by name. */
  readonly readiness: ReadinessChecks;
  /** Pages and playouts: open to all, and nothing of what guards the contract stands in their way. */
  readonly openRoutes: readonly Hono[];
}

export function createApp(options: AppOptions): Hono {
  const { livestreams, media, clips, urls, log } = options;
  const app = new Hono();
  app.onError((error, context) => answerError(error, context, log));
  app.notFound((context) => answerUnknown(context, app));
  app.use(crossOrigin({ origins: options.corsOrigins, methodsOf: (path) => allowedMethods(app, path) }));
  for (const path of SIZED_FOR_HEAD) app.use(path, sizeForHead);
  app.use(
    "/v2/*",
    protectAnswer,
    requireToken(options.scopeOf),
    async (context, next) => (isKnown(context, app) ? next() : answerUnknown(context, app)),
    readBody(),
    async (context, next) => {
      await next();
      if (context.req.method !== "GET" && context.req.method !== "HEAD") await options.eventsTold();
    },
    idempotency({ store: options.idempotencyKeys, risingMs: options.risingMs }),
  );
  for (const path of ["/v2/tokens", "/v2/tokens/*"]) app.use(path, requireAdmin());
  app.route("/", livestreamRoutes(livestreams, urls));
  app.route("/", mediaRoutes(media));
  app.route("/", clipRoutes(clips, urls));
  app.route("/", statisticsRoutes({ livestreams, ...options.statistics }));
  app.route("/", eventsRoutes({ livestreams, events: options.statistics.events }));
  app.route("/", timelineRoutes(options.timeline));
  app.route("/", thumbnailRoutes({ livestreams, media, thumbnails: options.thumbnails }));
  app.route("/", playbackTokenRoutes({ livestreams, media, tokens: options.playbackTokens, urls }));
  app.route("/", tokenRoutes({ tokens: options.tokens, urls, dateMs: options.dateMs }));
  app.route("/", webhookRoutes(options.webhooks, urls));
  app.route("/", healthRoutes(options.readiness));
  app.route("/", docsRoutes(urls));
  for (const routes of options.openRoutes) app.route("/", routes);
  return app;
}

/**
 * Whose answers do not say themselves how long they are. Playouts do: they are what is asked for most, and nothing stands in
 * their way.
 */
const SIZED_FOR_HEAD = [
  ...["/v2/*", "/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/docs/*"],
  ...["/", "/console", "/watch/*", "/oembed", "/assets/*"],
];

/** HEAD is answered with the length that GET has (RFC 9110 §8.6), where Hono drops it with the body. */
async function sizeForHead(context: Context, next: () => Promise<void>): Promise<void> {
  await next();
  if (context.req.method !== "HEAD" || context.res.body === null) return;
  context.header("Content-Length", String((await context.res.clone().bytes()).byteLength));
}

/** Answers carry stream keys: nobody keeps those that do not say so, and no browser takes them for a page. */
async function protectAnswer(context: Context, next: () => Promise<void>): Promise<void> {
  await next();
  if (!context.res.headers.has("Cache-Control")) context.header("Cache-Control", "no-store");
  context.header("X-Content-Type-Options", "nosniff");
  context.header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
}

function isKnown({ req }: Context, app: Hono): boolean {
  return allowedMethods(app, req.path).includes(req.method);
}

function answerUnknown(context: Context, app: Hono): Response {
  const methods = allowedMethods(app, context.req.path);
  const headers = { "Cache-Control": "no-store" };
  if (methods.length === 0) return fail(context, { code: "not_found" }, headers);
  return fail(context, { code: "method_not_allowed" }, { ...headers, Allow: methods.join(", ") });
}

function answerError(error: Error, context: Context, log: Log): Response {
  if (error instanceof HTTPException && error.status === 400)
    return fail(context, { code: "malformed_json" });
  if (error instanceof HTTPException && error.status === 415) {
    return fail(context, { code: "unsupported_media_type" });
  }
  return answerFailure(error, context.req.raw, log);
}

/** A folder that only signed playlists tell. */
const SECRET_NAME = new RegExp(`/${SECRET_FOLDER}/`);

/** An error of ours: logged, and answered without its reason, unless that is something that passes. */
export function answerFailure(error: unknown, { method, url }: Request, log: Log): Response {
  const path = new URL(url).pathname;
  const call = { method, path: path.replace(SECRET_NAME, "/…/"), message: String(error) };
  const passing = passingFailure(error);
  const answer = passing === null ? failInternally() : failForNow(passing.code, passing.message);
  if (passing !== null) log.error("http_call_unavailable", call);
  else log.error("http_call_failed", { ...call, stack: error instanceof Error ? (error.stack ?? "") : "" });
  openToAll(path, answer.headers);
  return answer;
}

/** Every failure that is the disk's is answered here, whichever call met it. */
function passingFailure(error: unknown): { code: string; message: string } | null {
  if (error instanceof UnavailableError) return error;
  const trouble = diskTroubleOf(error);
  if (trouble === null) return null;
  return { code: trouble, message: `This cannot be done now: ${DISK_TROUBLES[trouble]}. Try again later.` };
}

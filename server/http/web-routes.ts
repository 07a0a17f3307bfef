// The pages for people: the start page, the player page of each livestream, and what these load.

import { type Context, Hono } from "hono";
import { IMMUTABLE } from "#server/common/cache-control.ts";
import { LICENCES } from "#server/licences/licences.ts";
import { assets, controlStyleHashes } from "#server/web/assets.ts";
import { renderConsolePage } from "#server/web/console-page.tsx";
import { oEmbed, watchedId } from "#server/web/embedding.ts";
import { type LiveLivestream, renderStartPage } from "#server/web/start-page.tsx";
import { renderWatchPage, type SharedPage } from "#server/web/watch-page.tsx";
import { type WatchAnswer, type WatchedLivestream, watchState } from "#server/web/watch-state.ts";

/** Nothing inline and nothing from anywhere else; `blob:` is where hls.js hands the video element its source. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "media-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** The controls bring their own style elements along. */
const WATCH_POLICY = `${CONTENT_SECURITY_POLICY}; style-src-elem 'self' ${controlStyleHashes}`;

const START_HEADERS = pageHeaders(CONTENT_SECURITY_POLICY, "'none'");
const WATCH_HEADERS = pageHeaders(WATCH_POLICY, "'none'");

/** Only the player alone may be a part of another site's page. */
const EMBEDDED_HEADERS = pageHeaders(WATCH_POLICY, "*");

/** So many of those that are live are shown on the start page, the newest ones. */
const MAX_SHOWN = 24;

export interface WebRoutesOptions {
  /** What is known of a livestream, null when there is none of that id. */
  livestream(id: string): Promise<WatchedLivestream | null>;
  /** Those with the status `live`, newest first, at most so many, and how many there are. */
  liveNow(atMost: number): Promise<{ readonly items: readonly LiveLivestream[]; readonly total: number }>;
  /** The address of a path without its leading slash, as the operator made it public. */
  publicUrl(path: string): string;
  /** Milliseconds since 1970, by the clock that dates playlists. */
  dateMs(): number;
}

export function webRoutes({ livestream, liveNow, publicUrl, dateMs }: WebRoutesOptions): Hono {
  const routes = new Hono();
  routes.get("/", async (context) => {
    const { items, total } = await liveNow(MAX_SHOWN);
    return context.html(renderStartPage(items, total), 200, START_HEADERS);
  });
  routes.get("/watch/:id", async (context) => {
    const id = context.req.param("id");
    const watched = await livestream(id);
    const isEmbedded = context.req.query("embed") !== undefined;
    const html = renderWatchPage({
      state: watched === null ? null : watchState(id, watched, "../"),
      shared: watched === null ? null : sharedPage(id, watched, publicUrl),
      isEmbedded,
    });
    return context.html(html, watched === null ? 404 : 200, isEmbedded ? EMBEDDED_HEADERS : WATCH_HEADERS);
  });
  routes.get("/watch/:id/state", async (context) => {
    const id = context.req.param("id");
    const watched = await livestream(id);
    const answer: WatchAnswer | null =
      watched === null ? null : { ...watchState(id, watched, "../../"), serverMs: dateMs() };
    return context.json(answer, answer === null ? 404 : 200, { "Cache-Control": "no-store" });
  });
  routes.get("/console", (context) => context.html(renderConsolePage(), 200, START_HEADERS));
  routes.get("/console/", (context) => context.redirect("../console"));
  routes.get("/oembed", (context) => answerOEmbed(context, { livestream, publicUrl }));
  routes.get("/assets/:name", serveAsset);
  routes.get("/licences", (context) => context.text(LICENCES, 200, { "Cache-Control": "no-cache" }));
  return routes;
}

function pageHeaders(policy: string, frameAncestors: "'none'" | "*") {
  return {
    "Content-Security-Policy": `${policy}; frame-ancestors ${frameAncestors}`,
    "Referrer-Policy": "no-referrer", // A page's address may hold a viewer's token.
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
  };
}

function sharedPage(
  id: string,
  { thumbnailUrl }: WatchedLivestream,
  publicUrl: WebRoutesOptions["publicUrl"],
): SharedPage {
  const pageUrl = publicUrl(`watch/${id}`);
  const oEmbedUrl = publicUrl(`oembed?url=${encodeURIComponent(pageUrl)}`);
  return { pageUrl, oEmbedUrl, pictureUrl: thumbnailUrl };
}

/** oEmbed 1.0 §2.3.6: 404 for an address that is none of ours, 501 for a format that is not made. */
async function answerOEmbed(
  context: Context,
  { livestream, publicUrl }: Pick<WebRoutesOptions, "livestream" | "publicUrl">,
): Promise<Response> {
  const { url = "", format = "json", maxwidth, maxheight } = context.req.query();
  const headers = { "Cache-Control": "no-cache" };
  if (format !== "json") return context.text("Only json is made", 501, headers);
  const rootUrl = publicUrl("");
  const id = watchedId(url, [rootUrl, new URL("/", context.req.url).href]);
  const watched = id === null ? null : await livestream(id);
  if (id === null || watched === null) return context.text("Not found", 404, headers);
  const embeddable = { title: watched.name, pageUrl: publicUrl(`watch/${id}`), rootUrl };
  return context.json(oEmbed(embeddable, pixels(maxwidth), pixels(maxheight)), 200, headers);
}

/** Infinite for what is no number of them. */
function pixels(text = ""): number {
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
}

function serveAsset(context: Context): Response {
  const asset = assets.get(context.req.param("name") ?? "");
  if (asset === undefined) return context.text("Not found", 404, { "Cache-Control": "no-store" });
  return context.body(asset.text, 200, {
    "Content-Type": asset.contentType,
    "Cache-Control": IMMUTABLE,
    "X-Content-Type-Options": "nosniff",
  });
}

// The pages for people: the start page, the player page of each livestream, and what these load.

import { type Context, Hono } from "hono";
import { assets } from "#server/web/assets.ts";
import { renderStartPage } from "#server/web/start-page.tsx";
import { renderWatchPage } from "#server/web/watch-page.tsx";
import { type WatchedLivestream, watchState } from "#server/web/watch-state.ts";

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

const PAGE_HEADERS = {
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-cache",
};

export interface WebRoutesOptions {
  /** What is known of a livestream, null when there is none of that id. */
  livestream(id: string): WatchedLivestream | null;
}

export function webRoutes({ livestream }: WebRoutesOptions): Hono {
  const stateOf = (id: string) => {
    const watched = livestream(id);
    return watched === null ? null : watchState(id, watched);
  };
  const routes = new Hono();
  routes.get("/", (context) => context.html(renderStartPage(), 200, PAGE_HEADERS));
  routes.get("/watch/:id", (context) => {
    const state = stateOf(context.req.param("id"));
    return context.html(renderWatchPage(state), state === null ? 404 : 200, PAGE_HEADERS);
  });
  routes.get("/watch/:id/state", (context) => {
    const state = stateOf(context.req.param("id"));
    return context.json(state, state === null ? 404 : 200, { "Cache-Control": "no-store" });
  });
  routes.get("/assets/:name", serveAsset);
  return routes;
}

function serveAsset(context: Context): Response {
  const asset = assets.get(context.req.param("name") ?? "");
  if (asset === undefined) return context.text("Not found", 404, { "Cache-Control": "no-store" });
  return context.body(asset.text, 200, {
    "Content-Type": asset.contentType,
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
  });
}

// Which pages of other origins may read an answer (Fetch Standard, "HTTP CORS protocol"), and what they ask before they call.

import type { Context, MiddlewareHandler } from "hono";

/** Those of every page, or of these: scheme, host and port as browsers write them. */
export type CorsOrigins = "*" | readonly string[];

export interface CorsOptions {
  /** That may read what is not open to all anyhow. */
  readonly origins: CorsOrigins;
  /** The methods of a path, in the order of `Allow`; none for an unknown path. */
  readonly methodsOf: (path: string) => readonly string[];
}

/** Played or shown by any page. What is played is answered in front of the app, but for errors and what is no playlist. */
const OPEN_TO_ALL = /^\/(live|media|thumbnails)\/|^\/oembed$/;

/** What calls may say beside what every page may say. No cookie is among them: a token says who calls. */
const REQUEST_HEADERS = [
  ...["Authorization", "Cache-Control", "Content-Type", "Idempotency-Key", "If-None-Match", "If-Range"],
  ...["Last-Event-ID", "Range"],
].join(", ");

/** What a page may read of an answer beside what every page may read. */
const RESPONSE_HEADERS = [
  ...["Accept-Ranges", "Allow", "Content-Range", "Date", "ETag", "Location", "Retry-After"],
  ...["WWW-Authenticate"],
].join(", ");

/** A page that asks for an unknown path may go on, and read that it is unknown. */
const METHODS_OF_UNKNOWN = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** For so long a browser need not ask again; Chromium asks again after this in any case. */
const MAX_AGE_SECONDS = "7200";

/**
 * Answers OPTIONS, which needs no token, and opens all other answers, whatever they are. Their headers are added to as they
 * stand: `hono/cors` sets them before there is an answer, for which Hono then makes a second one with a stream as its body.
 */
export function crossOrigin({ origins, methodsOf }: CorsOptions): MiddlewareHandler {
  const open = ({ req }: Context, headers: Headers): void => {
    if (openToAll(req.path, headers)) return;
    const origin = origins === "*" ? "*" : origins.find((each) => each === req.header("Origin"));
    if (origin !== undefined) openTo(origin, headers);
    if (origins !== "*") headers.append("Vary", "Origin");
  };

  const answerOptions = (context: Context): Response | Promise<Response> => {
    const isPreflight = context.req.header("Access-Control-Request-Method") !== undefined;
    const methods = methodsOf(context.req.path);
    if (methods.length === 0 && !isPreflight) return context.notFound();
    return isPreflight
      ? new Response(null, { status: 204, headers: preflightHeaders(methods) })
      : new Response(null, { status: 204, headers: { Allow: methods.join(", ") } });
  };

  return async (context, next) => {
    if (context.req.method === "OPTIONS") context.res = await answerOptions(context);
    else await next();
    open(context, context.res.headers);
  };
}

/** Whether the path is {@link OPEN_TO_ALL}; then its answer is, too. */
export function openToAll(path: string, headers: Headers): boolean {
  const isOpen = OPEN_TO_ALL.test(path);
  if (isOpen) openTo("*", headers);
  return isOpen;
}

function openTo(origin: string, headers: Headers): void {
  headers.set("Access-Control-Allow-Origin", origin);
  headers.set("Access-Control-Expose-Headers", RESPONSE_HEADERS);
}

function preflightHeaders(methods: readonly string[]): Record<string, string> {
  const isKnown = methods.length > 0;
  return {
    ...(isKnown ? { Allow: methods.join(", ") } : {}),
    "Access-Control-Allow-Methods": (isKnown ? methods : METHODS_OF_UNKNOWN).join(", "),
    "Access-Control-Allow-Headers": REQUEST_HEADERS,
    "Access-Control-Max-Age": MAX_AGE_SECONDS,
  };
}

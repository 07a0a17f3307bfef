// A body is read once, up to a limit, and is JSON that says so.

import type { MiddlewareHandler } from "hono";
import { fail } from "./fail.ts";
import { readAtMost } from "./read-bytes.ts";

/** Ten times what the longest name and description take. */
const MAX_BODY_BYTES = 64 * 1024;

/** A body this small that takes longer is not going to end. */
const MAX_BODY_MS = 30_000;

/** Calls without a body, and uploads, which are no JSON: the route of an upload reads it itself. */
const LEFT_ALONE = new Set(["GET", "HEAD", "PUT"]);

const JSON_TYPE = /^application\/([a-z.-]+\+)?json\s*(;|$)/i;

/**
 * A body that a call does not take is checked in the same way, and then ignored. A call that takes one and gets none is
 * given an empty one.
 */
export function readBody(): MiddlewareHandler {
  return async (context, next) => {
    if (LEFT_ALONE.has(context.req.method)) return next();
    const bytes = await readAtMost(MAX_BODY_BYTES, context.req.raw, MAX_BODY_MS);
    if (bytes === "cut_off") return fail(context, { code: "malformed_json" });
    if (bytes === "body_too_large") return fail(context, { code: bytes });
    if (bytes.byteLength > 0 && !JSON_TYPE.test(context.req.header("Content-Type") ?? "")) {
      return fail(context, { code: "unsupported_media_type" });
    }
    const body = textOf(bytes);
    if (body === null || (body === "" && context.req.method === "PATCH"))
      return fail(context, { code: "malformed_json" });
    context.req.raw = new Request(context.req.raw, { body });
    return next();
  };
}

/** Null when it is not JSON; nothing at all is fine here, and is for the call to judge. */
function textOf(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (text !== "") JSON.parse(text);
    return text;
  } catch {
    return null;
  }
}

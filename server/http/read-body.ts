// A body is read once, up to a limit, and is JSON that says so.

import type { MiddlewareHandler } from "hono";
import { fail } from "./fail.ts";

/** Ten times what the longest name and description take. */
const MAX_BODY_BYTES = 64 * 1024;

const JSON_TYPE = /^application\/([a-z.-]+\+)?json\s*(;|$)/i;

/** The text of the body, once {@link readBody} has let the call through; empty when there is none. */
export interface BodyVariables {
  Variables: { body: string };
}

/**
 * Also of calls that take no body: what is sent with them is checked the same way and then ignored. A change without one
 * says nothing.
 */
export function readBody(): MiddlewareHandler<BodyVariables> {
  return async (context, next) => {
    if (context.req.method === "GET" || context.req.method === "HEAD") {
      context.set("body", "");
      return next();
    }
    const bytes = await readAtMost(MAX_BODY_BYTES, context.req.raw);
    if (typeof bytes === "string") return fail(context, { code: bytes });
    if (bytes.byteLength > 0 && !JSON_TYPE.test(context.req.header("Content-Type") ?? "")) {
      return fail(context, { code: "unsupported_media_type" });
    }
    const body = textOf(bytes);
    if (body === null || (body === "" && context.req.method === "PATCH"))
      return fail(context, { code: "malformed_json" });
    context.req.raw = new Request(context.req.raw, { body });
    context.set("body", body);
    return next();
  };
}

/** What is too large is not read to its end, whether it said so before or not; what is cut off is no JSON. */
async function readAtMost(
  maxBytes: number,
  request: Request,
): Promise<Uint8Array | "body_too_large" | "malformed_json"> {
  if (Number(request.headers.get("Content-Length")) > maxBytes) return "body_too_large";
  const chunks: Uint8Array[] = [];
  let byteLength = 0;
  try {
    for await (const chunk of request.body ?? []) {
      byteLength += chunk.byteLength;
      if (byteLength > maxBytes) return "body_too_large";
      chunks.push(chunk);
    }
  } catch {
    return "malformed_json";
  }
  return Buffer.concat(chunks);
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

// A picture as an answer: in the format the client likes best, told apart by its entity tag.

import type { Context } from "hono";
import { hasAlready } from "#server/delivery/entity-tag.ts";
import type { Rendition } from "#server/thumbnails/renditions.ts";

/** The picture, or 304 for who has it already (RFC 9110 §13.1.2). */
export function imageAnswer(
  { req }: Context,
  image: Rendition,
  headers: Readonly<Record<string, string>>,
): Response {
  const shared = { ...headers, ETag: image.entityTag, Vary: "Accept", "X-Content-Type-Options": "nosniff" };
  if (hasAlready(req.header("If-None-Match"), image.entityTag)) {
    return new Response(null, { status: 304, headers: shared });
  }
  const length = String(image.bytes.byteLength);
  return new Response(image.bytes, {
    headers: { ...shared, "Content-Type": `image/${image.format}`, "Content-Length": length },
  });
}

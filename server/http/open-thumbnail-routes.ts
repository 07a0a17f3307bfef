// The pictures of livestreams and media as `thumbnailUrl` points to them: open to all, each URL for ever the same picture.

import { Hono } from "hono";
import { WidthParameter } from "#openapi/schemas/thumbnail.ts";
import { IMMUTABLE } from "#server/common/cache-control.ts";
import type { ThumbnailService } from "#server/thumbnails/thumbnail-service.ts";
import { acceptedFormat } from "./accepted-format.ts";
import { imageAnswer } from "./image-answer.ts";
import { RETRY_AFTER } from "./thumbnail-routes.ts";

/** A URL that names the content never gets another. */
const SHOWN_TO_ALL = {
  "Cache-Control": IMMUTABLE,
  "Cross-Origin-Resource-Policy": "cross-origin",
};

/** A schema is made once: to make one takes longer than to answer. */
const OptionalWidth = WidthParameter.optional();

export function openThumbnailRoutes(thumbnails: Pick<ThumbnailService, "rendition">): Hono {
  const routes = new Hono();
  routes.get("/thumbnails/:id/:hash", async (context) => {
    const { id: livestreamId, hash: contentHash } = context.req.param();
    const width = OptionalWidth.safeParse(context.req.query("width"));
    if (!width.success || !isId(livestreamId) || !isHash(contentHash)) return notThere(404);
    const format = acceptedFormat(context.req.header("Accept"));
    const image = await thumbnails.rendition({
      livestreamId,
      contentHash,
      width: width.data ?? null,
      format,
    });
    if (image === "gone") return notThere(404);
    if (image === "busy") return notThere(503, RETRY_AFTER);
    return imageAnswer(context, image, SHOWN_TO_ALL);
  });
  return routes;
}

function isId(text: string): boolean {
  return /^[0-9a-f-]{36}$/.test(text);
}

function isHash(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

function notThere(status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status, headers: { "Cache-Control": "no-store", ...headers } });
}

// The pictures of livestreams and media, behind a token: to get, to upload and to delete.

import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import {
  deleteLivestreamThumbnail,
  getLivestreamThumbnail,
  getMediaThumbnail,
  updateLivestreamThumbnail,
} from "#openapi/routes/thumbnail-routes.ts";
import type { LivestreamService } from "#server/livestreams/livestream-service.ts";
import type { MediaService } from "#server/livestreams/media-service.ts";
import { MAX_IMAGE_BYTES } from "#server/thumbnails/limits.ts";
import type { ThumbnailService } from "#server/thumbnails/thumbnail-service.ts";
import { acceptedFormat } from "./accepted-format.ts";
import { fail } from "./fail.ts";
import { imageAnswer } from "./image-answer.ts";
import { readUpload } from "./read-upload.ts";
import { success } from "./success.ts";
import { UploadPlaces } from "./upload-places.ts";
import { answerInvalid } from "./validation.ts";

export interface ThumbnailRoutesOptions {
  readonly livestreams: Pick<LivestreamService, "get" | "status">;
  readonly media: Pick<MediaService, "get">;
  readonly thumbnails: ThumbnailService;
}

/** Uploads being received and worked on at once, all together: each may take four times 8 MiB of memory. */
const MAX_UPLOADS = 16;

/** Seconds; a picture takes about one. */
export const RETRY_AFTER = { "Retry-After": "2" };

/** Whoever has the picture asks whether it is still the one. */
const CHECKED_EACH_TIME = { "Cache-Control": "private, no-cache" };

export function thumbnailRoutes(options: ThumbnailRoutesOptions): OpenAPIHono {
  const { livestreams, media, thumbnails } = options;
  const routes = new OpenAPIHono({ defaultHook: answerInvalid });
  const uploads = new UploadPlaces(MAX_UPLOADS);

  routes.openapi(getLivestreamThumbnail, async (context) => {
    const { id } = context.req.valid("param");
    if ((await livestreams.status(id)) === null) return fail(context, { code: "not_found" });
    return current(thumbnails, context, id, context.req.valid("query").width);
  });

  routes.openapi(getMediaThumbnail, async (context) => {
    const asset = await media.get(context.req.valid("param").id);
    if (asset === null) return fail(context, { code: "not_found" });
    const pictured = asset.clipOf === null ? asset.livestreamId : asset.id;
    return current(thumbnails, context, pictured, context.req.valid("query").width);
  });

  // Not by `openapi`, which would read the form itself, whatever its size.
  routes.put(updateLivestreamThumbnail.getRoutingPath(), async (context) => {
    const id = context.req.param("id");
    if ((await livestreams.status(id)) === null) return fail(context, { code: "not_found" });
    const uploaded = await uploads.take(() => upload(options, context, id));
    return uploaded ?? fail(context, { code: "too_many_images" }, RETRY_AFTER);
  });

  routes.openapi(deleteLivestreamThumbnail, async (context) => {
    const { id } = context.req.valid("param");
    if ((await livestreams.status(id)) === null) return fail(context, { code: "not_found" });
    await thumbnails.deleteUpload(id);
    return context.json(success(null), 200);
  });

  return routes;
}

async function upload(
  { livestreams, thumbnails }: ThumbnailRoutesOptions,
  context: Context,
  id: string,
): Promise<Response> {
  const image = await readUpload(context.req.raw, MAX_IMAGE_BYTES);
  if (!(image instanceof Uint8Array)) {
    if (image.code === "validation_failed") return fail(context, image);
    return fail(context, { code: image.code }, {}, image.message);
  }
  const refusal = await thumbnails.upload(id, image);
  if (refusal !== null) {
    const headers = refusal.code === "too_many_images" ? RETRY_AFTER : {};
    return fail(context, { code: refusal.code }, headers, refusal.message);
  }
  const livestream = await livestreams.get(id);
  return livestream === null ? fail(context, { code: "not_found" }) : context.json(success(livestream));
}

/** A picture that is replaced between the look-up and the reading is looked up once more. */
async function current(
  thumbnails: ThumbnailService,
  context: Context,
  livestreamId: string,
  width: number | undefined,
): Promise<Response> {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const contentHash = (await thumbnails.current(livestreamId))?.contentHash;
    if (contentHash === undefined) break;
    const format = acceptedFormat(context.req.header("Accept"));
    const image = await thumbnails.rendition({ livestreamId, contentHash, width: width ?? null, format });
    if (image === "busy") return fail(context, { code: "too_many_images" }, RETRY_AFTER);
    if (image !== "gone") return imageAnswer(context, image, CHECKED_EACH_TIME);
  }
  return fail(context, { code: "thumbnail_not_found" });
}

// The calls that cut clips: each asks the service and answers.

import { OpenAPIHono } from "@hono/zod-openapi";
import { createLivestreamClip, createMediaClip } from "#openapi/routes/clip-routes.ts";
import type { PublicUrls } from "#server/common/public-urls.ts";
import type { ClipService } from "#server/livestreams/clip-service.ts";
import { fail } from "./fail.ts";
import { locationOf } from "./location.ts";
import { success } from "./success.ts";
import { answerInvalid } from "./validation.ts";

export function clipRoutes(
  clips: Pick<ClipService, "ofMedia" | "ofLivestream">,
  urls: PublicUrls,
): OpenAPIHono {
  const routes = new OpenAPIHono({ defaultHook: answerInvalid });
  const location = (id: string) => locationOf(urls, `v2/media/${id}`);

  routes.openapi(createMediaClip, async (context) => {
    const result = await clips.ofMedia(context.req.valid("param").id, context.req.valid("json"));
    if (!result.ok) return fail(context, result.refusal);
    return context.json(success(result.media), 201, location(result.media.id));
  });

  routes.openapi(createLivestreamClip, async (context) => {
    const { startAtUtc: startAtMs, endAtUtc: endAtMs, ...wanted } = context.req.valid("json");
    const { id } = context.req.valid("param");
    const result = await clips.ofLivestream(id, { ...wanted, startAtMs, endAtMs });
    if (!result.ok) return fail(context, result.refusal);
    return context.json(success(result.media), 201, location(result.media.id));
  });

  return routes;
}

// The calls about media assets: each asks the service and answers.

import { OpenAPIHono } from "@hono/zod-openapi";
import { deleteMedia, getMedia, listMedia, recoverMedia, updateMedia } from "#openapi/routes/media-routes.ts";
import type { MediaService } from "#server/livestreams/media-service.ts";
import { fail } from "./fail.ts";
import { success, successPage } from "./success.ts";
import { answerInvalid } from "./validation.ts";

export function mediaRoutes(media: MediaService): OpenAPIHono {
  const routes = new OpenAPIHono({ defaultHook: answerInvalid });

  routes.openapi(listMedia, async (context) => {
    const { page, perpage, sort = null, status, search = "" } = context.req.valid("query");
    return context.json(
      successPage(await media.list({ page, perpage, sort, status, search }), { page, perpage }),
      200,
    );
  });

  routes.openapi(getMedia, async (context) => {
    const found = await media.get(context.req.valid("param").id);
    if (found === null) return fail(context, { code: "not_found" });
    return context.json(success(found), 200);
  });

  routes.openapi(updateMedia, async (context) => {
    const result = await media.update(context.req.valid("param").id, context.req.valid("json"));
    if (!result.ok) return fail(context, result.refusal);
    return context.json(success(result.media), 200);
  });

  routes.openapi(deleteMedia, async (context) => {
    const result = await media.delete(context.req.valid("param").id, context.req.valid("query"));
    if (!result.ok) return fail(context, result.refusal);
    return context.json(success(null), 200);
  });

  routes.openapi(recoverMedia, async (context) => {
    const result = await media.recover(context.req.valid("param").id);
    if (!result.ok) return fail(context, result.refusal);
    return context.json(success(result.media), 200);
  });

  return routes;
}

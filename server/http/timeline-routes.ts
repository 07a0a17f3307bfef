// The call that tells what happened to a livestream.

import { OpenAPIHono } from "@hono/zod-openapi";
import { listLivestreamTimeline } from "#openapi/routes/timeline-routes.ts";
import type { LivestreamTimeline } from "#server/livestreams/livestream-timeline.ts";
import { fail } from "./fail.ts";
import { successPage } from "./success.ts";
import { answerInvalid } from "./validation.ts";

export function timelineRoutes(timeline: Pick<LivestreamTimeline, "page">): OpenAPIHono {
  const routes = new OpenAPIHono({ defaultHook: answerInvalid });

  routes.openapi(listLivestreamTimeline, async (context) => {
    const { id } = context.req.valid("param");
    const { page, perpage, type: types = null, instance = null } = context.req.valid("query");
    const found = await timeline.page(id, { page, perpage, types, instance });
    if (found === null) return fail(context, { code: "not_found" });
    return context.json(successPage(found, { page, perpage }), 200);
  });

  return routes;
}

// The livestream calls: each asks the service and answers.

import { OpenAPIHono } from "@hono/zod-openapi";
import {
  publishLivestream,
  resetStreamKey,
  startLivestream,
  stopLivestream,
  switchLivestream,
} from "#openapi/routes/livestream-actions.ts";
import {
  createLivestream,
  deleteLivestream,
  getLivestream,
  listLivestreams,
  updateLivestream,
} from "#openapi/routes/livestream-routes.ts";
import type { PublicUrls } from "#server/common/public-urls.ts";
import type { LivestreamService } from "#server/livestreams/livestream-service.ts";
import { type LivestreamView, withoutSecrets } from "#server/livestreams/livestream-view.ts";
import type { TokenScope } from "#server/store/token-store.ts";
import { fail } from "./fail.ts";
import { locationOf } from "./location.ts";
import type { TokenVariables } from "./require-token.ts";
import { success, successPage } from "./success.ts";
import { answerInvalid } from "./validation.ts";

export function livestreamRoutes(
  livestreams: LivestreamService,
  urls: PublicUrls,
): OpenAPIHono<TokenVariables> {
  const routes = new OpenAPIHono<TokenVariables>({ defaultHook: answerInvalid });

  routes.openapi(listLivestreams, async (context) => {
    const { page, perpage, sort = null, status = null, search = "" } = context.req.valid("query");
    const { items, total } = await livestreams.list({ page, perpage, sort, status, search });
    const shown = items.map((each) => shownTo(context.var.scope, each));
    return context.json(successPage({ items: shown, total }, { page, perpage }), 200);
  });

  routes.openapi(createLivestream, async (context) => {
    const livestream = await livestreams.create(context.req.valid("json"));
    return context.json(success(livestream), 201, locationOf(urls, `v2/livestreams/${livestream.id}`));
  });

  routes.openapi(getLivestream, async (context) => {
    const livestream = await livestreams.get(context.req.valid("param").id);
    if (livestream === null) return fail(context, { code: "not_found" });
    return context.json(success(shownTo(context.var.scope, livestream)), 200);
  });

  routes.openapi(updateLivestream, async (context) => {
    const result = await livestreams.update(context.req.valid("param").id, context.req.valid("json"));
    if (!result.ok) return fail(context, result.refusal);
    return context.json(success(result.livestream), 200);
  });

  routes.openapi(deleteLivestream, async (context) => {
    const result = await livestreams.delete(context.req.valid("param").id);
    if (!result.ok) return fail(context, result.refusal);
    return context.json(success(null), 200);
  });

  routes.openapi(startLivestream, async (context) => {
    const result = await livestreams.start(context.req.valid("param").id);
    if (!result.ok) return fail(context, result.refusal);
    return context.json(success(result.livestream), 200);
  });

  routes.openapi(publishLivestream, async (context) => {
    const result = await livestreams.publish(context.req.valid("param").id);
    if (!result.ok) return fail(context, result.refusal);
    return context.json(success(result.livestream), 200);
  });

  routes.openapi(switchLivestream, async (context) => {
    const { instance } = context.req.valid("json");
    const result = await livestreams.switchTo(context.req.valid("param").id, instance);
    if (!result.ok) return fail(context, result.refusal);
    return context.json(success(result.livestream), 200);
  });

  routes.openapi(resetStreamKey, async (context) => {
    const { id, instance } = context.req.valid("param");
    const result = await livestreams.resetStreamKey(id, instance);
    if (!result.ok) return fail(context, result.refusal);
    return context.json(success(result.livestream), 200);
  });

  routes.openapi(stopLivestream, async (context) => {
    const result = await livestreams.stop(context.req.valid("param").id);
    if (!result.ok) return fail(context, result.refusal);
    return context.json(success(result.livestream), 200);
  });

  return routes;
}

/** Whoever may only read publishes nothing: keys are for those who may change the livestream, and only they get other answers. */
function shownTo(scope: TokenScope, livestream: LivestreamView): LivestreamView {
  return scope === "admin" ? livestream : withoutSecrets(livestream);
}

// The calls about who watches and what arrives: the counts of this moment, and their history.

import { OpenAPIHono } from "@hono/zod-openapi";
import {
  getLivestreamStats,
  getLivestreamStatsOverview,
  listLivestreamStatsOverviews,
} from "#openapi/routes/statistics-routes.ts";
import type { LivestreamService } from "#server/livestreams/livestream-service.ts";
import { utc } from "#server/livestreams/utc.ts";
import type { StatisticsOverview } from "#server/stats/connection-counts.ts";
import type { SampleHistory } from "#server/stats/sample-history.ts";
import type { Sample } from "#server/store/sample-store.ts";
import { fail } from "./fail.ts";
import type { TokenVariables } from "./require-token.ts";
import { success, successPage } from "./success.ts";
import { answerInvalid } from "./validation.ts";

export interface StatisticsRoutesOptions {
  readonly livestreams: Pick<LivestreamService, "status">;
  readonly overview: (livestreamId: string) => StatisticsOverview;
  readonly history: Pick<SampleHistory, "page">;
}

export function statisticsRoutes(options: StatisticsRoutesOptions): OpenAPIHono<TokenVariables> {
  const { livestreams, overview, history } = options;
  const routes = new OpenAPIHono<TokenVariables>({ defaultHook: answerInvalid });

  routes.openapi(getLivestreamStatsOverview, async (context) => {
    const { id } = context.req.valid("param");
    if ((await livestreams.status(id)) === null) return fail(context, { code: "not_found" });
    return context.json(success(overview(id)), 200);
  });

  routes.openapi(listLivestreamStatsOverviews, async (context) => {
    const { ids } = context.req.valid("query");
    return context.json(
      success(ids.map((livestreamId) => ({ livestreamId, ...overview(livestreamId) }))),
      200,
    );
  });

  routes.openapi(getLivestreamStats, async (context) => {
    const { id: livestreamId, instance } = context.req.valid("param");
    if ((await livestreams.status(livestreamId)) === null) return fail(context, { code: "not_found" });
    const { page, perpage, before: beforeMs = null } = context.req.valid("query");
    const reader = context.get("token");
    const found = await history.page({ livestreamId, instance, page, perpage, beforeMs, reader });
    const samples = { items: found.items.map(sampleView), total: found.total };
    return context.json(successPage(samples, { page, perpage }), 200);
  });

  return routes;
}

function sampleView({ createdAtMs, ...values }: Sample) {
  return { createdAtUtc: utc(createdAtMs), ...values };
}

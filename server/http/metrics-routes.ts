// What Prometheus asks for; behind a token of its own when there is one.

import { Hono } from "hono";
import { matcherOf } from "#server/common/secret.ts";
import type { Metrics } from "#server/stats/metrics.ts";
import { PROMETHEUS_CONTENT_TYPE } from "#server/stats/prometheus-text.ts";
import { bearerTokenIn } from "./bearer-token.ts";
import { fail } from "./fail.ts";

export interface MetricsRoutesOptions {
  readonly metrics: Pick<Metrics, "render">;
  /** Null = open to all. */
  readonly token: string | null;
}

export function metricsRoutes({ metrics, token }: MetricsRoutesOptions): Hono {
  const routes = new Hono();
  const isToken = token === null ? null : matcherOf(token);
  routes.get("/metrics", async (context) => {
    if (isToken !== null && !isToken(bearerTokenIn(context.req.header("Authorization")) ?? "")) {
      return fail(
        context,
        { code: "unauthorized" },
        { "WWW-Authenticate": "Bearer", "Cache-Control": "no-store" },
      );
    }
    const headers = { "Content-Type": PROMETHEUS_CONTENT_TYPE, "Cache-Control": "no-store" };
    return context.body(await metrics.render(), 200, headers);
  });
  return routes;
}

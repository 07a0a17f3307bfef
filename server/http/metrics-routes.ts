// What Prometheus asks for; behind a token of its own when there is one.

import { createHash, timingSafeEqual } from "node:crypto";
import { Hono } from "hono";
import type { Metrics } from "#server/stats/metrics.ts";
import { PROMETHEUS_CONTENT_TYPE } from "#server/stats/prometheus-text.ts";
import { fail } from "./fail.ts";

export interface MetricsRoutesOptions {
  readonly metrics: Pick<Metrics, "render">;
  /** Null = open to all. */
  readonly token: string | null;
}

export function metricsRoutes({ metrics, token }: MetricsRoutesOptions): Hono {
  const routes = new Hono();
  routes.get("/metrics", (context) => {
    if (token !== null && !isBearer(context.req.header("Authorization"), token)) {
      return fail(
        context,
        { code: "unauthorized" },
        { "WWW-Authenticate": "Bearer", "Cache-Control": "no-store" },
      );
    }
    const headers = { "Content-Type": PROMETHEUS_CONTENT_TYPE, "Cache-Control": "no-store" };
    return context.body(metrics.render(), 200, headers);
  });
  return routes;
}

/** Takes as long for a token that is nearly right as for any other. */
function isBearer(authorization = "", token: string): boolean {
  const [, given = ""] = /^bearer +(\S+)$/i.exec(authorization) ?? [];
  return timingSafeEqual(digest(given), digest(token));
}

function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

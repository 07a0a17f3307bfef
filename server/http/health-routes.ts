// For whoever runs the process: is it up, and is it ready.

import { Hono } from "hono";
import { success } from "./success.ts";

/** What must work for the process to be ready, by name; a check that throws is one that failed. */
export type ReadinessChecks = Readonly<Record<string, () => boolean>>;

const HEADERS = { "Cache-Control": "no-store" };

export function healthRoutes(checks: ReadinessChecks): Hono {
  const routes = new Hono();
  routes.get("/healthz", (context) => context.json(success(null), 200, HEADERS));
  routes.get("/readyz", (context) => {
    const notReady = Object.keys(checks).filter((name) => !passes(checks[name]));
    if (notReady.length === 0) return context.json(success(null), 200, HEADERS);
    const message = `Not ready: ${notReady.join(", ")}.`;
    return context.json({ status: "error", message, data: { notReady } }, 503, HEADERS);
  });
  return routes;
}

function passes(check: (() => boolean) | undefined): boolean {
  try {
    return check?.() === true;
  } catch {
    return false;
  }
}

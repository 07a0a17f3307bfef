// For whoever runs the process: is it up, and is it ready.

import { Hono } from "hono";
import { success } from "./success.ts";

/** Why a part is not ready. */
export interface NotReady {
  /** snake_case. */
  readonly code: string;
  /** Half a sentence. */
  readonly reason: string;
}

/** Null when it is. */
type ReadinessCheck = () => NotReady | null | Promise<NotReady | null>;

/** What must work for the process to be ready, by name; a check that throws is one that failed. */
export type ReadinessChecks = Readonly<Record<string, ReadinessCheck>>;

const HEADERS = { "Cache-Control": "no-store" };

export function healthRoutes(checks: ReadinessChecks): Hono {
  const routes = new Hono();
  routes.get("/healthz", (context) => context.json(success(null), 200, HEADERS));
  routes.get("/readyz", async (context) => {
    const results = await Promise.all(Object.entries(checks).map(([part, check]) => problemOf(part, check)));
    const problems = results.filter((problem) => problem !== null);
    if (problems.length === 0) return context.json(success(null), 200, HEADERS);
    const message = `Not ready: ${problems.map(({ part, reason }) => `${part} (${reason})`).join(", ")}.`;
    const data = { notReady: problems.map(({ part }) => part), problems };
    return context.json({ status: "error", message, data }, 503, HEADERS);
  });
  return routes;
}

async function problemOf(part: string, check: ReadinessCheck): Promise<(NotReady & { part: string }) | null> {
  try {
    const problem = await check();
    return problem === null ? null : { part, ...problem };
  } catch {
    return { part, code: "check_failed", reason: "it cannot be told" };
  }
}

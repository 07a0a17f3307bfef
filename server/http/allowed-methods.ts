// Which methods a path knows, read from the routes themselves.

import type { Hono } from "hono";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** As `Allow` lists them; none for an unknown path. HEAD goes where GET goes. */
export function allowedMethods(app: Hono, path: string): string[] {
  return METHODS.filter((method) => hasRoute(app, method, path)).flatMap((method) =>
    method === "GET" ? ["GET", "HEAD"] : [method],
  );
}

/** What stands before every method of a path, such as asking for a token, is no route. */
function hasRoute(app: Hono, method: string, path: string): boolean {
  const [handlers] = app.router.match(method, path);
  return handlers.some(([[, route]]) => route.method === method);
}

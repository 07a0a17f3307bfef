// Which methods a path knows, read from the routes themselves.

import type { Hono } from "hono";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** As `Allow` lists them; none for an unknown path. HEAD goes where GET goes, and OPTIONS everywhere. */
export function allowedMethods(app: Hono, path: string): string[] {
  const methods = METHODS.filter((method) => hasRoute(app, method, path)).flatMap((method) =>
    method === "GET" ? ["GET", "HEAD"] : [method],
  );
  return methods.length === 0 ? [] : [...methods, "OPTIONS"];
}

/** What stands before every method of a path, such as asking for a token, is no route. */
function hasRoute(app: Hono, method: string, path: string): boolean {
  const [handlers] = app.router.match(method, path);
  return handlers.some(([[, route]]) => route.method === method);
}

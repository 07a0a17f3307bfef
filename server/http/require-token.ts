// Every call says who it is from with an API token, and a token of scope `read` only reads.

import type { MiddlewareHandler } from "hono";
import type { TokenScope } from "#server/store/token-store.ts";
import { bearerTokenIn } from "./bearer-token.ts";
import { fail } from "./fail.ts";

/** The token a call came with, and what it may do, once {@link requireToken} has let it through. */
export interface TokenVariables {
  Variables: { token: string; scope: TokenScope };
}

/** `scopeOf` answers null for an unknown token, and takes as long for one that is nearly right as for any other. */
export function requireToken(
  scopeOf: (token: string) => Promise<TokenScope | null>,
): MiddlewareHandler<TokenVariables> {
  return async (context, next) => {
    const token = bearerTokenIn(context.req.header("Authorization"));
    const scope = token === null ? null : await scopeOf(token);
    if (token === null || scope === null) {
      return fail(context, { code: "unauthorized" }, { "WWW-Authenticate": "Bearer" });
    }
    if (scope !== "admin" && !isReading(context.req.method)) return fail(context, { code: "forbidden" });
    context.set("token", token);
    context.set("scope", scope);
    return next();
  };
}

/** For what a token of scope `read` is not even shown. */
export function requireAdmin(): MiddlewareHandler<TokenVariables> {
  return async (context, next) =>
    context.var.scope === "admin" ? next() : fail(context, { code: "forbidden" }, {}, ADMIN_ONLY);
}

const ADMIN_ONLY = "This needs a token of scope admin.";

function isReading(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

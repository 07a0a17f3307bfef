// Every call says who it is from with an API token, and a token of scope `read` only reads.

import type { MiddlewareHandler } from "hono";
import type { TokenScope } from "#server/store/token-store.ts";
import { fail } from "./fail.ts";

/** RFC 6750 §2.1; a scheme is written in any case (RFC 9110 §11.1). */
const CREDENTIALS = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** No token is longer; a longer one is not looked up. */
const MAX_TOKEN_LENGTH = 4096;

/** The token a call came with, once {@link requireToken} has let it through. */
export interface TokenVariables {
  Variables: { token: string };
}

/** `scopeOf` answers null for an unknown token, and takes as long for one that is nearly right as for any other. */
export function requireToken(
  scopeOf: (token: string) => TokenScope | null,
): MiddlewareHandler<TokenVariables> {
  return async (context, next) => {
    const token = tokenIn(context.req.header("Authorization"));
    const scope = token === null ? null : scopeOf(token);
    if (token === null || scope === null) {
      return fail(context, { code: "unauthorized" }, { "WWW-Authenticate": "Bearer" });
    }
    if (scope !== "admin" && !isReading(context.req.method)) return fail(context, { code: "forbidden" });
    context.set("token", token);
    return next();
  };
}

function tokenIn(authorization = ""): string | null {
  const [, token = ""] = CREDENTIALS.exec(authorization) ?? [];
  return token === "" || token.length > MAX_TOKEN_LENGTH ? null : token;
}

function isReading(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

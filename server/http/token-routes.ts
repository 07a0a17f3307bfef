// The calls about API tokens. The token of whoever runs the server is none of these: it is neither listed nor revoked here.

import { OpenAPIHono } from "@hono/zod-openapi";
import { createToken, listTokens, revokeToken } from "#openapi/routes/token-routes.ts";
import type { PublicUrls } from "#server/common/public-urls.ts";
import type { TokenRow, TokenStore } from "#server/store/token-store.ts";
import { fail } from "./fail.ts";
import { locationOf } from "./location.ts";
import { success, successPage } from "./success.ts";
import { answerInvalid } from "./validation.ts";

export interface TokenRoutesOptions {
  readonly tokens: Pick<TokenStore, "create" | "page" | "revoke">;
  readonly urls: PublicUrls;
  readonly dateMs: () => number;
}

export function tokenRoutes({ tokens, urls, dateMs }: TokenRoutesOptions): OpenAPIHono {
  const routes = new OpenAPIHono({ defaultHook: answerInvalid });

  routes.openapi(listTokens, async (context) => {
    const { page, perpage, sort = null } = context.req.valid("query");
    const { items, total } = await tokens.page({ page, perpage, sort });
    return context.json(successPage({ items: items.map(tokenView), total }, { page, perpage }), 200);
  });

  routes.openapi(createToken, async (context) => {
    const { name, scope } = context.req.valid("json");
    const { token: secret, row } = await tokens.create(name, scope, dateMs());
    return context.json(success({ ...tokenView(row), secret }), 201, locationOf(urls, `v2/tokens/${row.id}`));
  });

  routes.openapi(revokeToken, async (context) => {
    const isRevoked = await tokens.revoke(context.req.valid("param").id);
    return isRevoked ? context.json(success(null), 200) : fail(context, { code: "not_found" });
  });

  return routes;
}

function tokenView({ id, name, scope, createdAtMs, lastUsedAtMs }: TokenRow) {
  const lastUsedAtUtc = lastUsedAtMs === null ? null : new Date(lastUsedAtMs).toISOString();
  return { id, name, scope, createdAtUtc: new Date(createdAtMs).toISOString(), lastUsedAtUtc };
}

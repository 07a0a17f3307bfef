// The calls about API tokens, for tokens of scope `admin` alone.

import { createRoute, z } from "@hono/zod-openapi";
import { Done, Failure, success, successPage } from "#openapi/schemas/envelope.ts";
import { pageQuery } from "#openapi/schemas/paging.ts";
import { IdempotencyHeader, IdParameter } from "#openapi/schemas/parameters.ts";
import { NewToken, Token } from "#openapi/schemas/token.ts";
import { anytimeChangeRefusals, createRefusals, json, listRefusals, locationHeader } from "./responses.ts";

const tags = ["Tokens"];

export const listTokens = createRoute({
  operationId: "listTokens",
  tags,
  summary: "List API tokens",
  description:
    "Without their secrets, which nobody keeps. The token that the server was set up with is not among them: it is changed " +
    "where it was set.",
  method: "get",
  path: "/v2/tokens",
  request: { query: z.object(pageQuery(["name", "scope", "createdAtUtc", "lastUsedAtUtc"])) },
  responses: {
    200: json("A page of tokens.", successPage(Token)),
    ...listRefusals,
    403: json("The token's scope is `read`.", Failure),
  },
});

export const createToken = createRoute({
  operationId: "createToken",
  tags,
  summary: "Make an API token",
  method: "post",
  path: "/v2/tokens",
  request: {
    headers: IdempotencyHeader,
    body: { required: true, content: { "application/json": { schema: NewToken } } },
  },
  responses: {
    201: {
      ...json("The token, this once with its secret.", success(Token)),
      headers: locationHeader,
    },
    ...createRefusals,
  },
});

export const revokeToken = createRoute({
  operationId: "revokeToken",
  tags,
  summary: "Revoke an API token",
  description:
    "The next call with it is refused. Any may be revoked, also the one that this call is made with: the token that the " +
    "server was set up with stays.",
  method: "delete",
  path: "/v2/tokens/{id}",
  request: { params: IdParameter },
  responses: { 200: json("It opens nothing any more.", Done), ...anytimeChangeRefusals },
});

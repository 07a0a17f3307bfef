// The answers that calls have in common, and which calls can give them.

import type { z } from "@hono/zod-openapi";
import { Conflict, Failure, InternalError, InvalidRequest, Unavailable } from "#openapi/schemas/envelope.ts";

/** A JSON answer. */
export function json<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { "application/json": { schema } } };
}

/** Of the answer to a creation. */
export const locationHeader = {
  Location: { description: "Its path.", schema: { type: "string" as const, format: "uri-reference" } },
};

/** What any call may be answered with. */
const anyCall = {
  401: {
    ...json("There is no token, or an unknown one.", Failure),
    headers: { "WWW-Authenticate": { schema: { type: "string" as const } } },
  },
  500: json("An error of the server's.", InternalError),
  503: {
    ...json("The disk does not allow it now.", Unavailable),
    headers: { "Retry-After": { schema: { type: "integer" as const } } },
  },
};

/** What a call that changes something may be answered with: it needs scope `admin`, and any body is read. */
const anyChange = {
  ...anyCall,
  400: json("The body is not JSON, or something in the request is not valid.", InvalidRequest),
  403: json("The token's scope is `read`.", Failure),
  413: json("The body is larger than 64 KiB.", Failure),
  415: json("The body is not said to be JSON.", Failure),
};

const notFound = { 404: json("There is no such thing.", Failure) };

/** Refusals of a list. */
export const listRefusals = { ...anyCall, 400: json("Something in the query is not valid.", InvalidRequest) };

/** Refusals of reading one thing. */
export const readRefusals = { ...anyCall, ...notFound };

/** Refusals of a creation. */
export const createRefusals = anyChange;

/** Refusals of a change of one thing that may be in the wrong state for it. */
export const changeRefusals = {
  ...anyChange,
  ...notFound,
  409: json("Its status does not allow it.", Conflict),
};

/** Refusals of a change of one thing that is possible at any time. */
export const anytimeChangeRefusals = { ...anyChange, ...notFound };

// What the schemas of the contract found wrong with a call, as the contract says it.

import type { Hook, z } from "@hono/zod-openapi";
import type { Context, Env } from "hono";
import { fail } from "./fail.ts";

/** What a request turned out to be against the schemas of its route. */
type Validation = Parameters<Hook<unknown, Env, string, unknown>>[0];

/** A malformed id is the id of nothing; everything else is told by its path. */
export function answerInvalid<E extends Env>(result: Validation, context: Context<E>): Response | undefined {
  if (result.success) return undefined;
  if (result.target === "param") return fail(context, { code: "not_found" });
  return fail(context, { code: "validation_failed", fields: fieldsOf(result.error.issues) });
}

/** Path → the first thing that is wrong there; the body as a whole is `body`. */
function fieldsOf(issues: readonly z.core.$ZodIssue[]): Record<string, string> {
  const fields = new Map<string, string>();
  for (const { path, message } of issues) {
    const field = path.length === 0 ? "body" : path.map(String).join(".");
    if (!fields.has(field)) fields.set(field, message);
  }
  return Object.fromEntries(fields);
}

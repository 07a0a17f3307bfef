// A POST that is repeated with its Idempotency-Key happens once, and is answered with the first answer.

import { createHash } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { IdempotencyKey } from "#openapi/schemas/parameters.ts";
import { diskTroubleOf } from "#server/store/disk-trouble.ts";
import type { IdempotencyStore, StoredAnswer } from "#server/store/idempotency-store.ts";
import { fail } from "./fail.ts";
import type { TokenVariables } from "./require-token.ts";
import { seal, unseal } from "./sealed-text.ts";

export interface IdempotencyOptions {
  readonly store: IdempotencyStore;
  /** Never goes back, not even across a restart. */
  readonly risingMs: () => number;
}

/** A call with a key, and what the key is unique in: caller, method and path. What the call asks for is no part of it. */
interface KeyedCall {
  readonly route: string;
  readonly key: string;
}

/** Headers that belong to the answer rather than to its way here. */
const KEPT_HEADERS = ["Content-Type", "Location"];

/** Part of a SHA-256: enough to tell callers apart, too little to find a token by. */
const CALLER_LENGTH = 8;

export function idempotency({ store, risingMs }: IdempotencyOptions): MiddlewareHandler<TokenVariables> {
  const run = async (
    call: KeyedCall,
    context: Context<TokenVariables>,
    next: () => Promise<void>,
  ): Promise<void> => {
    try {
      await next();
      if (!isKept(context.res.status)) return;
      await store.finish(call.route, call.key, await keptAnswer(context.res, context.var.token));
    } finally {
      await unlessDisk(() => store.release(call.route, call.key));
    }
  };

  return async (context, next) => {
    const key = context.req.header("Idempotency-Key");
    if (context.req.method !== "POST" || key === undefined) return next();
    const checked = IdempotencyKey.safeParse(key);
    if (!checked.success) {
      const reason = checked.error.issues[0]?.message ?? "";
      return fail(context, { code: "validation_failed", fields: { "Idempotency-Key": reason } });
    }
    const call = keyedCall(context, checked.data);
    const claim = await unlessDisk(() => store.claim(call.route, call.key, risingMs()));
    // A disk that does not take the key takes no change either; what can be done without it is done.
    if (claim === null) return next();
    return claim.state === "claimed" ? run(call, context, next) : replay(context, claim.answer);
  };
}

/** Null when the disk does not take it: what was done is not undone by that. */
async function unlessDisk<Result>(write: () => Promise<Result>): Promise<Result | null> {
  try {
    return await write();
  } catch (error) {
    if (diskTroubleOf(error) === null) throw error;
    return null;
  }
}

function keyedCall(context: Context<TokenVariables>, key: string): KeyedCall {
  const { method, path } = context.req;
  const caller = sha256(context.var.token).slice(0, CALLER_LENGTH);
  return { route: `${caller} ${method} ${path}`, key };
}

/** What was answered stays so; what was wrong with a call, or with us, may be put right under the same key. */
function isKept(status: number): boolean {
  return status < 400 || status === 409;
}

/** It is read again by whoever has the token. */
async function keptAnswer(response: Response, token: string): Promise<StoredAnswer> {
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return {
    status: response.status,
    headers: Object.fromEntries(headers),
    body: seal(await response.clone().text(), token),
  };
}

function replay(context: Context<TokenVariables>, answer: StoredAnswer): Response {
  for (const [name, value] of Object.entries(answer.headers)) context.header(name, value);
  return new Response(unseal(answer.body, context.var.token), {
    status: answer.status,
    headers: answer.headers,
  });
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

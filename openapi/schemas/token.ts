// API tokens: who may call, and what.

import { z } from "@hono/zod-openapi";
import { Id, Utc } from "./values.ts";

const MAX_NAME_LENGTH = 100;

/** Something to be seen, and no control characters. */
const ON_A_LINE = "^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f]+$";

/** For the person who reads the list, one line each. */
const TokenName = z
  .string({ error: `must be text of 1 to ${MAX_NAME_LENGTH} characters` })
  .max(MAX_NAME_LENGTH, { error: `must have at most ${MAX_NAME_LENGTH} characters` })
  .regex(/\S/, { error: "must not be empty" })
  .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), {
    error: "must hold no control characters and be well-formed Unicode",
  })
  .openapi({ minLength: 1, maxLength: MAX_NAME_LENGTH, pattern: ON_A_LINE, example: "Studio desk" });

const TokenScope = z
  .enum(["admin", "read"], { error: "must be admin or read" })
  .openapi("TokenScope", { description: "`read` may only GET, and sees no stream keys and no tokens." });

export const Token = z
  .object({
    id: Id,
    name: TokenName,
    scope: TokenScope,
    createdAtUtc: Utc,
    lastUsedAtUtc: Utc.nullable().openapi({
      description: "Null while it was not used. It may be a minute behind.",
    }),
    secret: z.string().exactOptional().openapi({
      description: "What calls send as `Authorization: Bearer …`; in the answer to its creation only.",
    }),
  })
  .openapi("Token", { required: ["id", "name", "scope", "createdAtUtc", "lastUsedAtUtc"] });

export const NewToken = z
  .object({ name: TokenName, scope: TokenScope }, { error: "must be a JSON object" })
  .openapi("NewToken");

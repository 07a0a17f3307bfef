// What calls take besides a body and a page.

import { z } from "@hono/zod-openapi";
import { Id } from "./values.ts";

export const IdParameter = z.object({ id: Id });

/** As it stands in the header, visible ASCII. */
export const IdempotencyKey = z
  .string()
  .regex(/^[!-~]{1,255}$/, { error: "must be 1 to 255 visible ASCII characters without spaces" })
  .openapi({
    minLength: 1,
    maxLength: 255,
    description:
      "The same key on the same route within 24 h is answered with the first answer, whatever the body says now.",
  });

export const IdempotencyHeader = z.object({ "Idempotency-Key": IdempotencyKey.optional() });

/** `true` or `false` in a query; false when it is not given. */
export const FlagParameter = z
  .enum(["true", "false"], { error: "must be true or false" })
  .default("false")
  .transform((text) => text === "true")
  .openapi({ type: "boolean", default: false });

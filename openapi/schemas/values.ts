// Values that many resources have: ids, points in time, the two instances.

import { z } from "@hono/zod-openapi";
import { INSTANCE_NAMES } from "#openapi/names.ts";

export const Id = z
  .string()
  .openapi({ format: "uuid", description: "UUIDv7", example: "01890a5d-ac96-774b-bcce-b302099a8057" });

export const Utc = z.string().openapi({
  format: "date-time",
  description: "ISO 8601, UTC, with milliseconds",
  example: "2026-01-31T18:00:00.000Z",
});

export const Url = z.string().openapi({ format: "uri" });

/** A named schema, or null: its own definition stays free of it. */
export function orNull<Schema extends z.ZodType>(schema: Schema) {
  return z.union([schema, z.null()]);
}

/** One of a livestream's two redundant inputs and its playout. */
export const Instance = z
  .enum(INSTANCE_NAMES, { error: `must be ${INSTANCE_NAMES.join(" or ")}` })
  .openapi("Instance", { description: "One of the two redundant sides of a livestream." });

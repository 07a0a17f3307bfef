// Values that many resources have: ids, points in time, the two instances.

import { z } from "@hono/zod-openapi";
import { INSTANCE_NAMES, PLAYBACK_POLICIES } from "#openapi/names.ts";

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

/** Who may watch. */
export const PlaybackPolicy = z
  .enum(PLAYBACK_POLICIES, { error: `must be ${PLAYBACK_POLICIES.join(" or ")}` })
  .openapi("PlaybackPolicy", { description: "`signed`: only whoever has a playback token may watch." });

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;
const A_TIME = "must be a time such as 2026-01-31T18:00:00.000Z";

/** A time that a call names; parses to milliseconds since 1970. `otherwise`: what is wrong with what is no text. */
export function timeOf(otherwise = A_TIME) {
  return z
    .string({ error: otherwise })
    .regex(TIME, { error: A_TIME, abort: true })
    .refine(isThere, { error: "must be a time that there is", abort: true })
    .transform((text) => Date.parse(text))
    .openapi({ type: "string", format: "date-time", pattern: TIME.source });
}

/** The 31st of February is read as a day of March. */
function isThere(text: string): boolean {
  const atMs = Date.parse(text);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(text.slice(0, "2026-01-31".length));
}

// The timeline: what happened to a livestream, for whoever looks back at it.

import { z } from "@hono/zod-openapi";
import { EVENT_TYPES, TIMELINE_TYPES } from "#openapi/names.ts";
import { Id, Instance, orNull, Utc } from "./values.ts";

const known = (types: readonly string[]) => types.map((type) => `\`${type}\``).join(", ");

const KEPT_ONLY = TIMELINE_TYPES.filter((type) => !EVENT_TYPES.some((each) => each === type));

export const TimelineEntry = z
  .object({
    id: Id,
    atUtc: Utc,
    type: z.string().openapi({
      description:
        `There may be more types to come. Webhooks are told of these, too: ${known(EVENT_TYPES)}. ` +
        `In the timeline alone: ${known(KEPT_ONLY)}.`,
      example: "ingest.connected",
    }),
    instance: orNull(Instance).openapi({
      description: "The instance it happened to; null when it is of the whole livestream.",
    }),
    positionSeconds: z.number().nullable().openapi({
      description:
        "Where in the recording it happened, and its media asset plays it; null before the publish.",
    }),
    message: z.string().openapi({
      description: "A sentence for a person.",
      example: "An encoder connected to the secondary input.",
    }),
    data: z.record(z.string(), z.unknown()).openapi({ description: "What its type has to say." }),
  })
  .openapi("TimelineEntry");

const A_TYPE = `must be of ${TIMELINE_TYPES.join(", ")}, several with commas between them`;

/** Types in a query; parses to a list. */
export const TimelineTypes = z
  .string({ error: "must be given once" })
  .transform((text) => text.split(","))
  .pipe(z.array(z.enum(TIMELINE_TYPES, { error: A_TYPE })))
  .openapi({
    type: "array",
    items: { type: "string", enum: [...TIMELINE_TYPES] },
    minItems: 1,
    description: "Only entries of this type; or of one of several, with commas between them.",
    param: { style: "form", explode: false },
  });

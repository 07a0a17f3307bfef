// The call that tells what happened to a livestream.

import { createRoute, z } from "@hono/zod-openapi";
import { successPage } from "#openapi/schemas/envelope.ts";
import { pagePosition } from "#openapi/schemas/paging.ts";
import { IdParameter } from "#openapi/schemas/parameters.ts";
import { TimelineEntry, TimelineTypes } from "#openapi/schemas/timeline.ts";
import { Instance } from "#openapi/schemas/values.ts";
import { json, listRefusals, readRefusals } from "./responses.ts";

export const listLivestreamTimeline = createRoute({
  operationId: "listLivestreamTimeline",
  tags: ["Livestreams"],
  summary: "What happened to a livestream",
  description:
    "Newest first, since it was created; it goes with the livestream. Timestamps put right, frames that could not be used and " +
    "encoders turned away are counted over a minute, and told at its end with the place of the first. After a thousand " +
    "entries, what encoders make happen more often than 20 times a minute is counted in one `timeline.folded` a minute.",
  method: "get",
  path: "/v2/livestreams/{id}/timeline",
  request: {
    params: IdParameter,
    query: z.object({
      ...pagePosition,
      type: TimelineTypes.optional(),
      instance: Instance.optional().openapi({ description: "Only what happened to this instance." }),
    }),
  },
  responses: {
    200: json("A page of its timeline.", successPage(TimelineEntry)),
    ...listRefusals,
    ...readRefusals,
  },
});

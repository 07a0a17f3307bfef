// The calls that tell who watches and what arrives.

import { createRoute, z } from "@hono/zod-openapi";
import { Failure, success, successPage } from "#openapi/schemas/envelope.ts";
import { pagePosition } from "#openapi/schemas/paging.ts";
import { IdParameter } from "#openapi/schemas/parameters.ts";
import {
  Before,
  LivestreamIds,
  LivestreamServerSentEvent,
  LivestreamStatistics,
  Sample,
  StatisticsOverview,
} from "#openapi/schemas/statistics.ts";
import { Instance } from "#openapi/schemas/values.ts";
import { json, listRefusals, readRefusals } from "./responses.ts";

const tags = ["Statistics"];

export const getLivestreamStatsOverview = createRoute({
  operationId: "getLivestreamStatsOverview",
  tags,
  summary: "Who is connected now",
  method: "get",
  path: "/v2/livestreams/{id}/statistics",
  request: { params: IdParameter },
  responses: { 200: json("The counts of this moment.", success(StatisticsOverview)), ...readRefusals },
});

export const listLivestreamStatsOverviews = createRoute({
  operationId: "listLivestreamStatsOverviews",
  tags,
  summary: "Who is connected now, of several livestreams",
  description: "In the order that was asked in; of an id that is none nobody is connected.",
  method: "get",
  path: "/v2/statistics",
  request: { query: z.object({ ids: LivestreamIds }) },
  responses: {
    200: json("The counts of this moment.", success(z.array(LivestreamStatistics))),
    ...listRefusals,
  },
});

export const getLivestreamStats = createRoute({
  operationId: "getLivestreamStats",
  tags,
  summary: "The history of an instance",
  description:
    "Every sample since the start, newest first. Whoever asks for one page after another, with one token and one " +
    "`perpage`, sees the history as it was at page 0; a walk by `before` needs no such care.",
  method: "get",
  path: "/v2/livestreams/{id}/statistics/{instance}",
  request: {
    params: IdParameter.extend({ instance: Instance }),
    query: z.object({ ...pagePosition, before: Before.optional() }),
  },
  responses: {
    200: json("A page of samples.", successPage(Sample)),
    ...listRefusals,
    ...readRefusals,
  },
});

export const streamLivestreamEvents = createRoute({
  operationId: "streamLivestreamEvents",
  tags,
  summary: "Follow a livestream",
  description:
    "Server-sent events: `statistics` and `inputs` once a second, in every status, so that silence means a broken " +
    "connection; `status` and `switch` when they happen, and again to a reader that comes back with Last-Event-ID. " +
    "It ends when the livestream is deleted.",
  method: "get",
  path: "/v2/livestreams/{id}/events",
  request: {
    params: IdParameter,
    headers: z.object({
      "Last-Event-ID": z
        .string()
        .optional()
        .openapi({ description: "`id` of the last event that was received." }),
    }),
  },
  responses: {
    200: {
      description: "The events.",
      content: { "text/event-stream": { schema: LivestreamServerSentEvent } },
    },
    ...readRefusals,
    429: {
      ...json("There are too many readers.", Failure),
      headers: { "Retry-After": { schema: { type: "integer" as const } } },
    },
  },
});

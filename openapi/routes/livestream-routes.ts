// The calls that make, show, change and delete livestreams.

import { createRoute, z } from "@hono/zod-openapi";
import { Done, success, successPage } from "#openapi/schemas/envelope.ts";
import { Livestream, LivestreamPatch, LivestreamStatus, NewLivestream } from "#openapi/schemas/livestream.ts";
import { pageQuery, Search } from "#openapi/schemas/paging.ts";
import { IdempotencyHeader, IdParameter } from "#openapi/schemas/parameters.ts";
import {
  changeRefusals,
  createRefusals,
  json,
  listRefusals,
  locationHeader,
  readRefusals,
} from "./responses.ts";

const tags = ["Livestreams"];

export const listLivestreams = createRoute({
  operationId: "listLivestreams",
  tags,
  summary: "List livestreams",
  method: "get",
  path: "/v2/livestreams",
  request: {
    query: z.object({
      ...pageQuery(["name", "status", "createdAtUtc", "updatedAtUtc", "startedAtUtc"]),
      status: LivestreamStatus.optional().openapi({ description: "Only those with this status." }),
      search: Search,
    }),
  },
  responses: { 200: json("A page of livestreams.", successPage(Livestream)), ...listRefusals },
});

export const createLivestream = createRoute({
  operationId: "createLivestream",
  tags,
  summary: "Create a livestream",
  method: "post",
  path: "/v2/livestreams",
  request: {
    headers: IdempotencyHeader,
    body: { required: true, content: { "application/json": { schema: NewLivestream } } },
  },
  responses: {
    201: {
      ...json("Created, with status `created`.", success(Livestream)),
      headers: locationHeader,
    },
    ...createRefusals,
  },
});

export const getLivestream = createRoute({
  operationId: "getLivestream",
  tags,
  summary: "Get a livestream",
  method: "get",
  path: "/v2/livestreams/{id}",
  request: { params: IdParameter },
  responses: { 200: json("The livestream.", success(Livestream)), ...readRefusals },
});

export const updateLivestream = createRoute({
  operationId: "updateLivestream",
  tags,
  summary: "Change a livestream",
  description:
    "`name` and `description` may change at any time, `withDvr` and `withBackup` only while `created`, `playbackPolicy` only " +
    "before the publish.",
  method: "patch",
  path: "/v2/livestreams/{id}",
  request: {
    params: IdParameter,
    body: { required: true, content: { "application/json": { schema: LivestreamPatch } } },
  },
  responses: { 200: json("The changed livestream.", success(Livestream)), ...changeRefusals },
});

export const deleteLivestream = createRoute({
  operationId: "deleteLivestream",
  tags,
  summary: "Delete a livestream",
  description: "Everything recorded is gone too. Refused while `converting` and when `finished`.",
  method: "delete",
  path: "/v2/livestreams/{id}",
  request: { params: IdParameter },
  responses: { 200: json("It is gone.", Done), ...changeRefusals },
});

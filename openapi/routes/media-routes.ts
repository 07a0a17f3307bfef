// The calls about media assets.

import { createRoute, z } from "@hono/zod-openapi";
import { Done, success, successPage } from "#openapi/schemas/envelope.ts";
import { Media, MediaPatch, MediaStatus } from "#openapi/schemas/media.ts";
import { pageQuery, Search } from "#openapi/schemas/paging.ts";
import { FlagParameter, IdempotencyHeader, IdParameter } from "#openapi/schemas/parameters.ts";
import { anytimeChangeRefusals, changeRefusals, json, listRefusals, readRefusals } from "./responses.ts";

const tags = ["Media"];

export const listMedia = createRoute({
  operationId: "listMedia",
  tags,
  summary: "List media assets",
  method: "get",
  path: "/v2/media",
  request: {
    query: z.object({
      ...pageQuery(["name", "createdAtUtc", "updatedAtUtc", "durationSeconds", "sizeBytes"]),
      status: MediaStatus.default("ready").openapi({ description: "Soft-deleted ones are listed apart." }),
      search: Search,
    }),
  },
  responses: { 200: json("A page of assets.", successPage(Media)), ...listRefusals },
});

export const getMedia = createRoute({
  operationId: "getMedia",
  tags,
  summary: "Get a media asset",
  method: "get",
  path: "/v2/media/{id}",
  request: { params: IdParameter },
  responses: { 200: json("The asset.", success(Media)), ...readRefusals },
});

export const updateMedia = createRoute({
  operationId: "updateMedia",
  tags,
  summary: "Change a media asset",
  method: "patch",
  path: "/v2/media/{id}",
  request: {
    params: IdParameter,
    body: { required: true, content: { "application/json": { schema: MediaPatch } } },
  },
  responses: { 200: json("The changed asset.", success(Media)), ...anytimeChangeRefusals },
});

export const deleteMedia = createRoute({
  operationId: "deleteMedia",
  tags,
  summary: "Delete a media asset",
  description:
    "Softly, so that it can be recovered, or for good: its files and its livestream go with it. Of files that clips refer to, " +
    "the last of these takes them along; a clip leaves its livestream.",
  method: "delete",
  path: "/v2/media/{id}",
  request: {
    params: IdParameter,
    query: z.object({ permanent: FlagParameter.openapi({ description: "For good." }) }),
  },
  responses: { 200: json("It is deleted.", Done), ...anytimeChangeRefusals },
});

export const recoverMedia = createRoute({
  operationId: "recoverMedia",
  tags,
  summary: "Recover a soft-deleted media asset",
  method: "post",
  path: "/v2/media/{id}/recover",
  request: { params: IdParameter, headers: IdempotencyHeader },
  responses: { 200: json("The recovered asset.", success(Media)), ...changeRefusals },
});

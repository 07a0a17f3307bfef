// The calls about webhooks.

import { createRoute, z } from "@hono/zod-openapi";
import { Conflict, Done, success, successPage } from "#openapi/schemas/envelope.ts";
import { pageQuery } from "#openapi/schemas/paging.ts";
import { IdempotencyHeader, IdParameter } from "#openapi/schemas/parameters.ts";
import { NewWebhook, Webhook, WebhookPatch } from "#openapi/schemas/webhook.ts";
import {
  anytimeChangeRefusals,
  createRefusals,
  json,
  listRefusals,
  locationHeader,
  readRefusals,
} from "./responses.ts";

const tags = ["Webhooks"];

export const listWebhooks = createRoute({
  operationId: "listWebhooks",
  tags,
  summary: "List webhooks",
  method: "get",
  path: "/v2/webhooks",
  request: { query: z.object(pageQuery(["url", "createdAtUtc", "updatedAtUtc"])) },
  responses: { 200: json("A page of webhooks.", successPage(Webhook)), ...listRefusals },
});

export const createWebhook = createRoute({
  operationId: "createWebhook",
  tags,
  summary: "Create a webhook",
  description:
    "Events are sent to its `url` by POST, signed as [Standard Webhooks](https://www.standardwebhooks.com) says, with a body of " +
    "`{id, type, atUtc, livestreamId, mediaId, data}`: at least once, and those of one livestream in order. Any 2xx is an " +
    "acknowledgement. `secret`, which they are signed with, is in this answer and never again.",
  method: "post",
  path: "/v2/webhooks",
  request: {
    headers: IdempotencyHeader,
    body: { required: true, content: { "application/json": { schema: NewWebhook } } },
  },
  responses: {
    201: {
      ...json("Created, with its secret.", success(Webhook)),
      headers: locationHeader,
    },
    ...createRefusals,
    409: json("There are as many webhooks as there may be.", Conflict),
  },
});

export const getWebhook = createRoute({
  operationId: "getWebhook",
  tags,
  summary: "Get a webhook",
  method: "get",
  path: "/v2/webhooks/{id}",
  request: { params: IdParameter },
  responses: { 200: json("The webhook.", success(Webhook)), ...readRefusals },
});

export const updateWebhook = createRoute({
  operationId: "updateWebhook",
  tags,
  summary: "Change a webhook",
  description: "What waits goes to the new `url`; other `events` are those that happen from now on.",
  method: "patch",
  path: "/v2/webhooks/{id}",
  request: {
    params: IdParameter,
    body: { required: true, content: { "application/json": { schema: WebhookPatch } } },
  },
  responses: { 200: json("The changed webhook.", success(Webhook)), ...anytimeChangeRefusals },
});

export const deleteWebhook = createRoute({
  operationId: "deleteWebhook",
  tags,
  summary: "Delete a webhook",
  description: "What waits is not sent any more; its deliveries go with it.",
  method: "delete",
  path: "/v2/webhooks/{id}",
  request: { params: IdParameter },
  responses: { 200: json("It is gone.", Done), ...anytimeChangeRefusals },
});

export const rotateWebhookSecret = createRoute({
  operationId: "rotateWebhookSecret",
  tags,
  summary: "Rotate a webhook's secret",
  description:
    "Every attempt from now on is signed with the new one, which is in this answer and never again.",
  method: "post",
  path: "/v2/webhooks/{id}/rotate-secret",
  request: { params: IdParameter, headers: IdempotencyHeader },
  responses: { 200: json("The webhook with its new secret.", success(Webhook)), ...anytimeChangeRefusals },
});

// The calls about what was sent to webhooks.

import { createRoute, z } from "@hono/zod-openapi";
import { Conflict, success, successPage } from "#openapi/schemas/envelope.ts";
import { pagePosition } from "#openapi/schemas/paging.ts";
import { IdempotencyHeader, IdParameter } from "#openapi/schemas/parameters.ts";
import { DeliveryParameters, WebhookDelivery } from "#openapi/schemas/webhook.ts";
import { anytimeChangeRefusals, json, listRefusals, readRefusals } from "./responses.ts";

const tags = ["Webhooks"];

const refusals = { ...anytimeChangeRefusals, 409: json("The webhook is off.", Conflict) };

export const listWebhookDeliveries = createRoute({
  operationId: "listWebhookDeliveries",
  tags,
  summary: "List what was sent to a webhook",
  description: "Newest first, each with its attempts. Kept for 30 days after the last of them.",
  method: "get",
  path: "/v2/webhooks/{id}/deliveries",
  request: { params: IdParameter, query: z.object(pagePosition) },
  responses: {
    200: json("A page of deliveries.", successPage(WebhookDelivery)),
    ...listRefusals,
    ...readRefusals,
  },
});

export const redeliverWebhook = createRoute({
  operationId: "redeliverWebhook",
  tags,
  summary: "Send an event once more",
  description:
    "With the same `webhook-id` and body, at once and beside what waits. One that is still pending keeps its turn: what it waits " +
    "for is tried at once. The intervals between attempts begin anew.",
  method: "post",
  path: "/v2/webhooks/{id}/deliveries/{deliveryId}/redeliver",
  request: { params: DeliveryParameters, headers: IdempotencyHeader },
  responses: { 200: json("The delivery, pending.", success(WebhookDelivery)), ...refusals },
});

export const testWebhook = createRoute({
  operationId: "testWebhook",
  tags,
  summary: "Send a test to a webhook",
  description:
    "An event of type `webhook.test`, of no livestream, once. What came of it is listed among its deliveries.",
  method: "post",
  path: "/v2/webhooks/{id}/test",
  request: { params: IdParameter, headers: IdempotencyHeader },
  responses: { 200: json("The delivery, pending.", success(WebhookDelivery)), ...refusals },
});

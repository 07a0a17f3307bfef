// The calls about webhooks, and about what was sent to them: each asks the service and answers.

import { OpenAPIHono } from "@hono/zod-openapi";
import {
  listWebhookDeliveries,
  redeliverWebhook,
  testWebhook,
} from "#openapi/routes/webhook-delivery-routes.ts";
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  listWebhooks,
  rotateWebhookSecret,
  updateWebhook,
} from "#openapi/routes/webhook-routes.ts";
import type { PublicUrls } from "#server/common/public-urls.ts";
import type { WebhookService } from "#server/webhooks/webhook-service.ts";
import { fail } from "./fail.ts";
import { locationOf } from "./location.ts";
import { success, successPage } from "./success.ts";
import { answerInvalid } from "./validation.ts";

export function webhookRoutes(webhooks: WebhookService, urls: PublicUrls): OpenAPIHono {
  const routes = new OpenAPIHono({ defaultHook: answerInvalid });

  routes.openapi(listWebhooks, async (context) => {
    const { page, perpage, sort = null } = context.req.valid("query");
    return context.json(successPage(await webhooks.list({ page, perpage, sort }), { page, perpage }), 200);
  });

  routes.openapi(createWebhook, async (context) => {
    const result = await webhooks.create(context.req.valid("json"));
    if (!result.ok) return fail(context, result.refusal);
    return context.json(success(result.webhook), 201, locationOf(urls, `v2/webhooks/${result.webhook.id}`));
  });

  routes.openapi(getWebhook, async (context) => {
    const webhook = webhooks.get(context.req.valid("param").id);
    if (webhook === null) return fail(context, { code: "not_found" });
    return context.json(success(webhook), 200);
  });

  routes.openapi(updateWebhook, async (context) => {
    const result = await webhooks.update(context.req.valid("param").id, context.req.valid("json"));
    if (!result.ok) return fail(context, result.refusal);
    return context.json(success(result.webhook), 200);
  });

  routes.openapi(deleteWebhook, async (context) => {
    const isDeleted = await webhooks.delete(context.req.valid("param").id);
    if (!isDeleted) return fail(context, { code: "not_found" });
    return context.json(success(null), 200);
  });

  routes.openapi(rotateWebhookSecret, async (context) => {
    const result = await webhooks.rotateSecret(context.req.valid("param").id);
    if (!result.ok) return fail(context, result.refusal);
    return context.json(success(result.webhook), 200);
  });

  routes.openapi(listWebhookDeliveries, async (context) => {
    const { page, perpage } = context.req.valid("query");
    const found = await webhooks.deliveries(context.req.valid("param").id, { page, perpage });
    if (found === null) return fail(context, { code: "not_found" });
    return context.json(successPage(found, { page, perpage }), 200);
  });

  routes.openapi(redeliverWebhook, async (context) => {
    const { id, deliveryId } = context.req.valid("param");
    const result = await webhooks.redeliver(id, deliveryId);
    if (!result.ok) return fail(context, result.refusal);
    return context.json(success(result.delivery), 200);
  });

  routes.openapi(testWebhook, async (context) => {
    const result = await webhooks.test(context.req.valid("param").id);
    if (!result.ok) return fail(context, result.refusal);
    return context.json(success(result.delivery), 200);
  });

  return routes;
}

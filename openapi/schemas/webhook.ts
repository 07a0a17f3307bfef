// Webhooks: where events are sent to, and what became of each of them.

import { z } from "@hono/zod-openapi";
import { EVERY_EVENT, WEBHOOK_EVENT_TYPES } from "#openapi/names.ts";
import { patch } from "./patch.ts";
import { Description } from "./text.ts";
import { Id, Utc } from "./values.ts";

const MAX_URL_LENGTH = 2000;

const AN_ADDRESS = /^[Hh][Tt][Tt][Pp][Ss]?:\/\/[^\s\\/?#]\S*$/;

/** Kept as it is sent. Whether its host may be asked is for the server to say. */
const WebhookUrl = z
  .string({ error: `must be a URL of at most ${MAX_URL_LENGTH} characters` })
  .max(MAX_URL_LENGTH, { error: `must have at most ${MAX_URL_LENGTH} characters`, abort: true })
  .refine((text) => AN_ADDRESS.test(text) && URL.canParse(text), {
    error: "must be an http:// or https:// URL",
    abort: true,
  })
  .refine((text) => !hasCredentials(new URL(text)), { error: "must hold no user name and no password" })
  .openapi({
    format: "uri",
    pattern: AN_ADDRESS.source,
    maxLength: MAX_URL_LENGTH,
    example: "https://studio.example.com/tandem",
  });

function hasCredentials({ username, password }: URL): boolean {
  return username !== "" || password !== "";
}

const EventType = z
  .enum([EVERY_EVENT, ...WEBHOOK_EVENT_TYPES], {
    error: `must be ${EVERY_EVENT}, or one of ${WEBHOOK_EVENT_TYPES.join(", ")}`,
  })
  .openapi("WebhookEventType", { description: "A type of event; `*` stands for all, and stands alone." });

const SOME_EVENTS = `must be a list of event types, or ["${EVERY_EVENT}"]`;

const Events = z
  .array(EventType, { error: SOME_EVENTS })
  .min(1, { error: SOME_EVENTS })
  .max(WEBHOOK_EVENT_TYPES.length, { error: SOME_EVENTS })
  .refine((events) => events.length === 1 || !events.includes(EVERY_EVENT), {
    error: `"${EVERY_EVENT}" stands alone`,
  })
  .refine((events) => new Set(events).size === events.length, { error: "must name each type once" })
  .openapi({ uniqueItems: true, example: ["livestream.published", "livestream.finished"] });

const Active = z.boolean({ error: "must be true or false" }).openapi({
  description:
    "Off, nothing is sent and nothing new is taken note of; what waited by then goes on when it is on again.",
});

const fields = {
  url: WebhookUrl,
  events: Events,
  description: Description.openapi({ example: "The studio's dashboard" }),
  active: Active,
};

export const Webhook = z
  .object({
    id: Id,
    url: z.string().openapi({ format: "uri" }),
    events: z.array(EventType),
    description: Description,
    active: Active,
    secret: z.string().optional().openapi({
      description: "What deliveries are signed with; in the answers to its creation and its rotation only.",
      example: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    }),
    createdAtUtc: Utc,
    updatedAtUtc: Utc,
  })
  .openapi("Webhook");

export const NewWebhook = z
  .object(
    { ...fields, description: fields.description.default(null), active: Active.default(true) },
    { error: "must be a JSON object" },
  )
  .openapi("NewWebhook");

export const WebhookPatch = patch("WebhookPatch", {
  url: fields.url.exactOptional(),
  events: fields.events.exactOptional(),
  description: fields.description.exactOptional(),
  active: fields.active.exactOptional(),
});

const DeliveryAttempt = z
  .object({
    atUtc: Utc,
    status: z.int().nullable().openapi({ description: "Of HTTP; null where there was no answer." }),
    durationMs: z.int(),
    answer: z.string().nullable().openapi({
      description: "The first kB of the answer; where there was none, a sentence that says why.",
    }),
  })
  .openapi("DeliveryAttempt");

export const WebhookDelivery = z
  .object({
    id: Id,
    eventId: Id.openapi({ description: "`webhook-id` of the request, and `id` of its body." }),
    type: z.string().openapi({ example: "livestream.published" }),
    state: z.enum(["pending", "delivered", "failed"]),
    attempts: z.array(DeliveryAttempt).openapi({ description: "Oldest first; of very many the newest." }),
    nextAttemptAtUtc: Utc.nullable().openapi({
      description: "Null when there is none, and while it waits behind an earlier event of its livestream.",
    }),
    createdAtUtc: Utc,
  })
  .openapi("WebhookDelivery");

export const DeliveryParameters = z.object({ id: Id, deliveryId: Id });

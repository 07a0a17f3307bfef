// A livestream's events as they happen, for programs that would otherwise ask every second.

import { OpenAPIHono } from "@hono/zod-openapi";
import { streamSSE } from "hono/streaming";
import { streamLivestreamEvents } from "#openapi/routes/statistics-routes.ts";
import type { LivestreamService } from "#server/livestreams/livestream-service.ts";
import { type InputView, inputWithoutSecrets } from "#server/livestreams/livestream-view.ts";
import type { LivestreamEvent } from "#server/stats/event-subscription.ts";
import type { LivestreamEvents } from "#server/stats/livestream-events.ts";
import { fail } from "./fail.ts";
import type { TokenVariables } from "./require-token.ts";
import { answerInvalid } from "./validation.ts";

/** A reader whose connection broke comes back after this long. */
const RECONNECT_MS = 2000;

/** When a reader that found no room may come back. */
const RETRY_SECONDS = "10";

export interface EventsRoutesOptions {
  readonly livestreams: Pick<LivestreamService, "status">;
  readonly events: Pick<LivestreamEvents, "subscribe">;
}

export function eventsRoutes({ livestreams, events }: EventsRoutesOptions): OpenAPIHono<TokenVariables> {
  const routes = new OpenAPIHono<TokenVariables>({ defaultHook: answerInvalid });

  routes.openapi(streamLivestreamEvents, async (context) => {
    const { id } = context.req.valid("param");
    if ((await livestreams.status(id)) === null) return fail(context, { code: "not_found" });
    if (context.req.method === "HEAD")
      return context.body(null, 200, { "Content-Type": "text/event-stream" });
    const subscription = await events.subscribe(id, context.req.header("Last-Event-ID") ?? null);
    if (subscription === null) {
      return fail(context, { code: "too_many_subscribers" }, { "Retry-After": RETRY_SECONDS });
    }
    const response = streamSSE(context, async (stream) => {
      stream.onAbort(() => subscription.close());
      await stream.write(`retry: ${RECONNECT_MS}\n\n`);
      for (let event = await subscription.next(); event !== null; event = await subscription.next()) {
        await stream.writeSSE(context.var.scope === "admin" ? event : eventWithoutSecrets(event));
      }
    });
    response.headers.set("Cache-Control", "no-store");
    return response;
  });

  return routes;
}

/** For a token of scope `read`. Inputs are the only event with secrets. */
function eventWithoutSecrets(event: LivestreamEvent): LivestreamEvent {
  if (event.event !== "inputs") return event;
  const inputs = JSON.parse(event.data) as readonly InputView[];
  return { ...event, data: JSON.stringify(inputs.map(inputWithoutSecrets)) };
}

// How a call is refused: the one table from a refusal to status, code and sentence.

import type { Context, TypedResponse } from "hono";
import type { Refusal } from "#server/livestreams/claim.ts";
import type { ClipRefused } from "#server/livestreams/clip-service.ts";
import type { MediaRefused } from "#server/livestreams/media-service.ts";
import type { WebhookRefused } from "#server/webhooks/webhook-service.ts";

/** What a call is refused with before a service is asked. */
type RequestRefusal =
  | { readonly code: "validation_failed"; readonly fields: Readonly<Record<string, string>> }
  | {
      readonly code:
        | "malformed_json"
        | "unauthorized"
        | "forbidden"
        | "not_found"
        | "method_not_allowed"
        | "body_too_large"
        | "unsupported_media_type"
        | "too_many_subscribers"
        | "invalid_image"
        | "thumbnail_not_found"
        | "too_many_images";
    };

export type AnyRefusal =
  | RequestRefusal
  | Refusal
  | MediaRefused["refusal"]
  | ClipRefused["refusal"]
  | WebhookRefused["refusal"];

/** Whatever a route promises to answer with: refusals are promised by this table, for every route. */
type Refused = Response & TypedResponse<never, never, "json">;

// biome-ignore format: a table is read by its columns.
const REFUSALS = {
  malformed_json:         [400, "The body is not JSON."],
  validation_failed:      [400, "The request is not valid; fields says where and why."],
  invalid_image:          [400, "The picture is not sound."],
  unauthorized:           [401, "A known API token is needed: Authorization: Bearer <token>."],
  forbidden:              [403, "This token may only read."],
  not_found:              [404, "There is no such thing."],
  thumbnail_not_found:    [404, "There is no thumbnail."],
  method_not_allowed:     [405, "This method does nothing here; Allow lists those that do."],
  not_started:            [409, "The livestream has not been started."],
  no_active_ingest:       [409, "No encoder is sending to the livestream."],
  not_published:          [409, "The livestream has not been published."],
  already_started:        [409, "The livestream has been started already."],
  already_live:           [409, "The livestream is live already."],
  already_published:      [409, "The livestream has been published; who may watch it does not change any more."],
  already_stopped:        [409, "The livestream has been stopped already."],
  already_finished:       [409, "The livestream is finished already."],
  conversion_failed:      [409, "The livestream is over, and its conversion failed."],
  conversion_in_progress: [409, "The livestream is being converted; try again when that is done."],
  converted_to_media:     [409, "The livestream has become a media asset; delete that one for good instead."],
  not_recorded:           [409, "Nothing is recorded that the clip could show."],
  soft_deleted:           [409, "The media asset is deleted; recover it first."],
  not_soft_deleted:       [409, "The media asset is not deleted."],
  webhook_inactive:       [409, "The webhook is off; turn it on first."],
  too_many_webhooks:      [409, "There are as many webhooks as there may be; delete one first."],
  body_too_large:         [413, "The body is too large."],
  unsupported_media_type: [415, "A body is JSON, and says so: Content-Type: application/json."],
  too_many_subscribers:   [429, "Too many readers follow livestreams already; try again later."],
  too_many_images:        [429, "Too many pictures are being worked on; try again later."],
} as const satisfies Record<AnyRefusal["code"], readonly [number, string]>;

/** `data` of the answer is the refusal as it is. `sentence`: where more can be said than the table says. */
export function fail(
  context: Context,
  refusal: AnyRefusal,
  headers: Record<string, string> = {},
  sentence?: string,
): Refused {
  const [status, message] = REFUSALS[refusal.code];
  return refused(
    context.json({ status: "fail", message: sentence ?? message, data: refusal }, status, headers),
  );
}

/** An error of ours, of which a caller learns no more than that. */
export function failInternally(): Response {
  return error(500, { message: "The server failed to answer this call." });
}

/** Something of ours that passes: the caller may try again. */
export function failForNow(code: string, message: string): Response {
  return error(503, { message, data: { code } }, { "Retry-After": String(RETRY_AFTER_SECONDS) });
}

/** A disk that comes back is noticed within a second. */
const RETRY_AFTER_SECONDS = 5;

function error(status: number, body: object, headers: Record<string, string> = {}): Response {
  const always = { "Content-Type": "application/json", "Cache-Control": "no-store" };
  return new Response(JSON.stringify({ status: "error", ...body }), {
    status,
    headers: { ...always, ...headers },
  });
}

function refused(response: Response): Refused {
  return response as Refused;
}

// What every answer is wrapped in (JSend).

import { z } from "@hono/zod-openapi";
import { LivestreamStatus } from "./livestream.ts";
import { Pagination } from "./paging.ts";
import { Id } from "./values.ts";

/** The success of a call that answers with `data`. */
export function success<Data extends z.ZodType>(data: Data) {
  return z.object({ status: z.literal("success"), data });
}

/** One page of a list. */
export function successPage<Item extends z.ZodType>(item: Item) {
  return z.object({ status: z.literal("success"), data: z.array(item), pagination: Pagination });
}

export const Done = success(z.null()).openapi("Done");

/** The caller's fault, with nothing more to say than its code. */
export const Failure = failure({
  code: z.string().openapi({ description: "snake_case, and stable" }),
}).openapi("Failure");

export const InvalidRequest = failure({
  code: z.enum(["validation_failed", "malformed_json", "invalid_image"]),
  fields: z
    .record(z.string(), z.string())
    .optional()
    .openapi({ description: "With `validation_failed`: path of each bad value → what is wrong with it." }),
}).openapi("InvalidRequest");

export const Conflict = failure({
  code: z.enum([
    ...(["not_started", "no_active_ingest", "not_published", "already_started", "already_live"] as const),
    ...(["already_stopped", "already_finished", "conversion_failed", "conversion_in_progress"] as const),
    "already_published",
    ...(["converted_to_media", "not_soft_deleted", "soft_deleted", "not_recorded"] as const),
    ...(["webhook_inactive", "too_many_webhooks"] as const),
  ]),
  currentStatus: z
    .union([LivestreamStatus, z.enum(["ready", "softDeleted"])])
    .optional()
    .openapi({ description: "Of the livestream; `ready` or `softDeleted` of a media asset." }),
  allowedActions: z
    .array(z.enum(["start", "publish", "switch", "stop", "resetKey", "update", "delete", "recover"]))
    .optional()
    .openapi({ description: "What would not be refused now." }),
  mediaId: Id.optional().openapi({ description: "With `converted_to_media`." }),
}).openapi("Conflict");

export const InternalError = z
  .object({ status: z.literal("error"), message: z.string() })
  .openapi("InternalError", { description: "Our fault." });

export const Unavailable = z
  .object({
    status: z.literal("error"),
    message: z.string().openapi({ description: "A sentence for a person." }),
    data: z.object({
      code: z.enum(["disk_read_only", "disk_full", "disk_failing", "database_locked", "no_descriptors"]),
    }),
  })
  .openapi("Unavailable", {
    description: "Our fault, and it passes: what the server writes to takes nothing now.",
  });

function failure<Data extends z.ZodRawShape>(data: Data) {
  return z.object({
    status: z.literal("fail"),
    message: z.string().openapi({ description: "A sentence for a person." }),
    data: z.object(data),
  });
}

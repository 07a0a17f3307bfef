// The media asset: the on-demand video that a stopped livestream becomes.

import { z } from "@hono/zod-openapi";
import { patch } from "./patch.ts";
import { Description, Name } from "./text.ts";
import { Id, Url, Utc } from "./values.ts";

export const MediaStatus = z
  .enum(["ready", "softDeleted"], { error: "must be ready or softDeleted" })
  .openapi("MediaStatus");

export const Media = z
  .object({
    id: Id,
    livestreamId: Id,
    type: z.literal("video"),
    name: Name,
    description: Description,
    status: MediaStatus,
    playlistUrl: Url,
    downloadUrl: Url,
    thumbnailUrl: Url.nullable(),
    durationSeconds: z.number(),
    sizeBytes: z.int(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    videoCodec: z.string().nullable().openapi({ description: "RFC 6381", example: "avc1.64001f" }),
    audioCodec: z.string().nullable().openapi({ description: "RFC 6381", example: "mp4a.40.2" }),
    createdAtUtc: Utc,
    updatedAtUtc: Utc,
    deletedAtUtc: Utc.nullable().openapi({ description: "Null while it is not soft-deleted." }),
  })
  .openapi("Media");

export const MediaPatch = patch("MediaPatch", {
  name: Name.exactOptional(),
  description: Description.exactOptional(),
});

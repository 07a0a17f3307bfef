// The media asset: the on-demand video that a stopped livestream becomes, and clips of it.

import { z } from "@hono/zod-openapi";
import { patch } from "./patch.ts";
import { Description, Name } from "./text.ts";
import { Id, orNull, PlaybackPolicy, Url, Utc } from "./values.ts";

export const MediaStatus = z
  .enum(["ready", "softDeleted"], { error: "must be ready or softDeleted" })
  .openapi("MediaStatus");

const ClipOf = z
  .object({
    livestreamId: Id,
    mediaId: Id.nullable().openapi({
      description:
        "The asset it was cut from, also when that is gone; null where it is the livestream itself.",
    }),
    startSeconds: z.number().openapi({ description: "Where in that it begins: at a key frame." }),
    endSeconds: z.number(),
  })
  .openapi("ClipOf");

export const Media = z
  .object({
    id: Id,
    livestreamId: Id.openapi({ description: "Of a clip it may be gone." }),
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
    playbackPolicy: PlaybackPolicy,
    clipOf: orNull(ClipOf).openapi({ description: "Null of what a livestream became." }),
    createdAtUtc: Utc,
    updatedAtUtc: Utc,
    deletedAtUtc: Utc.nullable().openapi({ description: "Null while it is not soft-deleted." }),
  })
  .openapi("Media");

export const MediaPatch = patch("MediaPatch", {
  name: Name.exactOptional(),
  description: Description.exactOptional(),
});

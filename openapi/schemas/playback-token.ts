// Playback tokens: who may watch what is signed, and until when.

import { z } from "@hono/zod-openapi";
import { Url, Utc } from "./values.ts";

const MAX_SECONDS = 7 * 24 * 60 * 60;
const MAX_VIEWER_LENGTH = 128;
const A_NUMBER = `must be a whole number of seconds, 1 to ${MAX_SECONDS}`;

export const NewPlaybackToken = z
  .object(
    {
      expiresInSeconds: z
        .int({ error: A_NUMBER })
        .min(1, { error: A_NUMBER })
        .max(MAX_SECONDS, { error: A_NUMBER })
        .exactOptional()
        .openapi({ default: 21_600, description: "How long it is valid; six hours when it is left out." }),
      viewerId: z
        .string({ error: `must be text of 1 to ${MAX_VIEWER_LENGTH} characters` })
        .min(1, { error: "must not be empty" })
        .max(MAX_VIEWER_LENGTH, { error: `must have at most ${MAX_VIEWER_LENGTH} characters` })
        .refine((text) => text.isWellFormed(), { error: "must be well-formed Unicode" })
        .exactOptional()
        .openapi({
          description: "Whom it is for, by your own name; the claim `viewer`.",
          example: "ticket-4711",
        }),
    },
    { error: "must be a JSON object" },
  )
  .openapi("NewPlaybackToken", { required: [] });

export const PlaybackToken = z
  .object({
    token: z.string().openapi({
      description: "A JWT (EdDSA): `sub` is the id, `aud` is `playback`, `exp` when it runs out.",
    }),
    expiresAtUtc: Utc,
    url: Url.openapi({
      description: "The playlist with the token; the watch page takes the same `?token=`.",
    }),
  })
  .openapi("PlaybackToken");

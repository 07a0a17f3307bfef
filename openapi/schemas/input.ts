// Where an encoder sends an instance's video, and what it sends now.

import { z } from "@hono/zod-openapi";
import { Instance, orNull, Url, Utc } from "./values.ts";

const VideoInput = z
  .object({
    codec: z.string().openapi({ example: "h264" }),
    width: z.int(),
    height: z.int(),
    frameRate: z.number().nullable(),
    bitrateKbps: z.number(),
    keyFrameIntervalSeconds: z.number().nullable(),
  })
  .openapi("VideoInput");

const AudioInput = z
  .object({
    codec: z.string().openapi({ example: "aac" }),
    sampleRate: z.int(),
    channels: z.int(),
    bitrateKbps: z.number(),
  })
  .openapi("AudioInput");

export const Input = z
  .object({
    instance: Instance,
    primary: z.boolean(),
    source: z.literal("rtmp"),
    url: Url.openapi({ description: "The whole address, with the secret stream key." }),
    serverUrl: Url.openapi({ description: "The address without the stream key, as encoders ask for it." }),
    streamKey: z.string().openapi({ description: "Secret; valid until the stop." }),
    active: z.boolean().openapi({ description: "Media arrives now, and a key frame was seen." }),
    connectedAtUtc: Utc.nullable(),
    lastSeenAtUtc: Utc.nullable(),
    video: orNull(VideoInput),
    audio: orNull(AudioInput),
  })
  .openapi("Input");

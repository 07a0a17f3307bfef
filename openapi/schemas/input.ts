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

const InputHealth = z
  .object({
    score: z.number().openapi({ description: "100: faultless; 0: not fit to be on air.", example: 65 }),
    faults: z.array(z.string()).openapi({
      description: "By name, each of which took some of the score. Names may be added.",
      example: ["audio-missing"],
    }),
  })
  .openapi("InputHealth");

export const Input = z
  .object({
    instance: Instance,
    primary: z.boolean(),
    source: z.literal("rtmp"),
    url: Url.nullable().openapi({
      description: "The whole address, with the secret stream key; null for a token of scope `read`.",
    }),
    serverUrl: Url.openapi({ description: "The address without the stream key, as encoders ask for it." }),
    streamKey: z.string().nullable().openapi({
      description: "Secret; valid until the stop or its reset; null for a token of scope `read`.",
    }),
    active: z.boolean().openapi({ description: "Media arrives now, and a key frame was seen." }),
    connectedAtUtc: Utc.nullable(),
    lastSeenAtUtc: Utc.nullable(),
    video: orNull(VideoInput),
    audio: orNull(AudioInput),
    health: orNull(InputHealth).openapi({
      description: "How fit it is to be on air, by what passes; null unless it is active.",
    }),
    advice: z.array(z.string()).openapi({
      description:
        "What would make it better: a sentence each, with what was measured and what to change in the encoder. " +
        "One that has come stays until its cause has been gone for a while.",
      example: ["Key frames come every 8 s; segments are to last 2 s: set the key frame interval to 2 s."],
    }),
    problem: z
      .string()
      .nullable()
      .openapi({
        description:
          "Why what arrives cannot be used, or not wholly: what it is, and what to change in the encoder. " +
          "Null when there is nothing wrong.",
        example: "The picture is HEVC, which is not taken: set the video encoder to H.264.",
      }),
  })
  .openapi("Input");

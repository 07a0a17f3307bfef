// The calls that let a viewer watch what is signed.

import { createRoute } from "@hono/zod-openapi";
import { success } from "#openapi/schemas/envelope.ts";
import { IdempotencyHeader, IdParameter } from "#openapi/schemas/parameters.ts";
import { NewPlaybackToken, PlaybackToken } from "#openapi/schemas/playback-token.ts";
import { anytimeChangeRefusals, changeRefusals, json } from "./responses.ts";

const request = {
  params: IdParameter,
  headers: IdempotencyHeader,
  body: { required: false, content: { "application/json": { schema: NewPlaybackToken } } },
};

export const createPlaybackToken = createRoute({
  operationId: "createPlaybackToken",
  tags: ["Livestreams"],
  summary: "Let a viewer watch a signed livestream",
  description:
    "In every status, so that it can be handed out before the event. After the stop it leads on to the recording. A public " +
    "livestream needs none.",
  method: "post",
  path: "/v2/livestreams/{id}/playback-tokens",
  request,
  responses: { 201: json("The token.", success(PlaybackToken)), ...anytimeChangeRefusals },
});

export const createMediaPlaybackToken = createRoute({
  operationId: "createMediaPlaybackToken",
  tags: ["Media"],
  summary: "Let a viewer watch a signed media asset",
  description: "Of this asset alone: neither of the livestream that it was, nor of clips of it.",
  method: "post",
  path: "/v2/media/{id}/playback-tokens",
  request,
  responses: { 201: json("The token.", success(PlaybackToken)), ...changeRefusals },
});

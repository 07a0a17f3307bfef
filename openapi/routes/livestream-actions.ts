// The calls that move a livestream along its life: start, publish, stop.

import { createRoute } from "@hono/zod-openapi";
import { success } from "#openapi/schemas/envelope.ts";
import { Livestream, SwitchRequest } from "#openapi/schemas/livestream.ts";
import { IdempotencyHeader, IdParameter } from "#openapi/schemas/parameters.ts";
import { Instance } from "#openapi/schemas/values.ts";
import { changeRefusals, json } from "./responses.ts";

const tags = ["Livestreams"];
const request = { params: IdParameter, headers: IdempotencyHeader };

export const startLivestream = createRoute({
  operationId: "startLivestream",
  tags,
  summary: "Start a livestream",
  description: "Makes the stream keys and opens the ingest.",
  method: "post",
  path: "/v2/livestreams/{id}/start",
  request,
  responses: { 200: json("Started, with its inputs.", success(Livestream)), ...changeRefusals },
});

export const publishLivestream = createRoute({
  operationId: "publishLivestream",
  tags,
  summary: "Publish a livestream",
  description: "Viewers can watch from here on. Only while an ingest is active on either instance.",
  method: "post",
  path: "/v2/livestreams/{id}/publish",
  request,
  responses: { 200: json("Live, with its playouts.", success(Livestream)), ...changeRefusals },
});

export const switchLivestream = createRoute({
  operationId: "switchLivestream",
  tags,
  summary: "Put an instance on air",
  description:
    "The programme is cut from this instance from its next key frame on. Only while it is live and the instance has an active ingest.",
  method: "post",
  path: "/v2/livestreams/{id}/switch",
  request: {
    ...request,
    body: { required: true, content: { "application/json": { schema: SwitchRequest } } },
  },
  responses: { 200: json("It goes on air at its next key frame.", success(Livestream)), ...changeRefusals },
});

export const resetStreamKey = createRoute({
  operationId: "resetStreamKey",
  tags,
  summary: "Replace a stream key that has leaked",
  description:
    "From the start to the stop. The old key opens nothing any more, and an encoder that came with it is disconnected; the " +
    "other input, and what is on air from it, go on.",
  method: "post",
  path: "/v2/livestreams/{id}/inputs/{instance}/reset-key",
  request: { ...request, params: IdParameter.extend({ instance: Instance }) },
  responses: { 200: json("The input has another key.", success(Livestream)), ...changeRefusals },
});

export const stopLivestream = createRoute({
  operationId: "stopLivestream",
  tags,
  summary: "Stop a livestream",
  description:
    "Revokes the stream keys, disconnects the encoders, ends the playlist, and begins the conversion into a media asset. " +
    "Where the disk takes nothing now (503), the encoders are disconnected and the playlists end all the same; the status " +
    "follows as soon as it can be written.",
  method: "post",
  path: "/v2/livestreams/{id}/stop",
  request,
  responses: { 200: json("Stopped, and converting.", success(Livestream)), ...changeRefusals },
});

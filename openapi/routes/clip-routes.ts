// The calls that cut clips.

import { createRoute } from "@hono/zod-openapi";
import { NewLivestreamClip, NewMediaClip } from "#openapi/schemas/clip.ts";
import { success } from "#openapi/schemas/envelope.ts";
import { Media } from "#openapi/schemas/media.ts";
import { IdempotencyHeader, IdParameter } from "#openapi/schemas/parameters.ts";
import { changeRefusals, json, locationHeader } from "./responses.ts";

const tags = ["Media"];

const responses = {
  201: {
    ...json("The clip, an asset of its own.", success(Media)),
    headers: locationHeader,
  },
  ...changeRefusals,
};

export const createMediaClip = createRoute({
  operationId: "createMediaClip",
  tags,
  summary: "Cut a clip from a media asset",
  description:
    "A new asset that refers to the bytes of this one, which stay until the last asset that refers to them is removed for good. " +
    "Also of a clip.",
  method: "post",
  path: "/v2/media/{id}/clips",
  request: {
    params: IdParameter,
    headers: IdempotencyHeader,
    body: { required: true, content: { "application/json": { schema: NewMediaClip } } },
  },
  responses,
});

export const createLivestreamClip = createRoute({
  operationId: "createLivestreamClip",
  tags,
  summary: "Cut a clip from a livestream",
  description:
    "From what is recorded by now, also while it is live. A time in a hole of the recording means the end of what is before it, " +
    "or the beginning of what is behind; where nothing is recorded between the two times: 409 `not_recorded`.",
  method: "post",
  path: "/v2/livestreams/{id}/clips",
  request: {
    params: IdParameter,
    headers: IdempotencyHeader,
    body: { required: true, content: { "application/json": { schema: NewLivestreamClip } } },
  },
  responses,
});

// The calls about the pictures of livestreams and media assets.

import { createRoute, z } from "@hono/zod-openapi";
import { Done, Failure, InvalidRequest, success } from "#openapi/schemas/envelope.ts";
import { Livestream } from "#openapi/schemas/livestream.ts";
import { IdParameter } from "#openapi/schemas/parameters.ts";
import { AcceptHeader, ImageFile, ImageForm, WidthParameter } from "#openapi/schemas/thumbnail.ts";
import { anytimeChangeRefusals, json, readRefusals } from "./responses.ts";

const tags = ["Thumbnails"];

const picture = {
  200: {
    description: "The picture, in the format that `Accept` likes best.",
    content: {
      "image/avif": { schema: ImageFile },
      "image/webp": { schema: ImageFile },
      "image/jpeg": { schema: ImageFile },
    },
    headers: {
      ETag: { schema: { type: "string" as const } },
      Vary: { schema: { type: "string" as const, const: "Accept" } },
    },
  },
  304: { description: "It is the one that `If-None-Match` names." },
};

const pictureRequest = {
  params: IdParameter,
  query: z.object({ width: WidthParameter.optional() }),
  headers: AcceptHeader,
};

const busy = {
  429: {
    ...json("Too many pictures are being worked on.", Failure),
    headers: { "Retry-After": { schema: { type: "integer" as const } } },
  },
};

const pictureRefusals = {
  ...readRefusals,
  400: json("The width is not valid.", InvalidRequest),
  404: json("There is no such thing, or it has no picture (`thumbnail_not_found`).", Failure),
  ...busy,
};

export const getLivestreamThumbnail = createRoute({
  operationId: "getLivestreamThumbnail",
  tags,
  summary: "Get the thumbnail of a livestream",
  description: "The uploaded one, else the one taken from the stream.",
  method: "get",
  path: "/v2/livestreams/{id}/thumbnail",
  request: pictureRequest,
  responses: { ...picture, ...pictureRefusals },
});

export const updateLivestreamThumbnail = createRoute({
  operationId: "updateLivestreamThumbnail",
  tags,
  summary: "Upload the thumbnail of a livestream",
  description:
    "A JPEG, PNG, WebP or AVIF of at most 8 MiB and 50 megapixels, as the body or as the field `file` of a form. It is " +
    "turned upright, freed of metadata, and takes the place of the one before.",
  method: "put",
  path: "/v2/livestreams/{id}/thumbnail",
  request: {
    params: IdParameter,
    body: {
      required: true,
      content: { "image/*": { schema: ImageFile }, "multipart/form-data": { schema: ImageForm } },
    },
  },
  responses: {
    200: json("The livestream, with its new thumbnail.", success(Livestream)),
    ...anytimeChangeRefusals,
    400: json("It is no sound picture (`invalid_image`), or the form is not valid.", InvalidRequest),
    413: json("It is larger than 8 MiB.", Failure),
    415: json("It is a picture of another kind, or none.", Failure),
    ...busy,
  },
});

export const deleteLivestreamThumbnail = createRoute({
  operationId: "deleteLivestreamThumbnail",
  tags,
  summary: "Delete the uploaded thumbnail of a livestream",
  description: "Back to the one taken from the stream, if there is any.",
  method: "delete",
  path: "/v2/livestreams/{id}/thumbnail",
  request: { params: IdParameter },
  responses: { 200: json("There is no uploaded one any more.", Done), ...anytimeChangeRefusals },
});

export const getMediaThumbnail = createRoute({
  operationId: "getMediaThumbnail",
  tags,
  summary: "Get the thumbnail of a media asset",
  description: "The picture of the livestream that it was.",
  method: "get",
  path: "/v2/media/{id}/thumbnail",
  request: pictureRequest,
  responses: { ...picture, ...pictureRefusals },
});

// The OpenAPI 3.1 document, made of the schemas and routes that the calls are checked by.

import { OpenAPIHono } from "@hono/zod-openapi";
import { publishLivestream, startLivestream, stopLivestream } from "./routes/livestream-actions.ts";
import {
  createLivestream,
  deleteLivestream,
  getLivestream,
  listLivestreams,
  updateLivestream,
} from "./routes/livestream-routes.ts";
import { deleteMedia, getMedia, listMedia, recoverMedia, updateMedia } from "./routes/media-routes.ts";

/** In the order of the contract. */
const ROUTES = [
  ...[listLivestreams, createLivestream, startLivestream, publishLivestream, stopLivestream],
  ...[getLivestream, updateLivestream, deleteLivestream],
  ...[listMedia, getMedia, updateMedia, deleteMedia, recoverMedia],
];

const INFO = {
  title: "Tandem",
  version: "2",
  description: "A live-streaming server: livestreams with two redundant inputs, and the media they become.",
  license: { name: "MIT", identifier: "MIT" },
};

const TAGS = [
  { name: "Livestreams", description: "Broadcasts that happen once: create, start, publish, stop." },
  { name: "Media", description: "The on-demand assets that stopped livestreams become." },
];

/** The document as text, the same for every call. */
export function renderDocument(): string {
  const { openAPIRegistry, getOpenAPI31Document } = new OpenAPIHono();
  openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    description: "An API token. One of scope `read` may only GET.",
  });
  for (const route of ROUTES) openAPIRegistry.registerPath(route);
  const document = getOpenAPI31Document({
    openapi: "3.1.0",
    info: INFO,
    servers: [{ url: "/" }],
    security: [{ token: [] }],
    tags: TAGS,
  });
  return `${JSON.stringify(document, null, 2)}\n`;
}

// The OpenAPI 3.1 document, made of the schemas and routes that the calls are checked by.

import { OpenAPIHono } from "@hono/zod-openapi";
import { INTRODUCTION } from "./introduction.ts";
import {
  publishLivestream,
  startLivestream,
  stopLivestream,
  switchLivestream,
} from "./routes/livestream-actions.ts";
import {
  createLivestream,
  deleteLivestream,
  getLivestream,
  listLivestreams,
  updateLivestream,
} from "./routes/livestream-routes.ts";
import { deleteMedia, getMedia, listMedia, recoverMedia, updateMedia } from "./routes/media-routes.ts";
import {
  getLivestreamStats,
  getLivestreamStatsOverview,
  streamLivestreamEvents,
} from "./routes/statistics-routes.ts";
import {
  deleteLivestreamThumbnail,
  getLivestreamThumbnail,
  getMediaThumbnail,
  updateLivestreamThumbnail,
} from "./routes/thumbnail-routes.ts";

/** In the order of the contract. */
const ROUTES = [
  ...[listLivestreams, createLivestream, startLivestream, publishLivestream, stopLivestream],
  ...[getLivestream, updateLivestream, deleteLivestream],
  ...[getLivestreamStatsOverview, getLivestreamStats],
  switchLivestream,
  ...[getLivestreamThumbnail, updateLivestreamThumbnail, deleteLivestreamThumbnail],
  ...[listMedia, getMedia, updateMedia, deleteMedia, recoverMedia, getMediaThumbnail],
  streamLivestreamEvents,
];

const INFO = {
  title: "Tandem",
  version: "2",
  description: INTRODUCTION,
  license: { name: "MIT", identifier: "MIT" },
};

const TAGS = [
  { name: "Livestreams", description: "Broadcasts that happen once: create, start, publish, stop." },
  { name: "Statistics", description: "Who watches and what arrives: now, over time, and as it happens." },
  {
    name: "Thumbnails",
    description: "The pictures of livestreams and media: uploaded, or taken from the stream.",
  },
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

// The OpenAPI 3.1 document, made of the schemas and routes that the calls are checked by.

import { OpenAPIHono } from "@hono/zod-openapi";
import { introduction } from "./introduction.ts";
import { createLivestreamClip, createMediaClip } from "./routes/clip-routes.ts";
import {
  publishLivestream,
  resetStreamKey,
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
import { createMediaPlaybackToken, createPlaybackToken } from "./routes/playback-token-routes.ts";
import {
  getLivestreamStats,
  getLivestreamStatsOverview,
  listLivestreamStatsOverviews,
  streamLivestreamEvents,
} from "./routes/statistics-routes.ts";
import {
  deleteLivestreamThumbnail,
  getLivestreamThumbnail,
  getMediaThumbnail,
  updateLivestreamThumbnail,
} from "./routes/thumbnail-routes.ts";
import { listLivestreamTimeline } from "./routes/timeline-routes.ts";
import { createToken, listTokens, revokeToken } from "./routes/token-routes.ts";
import { listWebhookDeliveries, redeliverWebhook, testWebhook } from "./routes/webhook-delivery-routes.ts";
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  listWebhooks,
  rotateWebhookSecret,
  updateWebhook,
} from "./routes/webhook-routes.ts";
import { StatusEvent, SwitchEvent } from "./schemas/statistics.ts";

/** In the order of the contract. */
const ROUTES = [
  ...[listLivestreams, createLivestream, startLivestream, publishLivestream, stopLivestream],
  ...[getLivestream, updateLivestream, deleteLivestream],
  ...[getLivestreamStatsOverview, getLivestreamStats],
  switchLivestream,
  ...[getLivestreamThumbnail, updateLivestreamThumbnail, deleteLivestreamThumbnail],
  ...[listMedia, getMedia, updateMedia, deleteMedia, recoverMedia, getMediaThumbnail],
  streamLivestreamEvents,
  ...[createMediaClip, createLivestreamClip],
  listLivestreamTimeline,
  resetStreamKey,
  ...[createPlaybackToken, createMediaPlaybackToken],
  ...[listTokens, createToken, revokeToken],
  ...[listWebhooks, createWebhook, getWebhook, updateWebhook, deleteWebhook, rotateWebhookSecret],
  ...[listWebhookDeliveries, redeliverWebhook, testWebhook],
  listLivestreamStatsOverviews,
];

const LICENSE = { name: "MIT", identifier: "MIT" };

/** Where a server is that was never set up. */
const DEFAULT_SERVER_URL = "http://localhost:8080";

const TAGS = [
  { name: "Livestreams", description: "Broadcasts that happen once: create, start, publish, stop." },
  { name: "Statistics", description: "Who watches and what arrives: now, over time, and as it happens." },
  {
    name: "Thumbnails",
    description: "The pictures of livestreams and media: uploaded, or taken from the stream.",
  },
  { name: "Media", description: "The on-demand assets that stopped livestreams become, and clips." },
  { name: "Tokens", description: "Who may call. For tokens of scope `admin`." },
  { name: "Webhooks", description: "Whom the server tells of what happens, and what they answered." },
];

/** The document as text, the same for every call. `serverUrl`: of the server that hands it out, without a trailing slash. */
export function renderDocument(serverUrl = DEFAULT_SERVER_URL): string {
  const { openAPIRegistry, getOpenAPI31Document } = new OpenAPIHono();
  openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    description: "An API token. One of scope `read` may only GET, and sees no stream keys.",
  });
  for (const route of ROUTES) openAPIRegistry.registerPath(route);
  openAPIRegistry.register("StatusEvent", StatusEvent);
  openAPIRegistry.register("SwitchEvent", SwitchEvent);
  const document = getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Tandem",
      version: "2",
      description: introduction(serverUrl),
      license: LICENSE,
    },
    servers: [
      { url: serverUrl, description: "The public address." },
      { url: ".", description: "Wherever this document was found." },
    ],
    security: [{ token: [] }],
    tags: TAGS,
  });
  return `${JSON.stringify(document, null, 2)}\n`;
}

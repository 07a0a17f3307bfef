// The calls that let a viewer watch what is signed.

import { OpenAPIHono } from "@hono/zod-openapi";
import { livePlaylistPath, mediaPlaylistPath, TOKEN_PARAMETER } from "#openapi/playback-paths.ts";
import { createMediaPlaybackToken, createPlaybackToken } from "#openapi/routes/playback-token-routes.ts";
import type { PublicUrls } from "#server/common/public-urls.ts";
import { DEFAULT_TOKEN_SECONDS, type PlaybackTokens } from "#server/delivery/playback-tokens.ts";
import type { LivestreamService } from "#server/livestreams/livestream-service.ts";
import { type MediaService, SOFT_DELETED } from "#server/livestreams/media-service.ts";
import { fail } from "./fail.ts";
import { success } from "./success.ts";
import { answerInvalid } from "./validation.ts";

export interface PlaybackTokenRoutesOptions {
  readonly livestreams: Pick<LivestreamService, "status">;
  readonly media: Pick<MediaService, "get">;
  readonly tokens: Pick<PlaybackTokens, "issue">;
  readonly urls: PublicUrls;
}

/** As the body says it; a call without a body says nothing. */
interface Wanted {
  readonly expiresInSeconds?: number;
  readonly viewerId?: string;
}

export function playbackTokenRoutes(options: PlaybackTokenRoutesOptions): OpenAPIHono {
  const { livestreams, media } = options;
  const routes = new OpenAPIHono({ defaultHook: answerInvalid });

  routes.openapi(createPlaybackToken, async (context) => {
    const { id } = context.req.valid("param");
    if ((await livestreams.status(id)) === null) return fail(context, { code: "not_found" });
    const issued = await issue(options, id, livePlaylistPath(id, "auto"), context.req.valid("json"));
    return context.json(success(issued), 201);
  });

  routes.openapi(createMediaPlaybackToken, async (context) => {
    const { id } = context.req.valid("param");
    const asset = await media.get(id);
    if (asset === null) return fail(context, { code: "not_found" });
    if (asset.status === "softDeleted") return fail(context, SOFT_DELETED);
    const issued = await issue(options, id, mediaPlaylistPath(id), context.req.valid("json"));
    return context.json(success(issued), 201);
  });

  return routes;
}

async function issue(
  { tokens, urls }: PlaybackTokenRoutesOptions,
  subject: string,
  playlistPath: string,
  { expiresInSeconds: seconds = DEFAULT_TOKEN_SECONDS, viewerId }: Wanted,
) {
  const { token, expiresAtMs } = await tokens.issue({ subject, seconds, viewer: viewerId ?? null });
  return {
    token,
    expiresAtUtc: new Date(expiresAtMs).toISOString(),
    url: `${urls.http(playlistPath)}?${TOKEN_PARAMETER}=${token}`,
  };
}

// A media asset over HLS: its playlist, and stretches of the file that was recorded.

import { type Context, Hono } from "hono";
import { type Listed, parseListedUri } from "#media/hls/listed-uri.ts";
import { renderVodPlaylist } from "#media/hls/vod-playlist.ts";
import type { Location } from "#server/recording/recorder.ts";
import type { Recording } from "#server/recording/recording.ts";
import { CONTENT_TYPES, notFoundAnswer, PlaylistText, preflightAnswer } from "./playback-answers.ts";
import { recordedAnswer } from "./recorded-answer.ts";
import type { StretchCache } from "./stretch-cache.ts";

export interface MediaPlaybackRoutesOptions {
  /** Whose recording plays under a media id; null when nothing does. */
  readonly media: { playable(mediaId: string): { readonly livestreamId: string } | null };
  readonly stretches: StretchCache;
  readonly recordings: { finished(livestreamId: string): Promise<Recording | null> };
}

export function mediaPlaybackRoutes({ media, recordings, stretches }: MediaPlaybackRoutesOptions): Hono {
  const playlists = new WeakMap<Recording, PlaylistText>();
  const routes = new Hono();
  routes.options("/media/:id/:file", () => preflightAnswer());
  routes.get("/media/:id/:file", async (context) => {
    const { id, file } = context.req.param();
    const playable = media.playable(id);
    const recording = playable === null ? null : await recordings.finished(playable.livestreamId);
    if (recording === null) return notFoundAnswer();
    if (file !== "index.m3u8") return bytesOf(context, recording, file, stretches);
    const playlist = playlists.get(recording) ?? new PlaylistText(playlistTextOf(recording), "final");
    playlists.set(recording, playlist);
    return playlist.answer(context.req.raw);
  });
  return routes;
}

function playlistTextOf({ segments, targetDurationSeconds }: Recording): string {
  return renderVodPlaylist(segments, targetDurationSeconds ?? 1);
}

function bytesOf(
  { req }: Context,
  recording: Recording,
  name: string,
  stretches: StretchCache,
): Response | Promise<Response> {
  const listed = parseListedUri(name);
  const location = listed === null ? undefined : locationOf(recording, listed);
  if (listed === null || location === undefined) return notFoundAnswer();
  const { offset, byteLength } = location;
  const stretch = { file: recording.mediaFile, offset, byteLength };
  return recordedAnswer(req.raw, stretch, CONTENT_TYPES[listed.kind], stretches);
}

function locationOf(recording: Recording, { kind, number }: Listed): Location | undefined {
  if (kind === "segment") return segmentOf(recording, number);
  return recording.initializations.find(({ id }) => id === number);
}

/** Numbers rise by one from the first segment on. */
function segmentOf({ segments }: Recording, msn: number): Recording["segments"][number] | undefined {
  const found = segments[msn - (segments[0]?.msn ?? 0)];
  return found?.msn === msn ? found : segments.find((segment) => segment.msn === msn);
}

// A media asset over HLS: its playlist, and stretches of the file that was recorded.

import { type Context, Hono } from "hono";
import { renderVodPlaylist } from "#media/hls/vod-playlist.ts";
import type { Recording } from "#server/recording/recording.ts";
import {
  bytesAnswer,
  notFoundAnswer,
  PlaylistText,
  playlistAnswer,
  preflightAnswer,
} from "./playback-answers.ts";

export interface MediaPlaybackRoutesOptions {
  /** Whose recording plays under a media id; null when nothing does. */
  readonly media: { playable(mediaId: string): { readonly livestreamId: string } | null };
  readonly recordings: { finished(livestreamId: string): Promise<Recording | null> };
}

export function mediaPlaybackRoutes({ media, recordings }: MediaPlaybackRoutesOptions): Hono {
  const playlists = new WeakMap<Recording, PlaylistText>();
  const routes = new Hono();
  routes.options("/media/:id/:file", () => preflightAnswer());
  routes.get("/media/:id/:file", async (context) => {
    const { id, file } = context.req.param();
    const playable = media.playable(id);
    const recording = playable === null ? null : await recordings.finished(playable.livestreamId);
    if (recording === null) return notFoundAnswer();
    if (file !== "index.m3u8") return bytesOf(context, recording, file);
    const playlist = playlists.get(recording) ?? new PlaylistText(playlistTextOf(recording));
    playlists.set(recording, playlist);
    return playlistAnswer(context.req.raw, playlist, true);
  });
  return routes;
}

function playlistTextOf({ segments, targetDurationSeconds }: Recording): string {
  return renderVodPlaylist(segments, targetDurationSeconds ?? 1);
}

function bytesOf({ req }: Context, recording: Recording, name: string): Response {
  const [, kind, number = ""] = /^(init|segment)-(0|[1-9]\d{0,14})\.(?:mp4|m4s)$/.exec(name) ?? [];
  const isInitialization = kind === "init" && name.endsWith(".mp4");
  const isSegment = kind === "segment" && name.endsWith(".m4s");
  if (!isInitialization && !isSegment) return notFoundAnswer();
  const location = isSegment
    ? segmentOf(recording, Number(number))
    : recording.initializations.find(({ id }) => id === Number(number));
  if (location === undefined) return notFoundAnswer();
  const { offset, byteLength } = location;
  const bytes = { file: recording.mediaFile, offset, byteLength };
  return bytesAnswer(req.raw, bytes, isSegment ? "video/iso.segment" : "video/mp4");
}

/** Numbers rise by one from the first segment on. */
function segmentOf({ segments }: Recording, msn: number): Recording["segments"][number] | undefined {
  const found = segments[msn - (segments[0]?.msn ?? 0)];
  return found?.msn === msn ? found : segments.find((segment) => segment.msn === msn);
}

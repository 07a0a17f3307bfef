// The programme of a livestream over HLS: playlists as they are now, and the bytes they list.

import { Hono } from "hono";
import { renderMediaPlaylist } from "#media/hls/media-playlist.ts";
import { renderMultivariantPlaylist } from "#media/hls/multivariant-playlist.ts";
import type { Held, PlaylistWindow } from "#media/hls/playlist-window.ts";
import type { Programme } from "#server/playout/programme.ts";
import type { Location } from "#server/recording/recorder.ts";
import {
  bytesAnswer,
  notFoundAnswer,
  PlaylistText,
  playlistAnswer,
  preflightAnswer,
  redirectAnswer,
} from "./playback-answers.ts";

/** What is known of a livestream that may have been live. */
export interface PlayedLivestream {
  readonly status: "created" | "started" | "live" | "converting" | "finished" | "failed";
  readonly mediaId: string | null;
}

export interface HlsRoutesOptions {
  readonly playouts: { programme(livestreamId: string): Programme | null };
  readonly livestream: (id: string) => PlayedLivestream | null;
  /** The file that a livestream is recorded to. */
  readonly mediaFile: (livestreamId: string) => string;
}

const MEDIA_PLAYLIST = "media.m3u8";
const MULTIVARIANT_PLAYLIST = "index.m3u8";

/** Something will be there within seconds. */
const SOON = { "Retry-After": "1" };

export function hlsRoutes(options: HlsRoutesOptions): Hono {
  const texts = new RenderedPlaylists();
  const routes = new Hono();
  routes.options("/live/:id/:file", () => preflightAnswer());
  routes.get("/live/:id/:file", ({ req }) => {
    const { id, file } = req.param();
    const programme = options.playouts.programme(id);
    switch (file) {
      case MULTIVARIANT_PLAYLIST:
        return (
          redirectOf(options.livestream(id)) ??
          playlistOf(req.raw, programme, texts.multivariant, options, id)
        );
      case MEDIA_PLAYLIST:
        if (programme === null) return redirectOf(options.livestream(id)) ?? missing(options.livestream(id));
        return playlistOf(req.raw, programme, texts.media, options, id);
      default:
        return programme === null
          ? notFoundAnswer()
          : bytesOf(req.raw, programme, file, options.mediaFile(id));
    }
  });
  return routes;
}

function playlistOf(
  request: Request,
  programme: Programme | null,
  render: (window: PlaylistWindow) => PlaylistText | null,
  { livestream }: HlsRoutesOptions,
  id: string,
): Response {
  const text = programme === null ? null : render(programme.window);
  return text === null ? missing(livestream(id)) : playlistAnswer(request, text, false);
}

function missing(livestream: PlayedLivestream | null): Response {
  const isExpected = livestream?.status === "live" || livestream?.status === "converting";
  return notFoundAnswer(isExpected ? SOON : {});
}

/** Once there is a recording, whoever comes to the livestream watches that. */
function redirectOf(livestream: PlayedLivestream | null): Response | null {
  if (livestream?.status !== "finished" || livestream.mediaId === null) return null;
  return redirectAnswer(`../../media/${livestream.mediaId}/index.m3u8`);
}

function bytesOf(request: Request, programme: Programme, name: string, mediaFile: string): Response {
  const [, kind, number] = /^(init|segment)-(\d{1,15})\.(?:mp4|m4s)$/.exec(name) ?? [];
  if (kind === "init" && name.endsWith(".mp4")) {
    const id = Number(number);
    const held = programme.window.initialization(id);
    return heldAnswer(request, held, programme.recorder.initialization(id), mediaFile, "video/mp4");
  }
  if (kind === "segment" && name.endsWith(".m4s")) {
    const msn = Number(number);
    const held = programme.window.segment(msn);
    return heldAnswer(request, held, programme.recorder.segment(msn), mediaFile, "video/iso.segment");
  }
  return notFoundAnswer();
}

function heldAnswer(
  request: Request,
  held: Held | undefined,
  location: Location | null,
  file: string,
  contentType: string,
): Response {
  if (held === undefined) return notFoundAnswer();
  if (held !== "recorded") return bytesAnswer(request, held, contentType);
  return location === null ? notFoundAnswer() : bytesAnswer(request, { file, ...location }, contentType);
}

/** The texts of each window's playlists as of its last change: rendered once, however many ask. */
class RenderedPlaylists {
  readonly #media = new WeakMap<PlaylistWindow, Rendered>();
  readonly #multivariant = new WeakMap<PlaylistWindow, Rendered>();

  readonly media = (window: PlaylistWindow): PlaylistText | null =>
    rendered(this.#media, window, renderMediaPlaylist);

  readonly multivariant = (window: PlaylistWindow): PlaylistText | null =>
    rendered(this.#multivariant, window, (each) => renderMultivariantPlaylist(each, MEDIA_PLAYLIST));
}

interface Rendered {
  readonly version: number;
  readonly text: PlaylistText | null;
}

function rendered(
  cache: WeakMap<PlaylistWindow, Rendered>,
  window: PlaylistWindow,
  render: (window: PlaylistWindow) => string | null,
): PlaylistText | null {
  const last = cache.get(window);
  if (last !== undefined && last.version === window.version) return last.text;
  const text = render(window);
  const fresh = { version: window.version, text: text === null ? null : new PlaylistText(text) };
  cache.set(window, fresh);
  return fresh.text;
}

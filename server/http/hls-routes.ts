// The programme of a livestream over HLS: playlists as they are now, and the bytes they list.

import { Hono } from "hono";
import { parseListedUri } from "#media/hls/listed-uri.ts";
import { renderMediaPlaylist } from "#media/hls/media-playlist.ts";
import { renderMultivariantPlaylist } from "#media/hls/multivariant-playlist.ts";
import type { Held, PlaylistWindow } from "#media/hls/playlist-window.ts";
import { INSTANCE_NAMES, type InstanceName } from "#server/playout/instance-name.ts";
import type { Programme } from "#server/playout/programme.ts";
import type { Location } from "#server/recording/recorder.ts";
import type { PlayoutName, Viewers } from "#server/stats/viewers.ts";
import {
  bytesAnswer,
  CONTENT_TYPES,
  notFoundAnswer,
  PlaylistText,
  playlistAnswer,
  preflightAnswer,
  redirectAnswer,
  viewerPlaylistAnswer,
} from "./playback-answers.ts";

/** What is known of a livestream that may have been live. */
export interface PlayedLivestream {
  readonly status: "created" | "started" | "live" | "converting" | "finished" | "failed";
  readonly mediaId: string | null;
  readonly withBackup: boolean;
}

export interface HlsRoutesOptions {
  readonly playouts: {
    programme(livestreamId: string): Programme | null;
    /** One side's own, made if there is none. */
    sideProgramme(livestreamId: string, instance: InstanceName): Programme | null;
  };
  readonly livestream: (id: string) => PlayedLivestream | null;
  /** The file that a livestream is recorded to. */
  readonly mediaFile: (livestreamId: string) => string;
  readonly viewers: Pick<Viewers, "newSession" | "watched">;
  /** Of the peer. */
  readonly addressOf: (request: Request) => string;
}

const MEDIA_PLAYLIST = "media.m3u8";
const MULTIVARIANT_PLAYLIST = "index.m3u8";

/** Where in the rendered multivariant playlist each viewer's own session id goes. */
const SESSION_PLACE = "{session}";

/** Something will be there, within seconds where it is live. */
const SOON = { "Retry-After": "1" };

export function hlsRoutes(options: HlsRoutesOptions): Hono {
  const prepared = new Prepared();
  const routes = new Hono();
  routes.options("/live/:id/:file", () => preflightAnswer());
  routes.get("/live/:id/:file", ({ req }) => {
    const { id, file } = req.param();
    return answer(req.raw, options.playouts.programme(id), prepared, options, { id, playout: "auto", file });
  });
  routes.options("/live/:id/:instance/:file", () => preflightAnswer());
  routes.get("/live/:id/:instance/:file", ({ req }) => {
    const { id, instance, file } = req.param();
    const name = INSTANCE_NAMES.find((each) => each === instance);
    if (name === undefined) return notFoundAnswer();
    return answer(req.raw, options.playouts.sideProgramme(id, name), prepared, options, {
      id,
      playout: name,
      file,
    });
  });
  return routes;
}

/** Whose first segment may still come. */
const EXPECTED: ReadonlySet<PlayedLivestream["status"]> = new Set([
  "created",
  "started",
  "live",
  "converting",
]);

interface Asked {
  readonly id: string;
  readonly playout: PlayoutName;
  readonly file: string;
}

function answer(
  request: Request,
  programme: Programme | null,
  prepared: Prepared,
  options: HlsRoutesOptions,
  asked: Asked,
): Response {
  const { id, file } = asked;
  switch (file) {
    case MULTIVARIANT_PLAYLIST:
      return (
        redirectOf(options.livestream(id), asked) ??
        multivariantOf(request, programme, prepared, options, asked)
      );
    case MEDIA_PLAYLIST:
      if (programme !== null) return mediaPlaylistOf(request, programme, prepared, options, asked);
      return redirectOf(options.livestream(id), asked) ?? missing(options.livestream(id), asked);
    default:
      return programme === null
        ? notFoundAnswer()
        : bytesOf(request, programme, prepared, file, options.mediaFile(id));
  }
}

/** Each viewer's own, for the session id in it. */
function multivariantOf(
  request: Request,
  programme: Programme | null,
  prepared: Prepared,
  { livestream, viewers }: HlsRoutesOptions,
  asked: Asked,
): Response {
  const text = programme === null ? null : prepared.multivariant(programme.window);
  if (text === null) return missing(livestream(asked.id), asked);
  const session = viewers.newSession();
  return viewerPlaylistAnswer(request, new PlaylistText(text.replace(SESSION_PLACE, session)));
}

/** The same for all; whoever gets it is a viewer from now on. */
function mediaPlaylistOf(
  request: Request,
  { window }: Programme,
  prepared: Prepared,
  { livestream, viewers, addressOf }: HlsRoutesOptions,
  asked: Asked,
): Response {
  const { id, playout } = asked;
  const text = prepared.media(window);
  if (text === null) return missing(livestream(id), asked);
  if (request.method === "GET") {
    const { headers, url } = request;
    const viewer = { headers, url, address: () => addressOf(request) };
    viewers.watched(id, playout, viewer, window.targetDurationSeconds ?? 0);
  }
  return playlistAnswer(request, text, false);
}

function missing(livestream: PlayedLivestream | null, { playout }: Asked): Response {
  const willBe = livestream !== null && (playout !== "secondary" || livestream.withBackup);
  return notFoundAnswer(willBe && EXPECTED.has(livestream.status) ? SOON : {});
}

/** Once there is a recording, whoever comes to the livestream watches that. */
function redirectOf(livestream: PlayedLivestream | null, { playout }: Asked): Response | null {
  if (livestream?.status !== "finished" || livestream.mediaId === null) return null;
  const root = playout === "auto" ? "../.." : "../../..";
  return redirectAnswer(`${root}/media/${livestream.mediaId}/index.m3u8`);
}

function bytesOf(
  request: Request,
  programme: Programme,
  prepared: Prepared,
  name: string,
  mediaFile: string,
): Response {
  const listed = parseListedUri(name);
  if (listed === null) return notFoundAnswer();
  const { kind, number } = listed;
  const { window, recorder } = programme;
  const held = prepared.bytes(window[kind](number));
  return heldAnswer(request, held, recorder[kind](number), mediaFile, CONTENT_TYPES[kind]);
}

function heldAnswer(
  request: Request,
  held: Blob | "recorded" | undefined,
  location: Location | null,
  file: string,
  contentType: string,
): Response {
  if (held === undefined) return notFoundAnswer();
  if (held !== "recorded") return bytesAnswer(request, held, contentType);
  return location === null ? notFoundAnswer() : bytesAnswer(request, { file, ...location }, contentType);
}

/** What is sent as it is, made once, however many ask: the texts of each window's playlists as of its last change, and bytes. */
class Prepared {
  readonly #media = new WeakMap<PlaylistWindow, Rendered<PlaylistText>>();
  readonly #multivariant = new WeakMap<PlaylistWindow, Rendered<string>>();
  readonly #blobs = new WeakMap<Uint8Array, Blob>();

  media(window: PlaylistWindow): PlaylistText | null {
    return rendered(this.#media, window, () => {
      const text = renderMediaPlaylist(window);
      return text === null ? null : new PlaylistText(text);
    });
  }

  /** With {@link SESSION_PLACE} in it. */
  multivariant(window: PlaylistWindow): string | null {
    const uri = `${MEDIA_PLAYLIST}?session=${SESSION_PLACE}`;
    return rendered(this.#multivariant, window, () => renderMultivariantPlaylist(window, uri));
  }

  /** A Blob is sent to every viewer from where it is; an array would be copied for each. */
  bytes(held: Held | undefined): Blob | "recorded" | undefined {
    if (!(held instanceof Uint8Array)) return held;
    const blob = this.#blobs.get(held) ?? new Blob([new Uint8Array(held)]);
    this.#blobs.set(held, blob);
    return blob;
  }
}

interface Rendered<Text> {
  readonly version: number;
  readonly text: Text | null;
}

function rendered<Text>(
  cache: WeakMap<PlaylistWindow, Rendered<Text>>,
  window: PlaylistWindow,
  render: () => Text | null,
): Text | null {
  const last = cache.get(window);
  if (last !== undefined && last.version === window.version) return last.text;
  const fresh = { version: window.version, text: render() };
  cache.set(window, fresh);
  return fresh.text;
}

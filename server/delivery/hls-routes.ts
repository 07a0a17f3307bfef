// The programme of a livestream over HLS: playlists as they are now, and the bytes they list.

import { Hono } from "hono";
import { parseListedUri } from "#media/hls/listed-uri.ts";
import { renderMediaPlaylist } from "#media/hls/media-playlist.ts";
import { renderMultivariantPlaylist } from "#media/hls/multivariant-playlist.ts";
import type { PlaylistWindow } from "#media/hls/playlist-window.ts";
import {
  INSTANCE_NAMES,
  type InstanceName,
  type LivestreamStatus,
  type PlayoutName,
} from "#openapi/names.ts";
import { MULTIVARIANT_PLAYLIST, mediaPlaylistPath } from "#openapi/playback-paths.ts";
import type { Programme } from "#server/programme/programme.ts";
import type { Viewers } from "#server/stats/viewers.ts";
import {
  CONTENT_TYPES,
  ImmutableBytes,
  notFoundAnswer,
  PlaylistText,
  preflightAnswer,
  redirectAnswer,
  viewerPlaylistAnswer,
} from "./playback-answers.ts";
import { recordedAnswer } from "./recorded-answer.ts";
import type { StretchCache } from "./stretch-cache.ts";

/** What is known of a livestream that may have been live. */
export interface PlayedLivestream {
  readonly status: LivestreamStatus;
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
  readonly stretches: StretchCache;
  readonly viewers: Pick<Viewers, "newSession" | "watched">;
  /** Of the peer. */
  readonly addressOf: (request: Request) => string;
}

const MEDIA_PLAYLIST = "media.m3u8";

/** Where in the rendered multivariant playlist each viewer's own session id goes. */
const SESSION_PLACE = "{session}";

/** Something will be there, within seconds where it is live. */
const SOON = { "Retry-After": "1" };

/** Whose first segment may still come. */
const EXPECTED: ReadonlySet<PlayedLivestream["status"]> = new Set([
  "created",
  "started",
  "live",
  "converting",
]);

/** Of a programme, without anything that needs decoding. */
const PROGRAMME_URL = /^https?:\/\/[^/]*\/live\/([^/?#%]+)\/([^/?#%]+)(?:[?#]|$)/;

interface Asked {
  readonly request: Request;
  readonly id: string;
  readonly playout: PlayoutName;
  readonly file: string;
}

export class HlsRoutes {
  readonly routes = new Hono();
  readonly #options: HlsRoutesOptions;
  readonly #prepared = new Prepared();

  constructor(options: HlsRoutesOptions) {
    this.#options = options;
    this.routes.options("/live/:id/:file", () => preflightAnswer());
    this.routes.get("/live/:id/:file", ({ req }) => {
      const { id, file } = req.param();
      return this.#answer(options.playouts.programme(id), { request: req.raw, id, playout: "auto", file });
    });
    this.routes.options("/live/:id/:instance/:file", () => preflightAnswer());
    this.routes.get("/live/:id/:instance/:file", ({ req }) => {
      const { id, instance, file } = req.param();
      const playout = INSTANCE_NAMES.find((each) => each === instance);
      if (playout === undefined) return notFoundAnswer();
      return this.#answer(options.playouts.sideProgramme(id, playout), {
        request: req.raw,
        id,
        playout,
        file,
      });
    });
  }

  /**
   * What {@link routes} would answer to the requests that come most, without the way there: a router, its context and its
   * parameters cost an eighth of a playlist. Null for all others.
   */
  shortcut(request: Request): Response | Promise<Response> | null {
    if (request.method !== "GET") return null;
    const [, id, file] = PROGRAMME_URL.exec(request.url) ?? [];
    if (id === undefined || file === undefined) return null;
    const programme = this.#options.playouts.programme(id);
    return programme === null ? null : this.#answer(programme, { request, id, playout: "auto", file });
  }

  #answer(programme: Programme | null, asked: Asked): Response | Promise<Response> {
    switch (asked.file) {
      case MULTIVARIANT_PLAYLIST:
        return this.#redirect(asked) ?? this.#multivariantPlaylist(programme, asked);
      case MEDIA_PLAYLIST:
        if (programme !== null) return this.#mediaPlaylist(programme, asked);
        return this.#redirect(asked) ?? this.#missing(asked);
      default:
        return programme === null ? notFoundAnswer() : this.#bytes(programme, asked);
    }
  }

  /** Each viewer's own, for the session id in it. */
  #multivariantPlaylist(programme: Programme | null, asked: Asked): Response {
    const text = programme === null ? null : this.#prepared.multivariant(programme.window);
    if (text === null) return this.#missing(asked);
    const session = this.#options.viewers.newSession();
    return viewerPlaylistAnswer(asked.request, text.replace(SESSION_PLACE, session));
  }

  /** The same for all; whoever gets it is a viewer from now on. */
  #mediaPlaylist({ window }: Programme, asked: Asked): Response {
    const { request, id, playout } = asked;
    const playlist = this.#prepared.media(window);
    if (playlist === null) return this.#missing(asked);
    if (request.method === "GET") {
      const { headers, url } = request;
      const viewer = { headers, url, address: () => this.#options.addressOf(request) };
      this.#options.viewers.watched(id, playout, viewer, window.targetDurationSeconds ?? 0);
    }
    return playlist.answer(request);
  }

  #missing({ id, playout }: Asked): Response {
    const livestream = this.#options.livestream(id);
    const willBe = livestream !== null && (playout !== "secondary" || livestream.withBackup);
    return notFoundAnswer(willBe && EXPECTED.has(livestream.status) ? SOON : {});
  }

  /** Once there is a recording, whoever comes to the livestream watches that. */
  #redirect({ id, playout }: Asked): Response | null {
    const livestream = this.#options.livestream(id);
    if (livestream?.status !== "finished" || livestream.mediaId === null) return null;
    const root = playout === "auto" ? "../.." : "../../..";
    return redirectAnswer(`${root}/${mediaPlaylistPath(livestream.mediaId)}`);
  }

  #bytes({ window, recorder }: Programme, { request, id, file }: Asked): Response | Promise<Response> {
    const listed = parseListedUri(file);
    if (listed === null) return notFoundAnswer();
    const { kind, number } = listed;
    const contentType = CONTENT_TYPES[kind];
    const held = window[kind](number);
    if (held === undefined) return notFoundAnswer();
    if (held !== "recorded") return this.#prepared.bytes(held, contentType).answer(request);
    const location = recorder[kind](number);
    if (location === null) return notFoundAnswer();
    const stretch = { file: this.#options.mediaFile(id), ...location };
    return recordedAnswer(request, stretch, contentType, this.#options.stretches);
  }
}

/** What is sent as it is, made once, however many ask: the texts of each window's playlists as of its last change, and bytes. */
class Prepared {
  readonly #media = new WeakMap<PlaylistWindow, Rendered<PlaylistText>>();
  readonly #multivariant = new WeakMap<PlaylistWindow, Rendered<string>>();
  readonly #bytes = new WeakMap<Uint8Array, ImmutableBytes>();

  media(window: PlaylistWindow): PlaylistText | null {
    return rendered(this.#media, window, () => {
      const text = renderMediaPlaylist(window);
      return text === null ? null : new PlaylistText(text, "live");
    });
  }

  /** With {@link SESSION_PLACE} in it. */
  multivariant(window: PlaylistWindow): string | null {
    const uri = `${MEDIA_PLAYLIST}?session=${SESSION_PLACE}`;
    return rendered(this.#multivariant, window, () => renderMultivariantPlaylist(window, uri));
  }

  /** A Blob is sent to every viewer from where it is; an array would be copied for each. */
  bytes(held: Uint8Array, contentType: string): ImmutableBytes {
    const prepared =
      this.#bytes.get(held) ?? new ImmutableBytes(new Blob([new Uint8Array(held)]), contentType);
    this.#bytes.set(held, prepared);
    return prepared;
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

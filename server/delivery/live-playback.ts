// The playouts of livestreams over HLS: playlists as they are now, and the bytes they list.

import type { PlaylistWindow } from "#media/hls/playlist-window.ts";
import type { LivestreamStatus, PlayoutName } from "#openapi/names.ts";
import { MEDIA_PLAYLIST, MULTIVARIANT_PLAYLIST, mediaPlaylistPath } from "#openapi/playback-paths.ts";
import type { Programme } from "#server/programme/programme.ts";
import type { Viewers } from "#server/stats/viewers.ts";
import type { ListedAnswers } from "./listed-answers.ts";
import { notFoundAnswer, redirectAnswer, viewerPlaylistAnswer } from "./playback-answers.ts";
import type { PlaybackPath } from "./playback-path.ts";
import { PreparedPlaylists } from "./prepared-playlists.ts";

/** What is known of a livestream that may have been live. */
export interface PlayedLivestream {
  readonly status: LivestreamStatus;
  readonly mediaId: string | null;
  readonly withBackup: boolean;
}

export interface LivePlaybackOptions {
  /** What is watched under a playout's name now; an instance's own is made if there is none. */
  readonly programme: (livestreamId: string, playout: PlayoutName) => Programme | null;
  readonly livestream: (id: string) => PlayedLivestream | null;
  readonly listed: ListedAnswers;
  readonly viewers: Pick<Viewers, "newSession" | "watched">;
  /** The peer's. */
  readonly addressOf: (request: Request) => string;
}

/** Something will be there, within seconds where it is live. */
const SOON = { "Retry-After": "1" };

/** Livestreams whose first segment may still come. */
const EXPECTED: ReadonlySet<LivestreamStatus> = new Set(["created", "started", "live", "converting"]);

export class LivePlayback {
  readonly #options: LivePlaybackOptions;
  readonly #prepared = new PreparedPlaylists();

  constructor(options: LivePlaybackOptions) {
    this.#options = options;
  }

  answer(request: Request, path: PlaybackPath): Response | Promise<Response> {
    const programme = this.#options.programme(path.id, path.playout);
    if (path.rendition === null) {
      if (path.file !== MULTIVARIANT_PLAYLIST) return notFoundAnswer();
      return this.#redirect(path) ?? this.#multivariantPlaylist(programme, request, path);
    }
    const window = programme?.windows.get(path.rendition);
    if (path.file === MEDIA_PLAYLIST) {
      if (window !== undefined) return this.#mediaPlaylist(window, request, path);
      return this.#redirect(path) ?? this.#missing(path);
    }
    if (programme === null) return notFoundAnswer();
    return this.#options.listed.answer(request, programme.held, path.rendition, path.file);
  }

  /** Each viewer's own, for the session id in it. */
  #multivariantPlaylist(programme: Programme | null, request: Request, path: PlaybackPath): Response {
    const { viewers } = this.#options;
    const text =
      programme === null ? null : this.#prepared.multivariant(programme, () => viewers.newSession());
    return text === null ? this.#missing(path) : viewerPlaylistAnswer(request, text);
  }

  /** The same for all; whoever gets it is a viewer from now on. */
  #mediaPlaylist(window: PlaylistWindow, request: Request, path: PlaybackPath): Response {
    const playlist = this.#prepared.media(window);
    if (playlist === null) return this.#missing(path);
    if (request.method === "GET") {
      const { headers, url } = request;
      const viewer = { headers, url, address: () => this.#options.addressOf(request) };
      const { id, playout } = path;
      this.#options.viewers.watched(id, playout, viewer, window.targetDurationSeconds ?? 0);
    }
    return playlist.answer(request);
  }

  #missing({ id, playout }: PlaybackPath): Response {
    const livestream = this.#options.livestream(id);
    const willBe = livestream !== null && (playout !== "secondary" || livestream.withBackup);
    return notFoundAnswer(willBe && EXPECTED.has(livestream.status) ? SOON : {});
  }

  /** Once there is a recording, whoever comes to the livestream watches that. */
  #redirect({ id, toRoot }: PlaybackPath): Response | null {
    const livestream = this.#options.livestream(id);
    if (livestream?.status !== "finished" || livestream.mediaId === null) return null;
    return redirectAnswer(`${toRoot}${mediaPlaylistPath(livestream.mediaId)}`);
  }
}

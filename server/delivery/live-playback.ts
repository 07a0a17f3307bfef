// The playouts of livestreams over HLS: playlists as they are now, and the bytes they list.

import { parseListedUri } from "#media/hls/listed-uri.ts";
import type { PlaylistWindow } from "#media/hls/playlist-window.ts";
import type { RenditionName } from "#media/hls/rendition.ts";
import type { LivestreamStatus, PlayoutName } from "#openapi/names.ts";
import {
  livePlaylistPath,
  MEDIA_PLAYLIST,
  MULTIVARIANT_PLAYLIST,
  mediaFilePath,
  mediaPlaylistPath,
} from "#openapi/playback-paths.ts";
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
  /** Resolves when it is known what is watched; null where it is, or nothing will be. */
  readonly opening: (livestreamId: string) => Promise<void> | null;
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
    const { programme, opening } = this.#options;
    const watched = programme(path.id, path.playout);
    const opened = watched === null ? opening(path.id) : null;
    if (opened === null) return this.#answerFrom(watched, request, path);
    return opened.then(() => this.#answerFrom(programme(path.id, path.playout), request, path));
  }

  #answerFrom(
    programme: Programme | null,
    request: Request,
    path: PlaybackPath,
  ): Response | Promise<Response> {
    if (path.rendition === null) {
      if (path.file !== MULTIVARIANT_PLAYLIST) return notFoundAnswer();
      return this.#redirect(programme, path) ?? this.#multivariantPlaylist(programme, request, path);
    }
    const window = programme?.windows.get(path.rendition);
    if (path.file === MEDIA_PLAYLIST) {
      if (window !== undefined) return this.#mediaPlaylist(window, request, path);
      return this.#redirect(programme, path) ?? this.#missing(path);
    }
    if (programme === null) return this.#redirectListed(path, path.rendition) ?? notFoundAnswer();
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

  /** Once there is a recording, whoever comes to the livestream watches that; before, an instance that is gone is the programme. */
  #redirect(programme: Programme | null, { id, playout, toRoot }: PlaybackPath): Response | null {
    const mediaId = this.#mediaId(id);
    if (mediaId !== null) return redirectAnswer(`${toRoot}${mediaPlaylistPath(mediaId)}`);
    const isGone = programme === null && playout !== "auto";
    if (!isGone || this.#options.livestream(id)?.status !== "converting") return null;
    return redirectAnswer(`${toRoot}${livePlaylistPath(id, "auto")}`);
  }

  /** Whoever still plays the ended playlist finds in the recording what it lists, under the same names. */
  #redirectListed({ id, playout, file, toRoot }: PlaybackPath, rendition: RenditionName): Response | null {
    const mediaId = playout === "auto" && parseListedUri(file) !== null ? this.#mediaId(id) : null;
    return mediaId === null ? null : redirectAnswer(`${toRoot}${mediaFilePath(mediaId, rendition, file)}`);
  }

  /** The asset that a finished livestream became; null for any other. */
  #mediaId(id: string): string | null {
    const livestream = this.#options.livestream(id);
    return livestream?.status === "finished" ? livestream.mediaId : null;
  }
}

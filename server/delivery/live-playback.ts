// The playouts of livestreams over HLS: playlists as they are now, and the bytes they list.

import { type ListedPart, parseListedUri } from "#media/hls/listed-uri.ts";
import type { PlaylistWindow } from "#media/hls/playlist-window.ts";
import type { RenditionName } from "#media/hls/rendition.ts";
import type { LivestreamStatus, PlaybackPolicy, PlayoutName } from "#openapi/names.ts";
import {
  livePlaylistPath,
  MEDIA_PLAYLIST,
  MULTIVARIANT_PLAYLIST,
  mediaFilePath,
  mediaPlaylistPath,
} from "#openapi/playback-paths.ts";
import type { Programme } from "#server/programme/programme.ts";
import type { Viewers } from "#server/stats/viewers.ts";
import { LeadIns } from "./lead-ins.ts";
import type { ListedAnswers } from "./listed-answers.ts";
import {
  type AwaitedAnswer,
  cacheable,
  directivesOf,
  invalidDirectiveAnswer,
  isHinted,
  maxWaitSeconds,
  whenListed,
} from "./low-latency.ts";
import {
  CONTENT_TYPES,
  notFoundAnswer,
  type PlaylistAnswers,
  redirectAnswer,
  viewerPlaylistAnswer,
} from "./playback-answers.ts";
import type { PlaybackGuard } from "./playback-guard.ts";
import type { PlaybackPath } from "./playback-path.ts";
import type { PlaybackTerms } from "./playback-terms.ts";
import { LEAD_IN_PARAMETER, PreparedPlaylists } from "./prepared-playlists.ts";

/** What is known of a livestream that may have been live. */
export interface PlayedLivestream {
  readonly status: LivestreamStatus;
  readonly mediaId: string | null;
  readonly withBackup: boolean;
  readonly playbackPolicy: PlaybackPolicy;
}

export interface LivePlaybackOptions {
  /** What is watched under a playout's name now; an instance's own is made if there is none. */
  readonly programme: (livestreamId: string, playout: PlayoutName) => Programme | null;
  /** Resolves when it is known what is watched; null where it is, or nothing will be. */
  readonly opening: (livestreamId: string) => Promise<void> | null;
  readonly livestream: (id: string) => Promise<PlayedLivestream | null>;
  readonly listed: ListedAnswers;
  /** Whether only those may watch who show a token; null where it is not open, and `livestream` says it. */
  readonly isSigned: (livestreamId: string) => boolean | null;
  readonly guard: Pick<PlaybackGuard, "answer">;
  readonly viewers: Pick<Viewers, "watched">;
  /** The peer's. */
  readonly addressOf: (request: Request) => string;
  /** Its answer may take so many seconds. */
  readonly mayWait: (request: Request, seconds: number) => void;
}

/** Something will be there, within seconds where it is live. */
const SOON = { "Retry-After": "1" };

/** Livestreams whose first segment may still come. */
const EXPECTED: ReadonlySet<LivestreamStatus> = new Set(["created", "started", "live", "converting"]);

export class LivePlayback {
  readonly #options: LivePlaybackOptions;
  readonly #prepared = new PreparedPlaylists();
  readonly #leadIns = new LeadIns();

  constructor(options: LivePlaybackOptions) {
    this.#options = options;
  }

  /** A media playlist, and what it lists from memory, are answered without waiting for anything. */
  answer(request: Request, path: PlaybackPath): Response | Promise<Response> {
    const isSigned = this.#options.isSigned(path.id);
    if (isSigned !== null) return this.#guarded(request, path, isSigned);
    return this.#options
      .livestream(path.id)
      .then((livestream) => this.#guarded(request, path, livestream?.playbackPolicy === "signed"));
  }

  #guarded(request: Request, path: PlaybackPath, isSigned: boolean): Response | Promise<Response> {
    return this.#options.guard.answer(request, path, isSigned, (terms) => this.#play(request, path, terms));
  }

  #play(request: Request, path: PlaybackPath, terms: PlaybackTerms): Response | Promise<Response> {
    const { programme, opening } = this.#options;
    const watched = programme(path.id, path.playout);
    const opened = watched?.isListed === true ? null : opening(path.id);
    if (opened === null) return this.#answerFrom(watched, request, path, terms);
    return opened.then(() => this.#answerFrom(programme(path.id, path.playout), request, path, terms));
  }

  #answerFrom(
    programme: Programme | null,
    request: Request,
    path: PlaybackPath,
    terms: PlaybackTerms,
  ): Response | Promise<Response> {
    if (path.rendition === null) {
      return path.file === MULTIVARIANT_PLAYLIST
        ? this.#multivariant(programme, request, path, terms)
        : notFoundAnswer();
    }
    const window = programme?.windows.get(path.rendition);
    if (path.file === MEDIA_PLAYLIST) {
      if (programme === null || window === undefined) return this.#elsewhere(programme, path, terms);
      const leadIn = leadInOf(request.url);
      return leadIn === null
        ? this.#askedPlaylist(programme, window, request, path)
        : this.#withLeadIn(programme, path.rendition, window, request, path, leadIn);
    }
    if (programme === null) return this.#listedElsewhere(path, path.rendition, terms);
    const listed = parseListedUri(path.file);
    if (listed?.kind === "lead-in") return this.#leadIn(request, programme, path.rendition, listed.number);
    if (listed?.kind === "part") return this.#part(request, programme, path.rendition, listed);
    return this.#options.listed.answer(request, programme.held, path.rendition, path.file);
  }

  /** Each viewer's own, for the session id in it. */
  async #multivariant(
    programme: Programme | null,
    request: Request,
    path: PlaybackPath,
    terms: PlaybackTerms,
  ): Promise<Response> {
    const { id } = path;
    const livestream = await this.#options.livestream(path.id);
    const elsewhere = redirection(livestream, programme, path, terms);
    if (elsewhere !== null) return elsewhere;
    const text =
      programme === null
        ? null
        : this.#prepared.multivariant(programme, terms.folder(id), () => terms.session(id));
    return text === null ? missing(livestream, path) : viewerPlaylistAnswer(request, text);
  }

  /** Of pictures that stood still, and of interlaced ones, there is no lead-in: none is listed. */
  async #withLeadIn(
    programme: Programme,
    rendition: RenditionName,
    window: PlaylistWindow,
    request: Request,
    path: PlaybackPath,
    msn: number,
  ): Promise<Response> {
    const segment = window.segments.find((each) => each.msn === msn);
    const isLacking = segment !== undefined && !(await this.#leadIns.has(programme.held, rendition, segment));
    const playlist = isLacking
      ? this.#prepared.media(programme, window)
      : this.#prepared.mediaWithLeadIn(window, msn);
    return this.#playlistAnswer(playlist, window, request, path);
  }

  /** At once, or when it lists what is asked for: whoever waits is a viewer, too. */
  #askedPlaylist(
    programme: Programme,
    window: PlaylistWindow,
    request: Request,
    path: PlaybackPath,
  ): Response | Promise<Response> {
    const directives = directivesOf(request.url, window);
    if (directives === null) return invalidDirectiveAnswer();
    const { target, skips } = directives;
    const answer = (): Response | Promise<Response> =>
      this.#playlistAnswer(
        skips ? this.#prepared.delta(programme, window) : this.#prepared.media(programme, window),
        window,
        request,
        path,
      );
    if (target === null) return answer();
    if (window.edge.has(target)) return cacheable(answer());
    this.#watched(request, path, window);
    const isThere = (): boolean => window.edge.has(target);
    return this.#when(request, programme, window, { isThere, answer: () => cacheable(answer()) });
  }

  #part(
    request: Request,
    programme: Programme,
    rendition: RenditionName,
    part: ListedPart,
  ): Response | Promise<Response> {
    const { held } = programme;
    const answer = (): Response | Promise<Response> =>
      this.#options.listed.answerWith(
        request,
        held.part(rendition, part.number, part.index),
        CONTENT_TYPES.segment,
      );
    const window = programme.windows.get(rendition);
    if (window === undefined || !isHinted(part, window)) return answer();
    const isThere = (): boolean => !isHinted(part, window);
    return this.#when(request, programme, window, { isThere, answer });
  }

  #when(
    request: Request,
    programme: Programme,
    window: PlaylistWindow,
    awaited: AwaitedAnswer,
  ): Promise<Response> {
    this.#options.mayWait(request, 2 * maxWaitSeconds(window));
    return whenListed(request, programme.waiters, window, awaited);
  }

  /** The same for all; whoever gets it is a viewer from now on. */
  #playlistAnswer(
    playlist: PlaylistAnswers | null,
    window: PlaylistWindow,
    request: Request,
    path: PlaybackPath,
  ): Response | Promise<Response> {
    if (playlist === null) return this.#notYet(path);
    this.#watched(request, path, window);
    return playlist.answer(request);
  }

  #watched(request: Request, { id, playout }: PlaybackPath, window: PlaylistWindow): void {
    if (request.method !== "GET") return;
    const { headers, url } = request;
    const viewer = { headers, url, address: () => this.#options.addressOf(request) };
    this.#options.viewers.watched(id, playout, viewer, window.targetDurationSeconds ?? 0);
  }

  #leadIn(
    request: Request,
    programme: Programme,
    rendition: RenditionName,
    msn: number,
  ): Response | Promise<Response> {
    const segment = programme.windows.get(rendition)?.segments.find((each) => each.msn === msn);
    return segment === undefined
      ? notFoundAnswer()
      : this.#leadIns.answer(request, programme.held, rendition, segment);
  }

  async #notYet(path: PlaybackPath): Promise<Response> {
    return missing(await this.#options.livestream(path.id), path);
  }

  /** There is no such playlist, or no more. */
  async #elsewhere(programme: Programme | null, path: PlaybackPath, terms: PlaybackTerms): Promise<Response> {
    const livestream = await this.#options.livestream(path.id);
    return redirection(livestream, programme, path, terms) ?? missing(livestream, path);
  }

  /** Whoever still plays the ended playlist finds in the recording what it lists, under the same names. */
  async #listedElsewhere(
    path: PlaybackPath,
    rendition: RenditionName,
    terms: PlaybackTerms,
  ): Promise<Response> {
    const { id, playout, file, toRoot } = path;
    if (playout !== "auto" || parseListedUri(file) === null) return notFoundAnswer();
    const mediaId = assetOf(await this.#options.livestream(id));
    return mediaId === null
      ? notFoundAnswer()
      : redirectAnswer(`${toRoot}${mediaFilePath(mediaId, terms.folder(mediaId), rendition, file)}`);
  }
}

const LEAD_IN = new RegExp(`[?&]${LEAD_IN_PARAMETER}=([1-9]\\d{0,14})(?:&|$)`);

/** Of a media playlist's URL; null where nothing of it is asked for. */
function leadInOf(url: string): number | null {
  if (!url.includes(LEAD_IN_PARAMETER)) return null;
  const msn = LEAD_IN.exec(url)?.[1];
  return msn === undefined ? null : Number(msn);
}

function missing(livestream: PlayedLivestream | null, { playout }: PlaybackPath): Response {
  const willBe = livestream !== null && (playout !== "secondary" || livestream.withBackup);
  return notFoundAnswer(willBe && EXPECTED.has(livestream.status) ? SOON : {});
}

/** Once there is a recording, whoever comes to the livestream watches that; before, an instance that is gone is the programme. */
function redirection(
  livestream: PlayedLivestream | null,
  programme: Programme | null,
  { id, playout, toRoot }: PlaybackPath,
  terms: PlaybackTerms,
): Response | null {
  const mediaId = assetOf(livestream);
  if (mediaId !== null)
    return redirectAnswer(`${toRoot}${mediaPlaylistPath(mediaId)}${terms.query(mediaId)}`);
  const isGone = programme === null && playout !== "auto";
  if (!isGone || livestream?.status !== "converting") return null;
  return redirectAnswer(`${toRoot}${livePlaylistPath(id, "auto")}${terms.query(id)}`);
}

/** The asset that a finished livestream became; null for any other. */
function assetOf(livestream: PlayedLivestream | null): string | null {
  return livestream?.status === "finished" ? livestream.mediaId : null;
}

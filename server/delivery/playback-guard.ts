// Who may watch what is signed: whoever shows a token, or a session that came of one; and of what playlists list, whoever knows
// the folder. What is public is answered as if there were no guard.

import {
  livePlaylistFolder,
  MEDIA_DOWNLOAD,
  MEDIA_PLAYLIST,
  MULTIVARIANT_PLAYLIST,
  SESSION_PARAMETER,
  TOKEN_PARAMETER,
} from "#openapi/playback-paths.ts";
import { notFoundAnswer, redirectAnswer } from "./playback-answers.ts";
import type { PlaybackPath } from "./playback-path.ts";
import { type PlaybackSessions, viewerSessionIn } from "./playback-sessions.ts";
import { openTerms, type PlaybackTerms, signedTerms } from "./playback-terms.ts";
import type { PlaybackTokens } from "./playback-tokens.ts";
import { CORS_HEADERS } from "./representation.ts";
import type { SecretFolders } from "./secret-folders.ts";

export interface PlaybackGuardOptions {
  readonly tokens: Pick<PlaybackTokens, "expiryOf">;
  readonly sessions: PlaybackSessions;
  readonly folders: SecretFolders;
  /** Makes a viewer's session. */
  readonly newSession: () => string;
  readonly dateMs: () => number;
}

/** Answers whoever is let in. */
type Play = (terms: PlaybackTerms) => Response | Promise<Response>;

/** Both are of characters that no query escapes. */
const TOKEN = new RegExp(`[?&]${TOKEN_PARAMETER}=([A-Za-z0-9_.-]+)`);
const SESSION = new RegExp(`[?&]${SESSION_PARAMETER}=([A-Za-z0-9_.-]+)`);

/** What is listed is found by its folder alone, which lets nobody see a playlist. */
const NEVER_MS = 0;

export class PlaybackGuard {
  readonly #options: PlaybackGuardOptions;
  readonly #open: PlaybackTerms;

  constructor(options: PlaybackGuardOptions) {
    this.#options = options;
    this.#open = openTerms(options.newSession);
  }

  /** At once, where nothing has to be waited for but what `play` waits for. */
  answer(request: Request, path: PlaybackPath, isSigned: boolean, play: Play): Response | Promise<Response> {
    if (!isSigned) return path.secret === null ? play(this.#open) : notFoundAnswer();
    if (!isGuarded(path)) {
      const isOpen = path.secret !== null && this.#options.folders.opens(path.secret, path.id);
      return isOpen ? play(this.#termsUntil(NEVER_MS, request.url)) : notFoundAnswer();
    }
    const expiresAtMs = this.#expiryOf(request.url, path.id);
    return expiresAtMs instanceof Promise
      ? expiresAtMs.then((known) => this.#answerUntil(known, request, path, play))
      : this.#answerUntil(expiresAtMs, request, path, play);
  }

  /** Null for whoever is not to be let in. */
  #expiryOf(url: string, id: string): number | null | Promise<number | null> {
    const { sessions, tokens } = this.#options;
    const session = SESSION.exec(url)?.[1];
    const granted = session === undefined ? null : sessions.expiryOf(session, id);
    if (granted !== null) return granted;
    const token = TOKEN.exec(url)?.[1];
    return token === undefined ? null : tokens.expiryOf(token, id);
  }

  #answerUntil(
    expiresAtMs: number | null,
    request: Request,
    path: PlaybackPath,
    play: Play,
  ): Response | Promise<Response> {
    if (expiresAtMs === null) return deniedAnswer();
    const terms = this.#termsUntil(expiresAtMs, request.url);
    if (path.rendition !== null && path.secret === null) return toItsFolder(path, terms);
    const isRight =
      path.rendition === null
        ? path.secret === null
        : path.secret !== null && this.#options.folders.opens(path.secret, path.id);
    if (!isRight) return notFoundAnswer();
    const response = play(terms);
    if (!(response instanceof Promise)) return keptByViewer(path, response);
    // Who waits for a playlist to change may wait for longer than they are let in.
    const isOver = () => expiresAtMs <= this.#options.dateMs();
    return response.then((waited) => (isOver() ? deniedAnswer() : keptByViewer(path, waited)));
  }

  #termsUntil(expiresAtMs: number, url: string): PlaybackTerms {
    const { folders, sessions, newSession } = this.#options;
    const viewerSession = () => viewerSessionIn(SESSION.exec(url)?.[1] ?? "") ?? newSession();
    return signedTerms({ folders, sessions, viewerSession }, expiresAtMs);
  }
}

/** Playlists, and an asset as one file: all of it at once. */
function isGuarded({ kind, rendition, file }: PlaybackPath): boolean {
  if (rendition !== null) return kind === "livestream" && file === MEDIA_PLAYLIST;
  return file === MULTIVARIANT_PLAYLIST || (kind === "media" && file === MEDIA_DOWNLOAD);
}

/** From a media playlist that was asked for where it would be if it were public: what it lists is found from its folder only. */
function toItsFolder({ id, playout, rendition, toRoot }: PlaybackPath, terms: PlaybackTerms): Response {
  const folder = `${toRoot}${livePlaylistFolder(id, playout)}/${terms.folder(id)}`;
  return redirectAnswer(
    `${folder}${encodeURIComponent(rendition ?? "")}/${MEDIA_PLAYLIST}${terms.query(id)}`,
  );
}

/**
 * What is public may be kept for a while, which would be handed to whoever comes after the token has run out: of an asset, and of
 * a livestream what was waited for. Else that is asked for anew every time.
 */
function keptByViewer({ kind }: PlaybackPath, response: Response): Response {
  const isKept = kind === "media" || response.headers.get("Cache-Control")?.startsWith("public") === true;
  if (isKept && response.ok) response.headers.set("Cache-Control", "private, no-cache");
  return response;
}

const DENIED = JSON.stringify({
  status: "fail",
  message: "This is for viewers with a playback token that is valid now: ?token=<token>.",
  data: { code: "playback_denied" },
});

function deniedAnswer(): Response {
  return new Response(DENIED, {
    status: 403,
    headers: { ...CORS_HEADERS, "Content-Type": "application/json", "Cache-Control": "no-store" },
  });
}

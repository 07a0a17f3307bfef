// On which terms a viewer is answered: what the addresses hold that playlists and redirects hand on, besides what they name.

import { SESSION_PARAMETER } from "#openapi/playback-paths.ts";
import type { PlaybackSessions } from "./playback-sessions.ts";
import type { SecretFolders } from "./secret-folders.ts";

/** `id`: of the livestream or the asset that the address is of. */
export interface PlaybackTerms {
  /** Whether only those may watch who were let in. */
  readonly isSigned: boolean;
  /** The folder that what is listed is in: empty, or with a slash at its end. */
  folder(id: string): string;
  /** The session that a multivariant playlist hands to its media playlists. */
  session(id: string): string;
  /** What the address of a playlist ends with to which a redirect leads: empty, or a query. */
  query(id: string): string;
}

/** Anybody may watch. `newSession` makes a viewer's session. */
export function openTerms(newSession: () => string): PlaybackTerms {
  return { isSigned: false, folder: () => "", session: newSession, query: () => "" };
}

export interface SignedTermsOptions {
  readonly folders: SecretFolders;
  readonly sessions: PlaybackSessions;
  /** The viewer's own, who stays one viewer wherever a redirect leads; made when it is asked for. */
  readonly viewerSession: () => string;
}

/** Whoever is answered by these was let in until then. */
export function signedTerms(
  { folders, sessions, viewerSession }: SignedTermsOptions,
  expiresAtMs: number,
): PlaybackTerms {
  const session = (id: string) => sessions.grant(viewerSession(), id, expiresAtMs);
  return {
    isSigned: true,
    folder: (id) => `${folders.of(id)}/`,
    session,
    query: (id) => `?${SESSION_PARAMETER}=${session(id)}`,
  };
}

// "I am watching": what a page says of itself where a cache answers its playlists, so that the server does not see it.

import type { PlaylistWindow } from "#media/hls/playlist-window.ts";
import type { PlayoutName } from "#openapi/names.ts";
import { SESSION_PARAMETER } from "#openapi/playback-paths.ts";
import type { Viewers } from "#server/stats/viewers.ts";
import { notFoundAnswer } from "./playback-answers.ts";
import type { PlaybackPath } from "./playback-path.ts";
import { viewerSessionIn } from "./playback-sessions.ts";
import { CORS_HEADERS, emptyAnswer } from "./representation.ts";

/** A session and its name are a twentieth of this; a body that is longer, or does not say its length, is not read. */
const MAX_BODY_BYTES = 1024;

const METHODS = "POST, OPTIONS";

interface WatchedProgramme {
  /** Null before the first segment; what it promises is null too then. */
  readonly leadWindow: Pick<PlaylistWindow, "targetDurationSeconds"> | null;
}

export interface WatchingBeaconsOptions {
  /** What is watched under a playout's name now. */
  readonly programme: (livestreamId: string, playout: PlayoutName) => WatchedProgramme | null;
  readonly viewers: Pick<Viewers, "watching">;
}

export class WatchingBeacons {
  readonly #options: WatchingBeaconsOptions;

  constructor(options: WatchingBeaconsOptions) {
    this.#options = options;
  }

  /**
   * 204 where the session is counted from now, as by a playlist that was answered; however often it says so it is one. 400 for
   * a session that is missing or not of ours, 404 where nothing is to be watched.
   */
  async answer(request: Request, { id, playout }: PlaybackPath): Promise<Response> {
    if (request.method === "OPTIONS") return preflight();
    if (request.method !== "POST") return emptyAnswer(405, { Allow: METHODS });
    const targetDurationSeconds = this.#options.programme(id, playout)?.leadWindow?.targetDurationSeconds;
    if (targetDurationSeconds === undefined || targetDurationSeconds === null) return notFoundAnswer();
    const session = await sessionOf(request);
    const isCounted =
      session !== null &&
      this.#options.viewers.watching(id, playout, viewerSessionIn(session) ?? session, targetDurationSeconds);
    return emptyAnswer(isCounted ? 204 : 400, {});
  }
}

/** As a query, or as a form in the body, which is what `navigator.sendBeacon` sends of a URLSearchParams. */
async function sessionOf(request: Request): Promise<string | null> {
  const inQuery = new URL(request.url).searchParams.get(SESSION_PARAMETER);
  if (inQuery !== null) return inQuery;
  const byteLength = Number(request.headers.get("Content-Length") ?? Number.NaN);
  if (!(byteLength <= MAX_BODY_BYTES)) return null;
  return new URLSearchParams(await request.text()).get(SESSION_PARAMETER);
}

function preflight(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      ...CORS_HEADERS,
      "Access-Control-Allow-Methods": METHODS,
      "Access-Control-Allow-Headers": "*",
      "Access-Control-Max-Age": "86400",
    },
  });
}

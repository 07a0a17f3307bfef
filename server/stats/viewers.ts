// Every playout's viewers: the playlists say who asked, the statistics ask how many there are.

import type { PlayoutName } from "#openapi/names.ts";
import type { SessionKeys, ViewerRequest } from "./session-key.ts";
import { ViewerSessions } from "./viewer-sessions.ts";

/** A session is watching until it has not asked for this many target durations … */
const WINDOW_TARGET_DURATIONS = 3;

/** … and no shorter: players ask late when they are paused by their buffer. */
const MIN_WINDOW_MS = 15_000;

/** The header by which the operator's own small players say that they are no viewers. */
const PREVIEW_HEADER = "X-Tandem-Preview";

export class Viewers {
  readonly #keys: SessionKeys;
  readonly #monotonicMs: () => number;
  readonly #playouts = new Map<string, ViewerSessions>();

  constructor(options: { keys: SessionKeys; monotonicMs: () => number }) {
    this.#keys = options.keys;
    this.#monotonicMs = options.monotonicMs;
  }

  /** The id of a viewer who opens a multivariant playlist, to be the `session` of its media playlists. */
  newSession(): string {
    return this.#keys.issue();
  }

  /** A GET of a media playlist was answered with 200. */
  watched(
    livestreamId: string,
    playout: PlayoutName,
    request: ViewerRequest,
    targetDurationSeconds: number,
  ): void {
    if (request.headers.get(PREVIEW_HEADER) !== null) return;
    this.#seen(livestreamId, playout, this.#keys.keyOf(request), targetDurationSeconds);
  }

  /** The viewer who was given this session says that it watches, as if it had asked for a playlist; false for any other session. */
  watching(
    livestreamId: string,
    playout: PlayoutName,
    session: string,
    targetDurationSeconds: number,
  ): boolean {
    const key = this.#keys.keyOfIssued(session);
    if (key === null) return false;
    this.#seen(livestreamId, playout, key, targetDurationSeconds);
    return true;
  }

  #seen(livestreamId: string, playout: PlayoutName, key: string, targetDurationSeconds: number): void {
    const name = `${livestreamId}/${playout}`;
    const sessions = this.#playouts.get(name) ?? new ViewerSessions();
    this.#playouts.set(name, sessions);
    const windowMs = Math.max(MIN_WINDOW_MS, WINDOW_TARGET_DURATIONS * targetDurationSeconds * 1000);
    sessions.seen(key, windowMs, this.#monotonicMs());
  }

  /** Sessions that watch now. */
  count(livestreamId: string, playout: PlayoutName): number {
    return this.#playouts.get(`${livestreamId}/${playout}`)?.count(this.#monotonicMs()) ?? 0;
  }

  /** Forgets playouts that nobody watches (any more); to be called now and then. */
  sweep(): void {
    const nowMs = this.#monotonicMs();
    for (const [name, sessions] of this.#playouts) {
      if (sessions.count(nowMs) === 0) this.#playouts.delete(name);
    }
  }
}

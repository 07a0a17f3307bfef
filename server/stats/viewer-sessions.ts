// Who watches one playout now: a set of sessions, each with when it last asked for a media playlist.

/** Some 160 bytes each, 16 MB. Beyond this a playout's further viewers are served but not counted, whatever the flood. */
const MAX_SESSIONS = 100_000;

export class ViewerSessions {
  /** In the order of last requests: a session that asks again moves to the end. */
  readonly #lastSeenMs = new Map<string, number>();
  #windowMs = 0;

  /** A media playlist was answered to this session, which is watching for `windowMs` from now. */
  seen(session: string, windowMs: number, nowMs: number): void {
    this.#windowMs = windowMs;
    this.#forgetBefore(nowMs - windowMs);
    if (!this.#lastSeenMs.delete(session) && this.#lastSeenMs.size >= MAX_SESSIONS) return;
    this.#lastSeenMs.set(session, nowMs);
  }

  /** The number of sessions that asked within the window: the size of the set, whatever was missed before. */
  count(nowMs: number): number {
    this.#forgetBefore(nowMs - this.#windowMs);
    return this.#lastSeenMs.size;
  }

  #forgetBefore(oldestMs: number): void {
    for (const [session, lastSeenMs] of this.#lastSeenMs) {
      if (lastSeenMs >= oldestMs) return;
      this.#lastSeenMs.delete(session);
    }
  }
}

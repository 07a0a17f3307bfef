// What RTMP players that read too slowly have lost since the process began, all of them together.

export class SlowPlayers {
  #skips = 0;
  #disconnections = 0;

  /** Times that a player was sent nothing up to a key frame. */
  get skips(): number {
    return this.#skips;
  }

  /** Players that were disconnected, since they did not read. */
  get disconnections(): number {
    return this.#disconnections;
  }

  skipped(): void {
    this.#skips += 1;
  }

  disconnected(): void {
    this.#disconnections += 1;
  }
}

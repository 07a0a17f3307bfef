// Tells the server that this page watches: where a cache answers its playlists, the server would not know.

/** A viewer who is not heard of for 15 s is no viewer any more. */
const INTERVAL_MS = 10_000;

export class WatchingBeacon {
  readonly #send: (url: string) => void;
  readonly #monotonicMs: () => number;
  #sentAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: { send: (url: string) => void; monotonicMs: () => number }) {
    this.#send = options.send;
    this.#monotonicMs = options.monotonicMs;
  }

  /** A live playlist came. `playlistUrl`: what is watched; `mediaPlaylistUrl`: that of a rendition, with the session in it. */
  followed(playlistUrl: string, mediaPlaylistUrl: string): void {
    const nowMs = this.#monotonicMs();
    if (nowMs - this.#sentAtMs < INTERVAL_MS) return;
    const session = new URL(mediaPlaylistUrl).searchParams.get("session");
    if (session === null) return;
    this.#sentAtMs = nowMs;
    const beacon = new URL("watching", playlistUrl);
    beacon.searchParams.set("session", session);
    this.#send(beacon.href);
  }
}

// What may be played by which name, as RTMP connections ask for it.

import type { FanOutPlayer } from "./rtmp-fan-out.ts";

/** A stream that players join and leave while it goes on. */
export interface PlayFeed {
  join(player: FanOutPlayer): void;
  leave(player: FanOutPlayer): void;
}

export interface PlayDoor {
  /**
   * Looks up `<livestream id>`, `<livestream id>/primary` or `<livestream id>/secondary`: `unknown` unless it is live,
   * `later` while that is not known yet, and while the process ends and the next one will know.
   */
  play(streamName: string): PlayFeed | "unknown" | "later";
}

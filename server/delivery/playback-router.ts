// What viewers ask for, in front of everything else: playlists and what they list, of livestreams and of media assets.

import { WATCHING } from "#openapi/playback-paths.ts";
import type { LivePlayback } from "./live-playback.ts";
import type { MediaPlayback } from "./media-playback.ts";
import { methodNotAllowedAnswer, preflightAnswer } from "./playback-answers.ts";
import { parsePlaybackUrl } from "./playback-path.ts";
import type { WatchingBeacons } from "./watching-beacons.ts";

export class PlaybackRouter {
  readonly #live: LivePlayback;
  readonly #media: MediaPlayback;
  readonly #beacons: WatchingBeacons;

  constructor(parts: { live: LivePlayback; media: MediaPlayback; beacons: WatchingBeacons }) {
    this.#live = parts.live;
    this.#media = parts.media;
    this.#beacons = parts.beacons;
  }

  /** Null for a request of another kind. */
  answer(request: Request): Response | Promise<Response> | null {
    const path = parsePlaybackUrl(request.url);
    if (path === null) return null;
    if (path.kind === "livestream" && path.rendition === null && path.file === WATCHING)
      return this.#beacons.answer(request, path);
    switch (request.method) {
      case "GET":
      case "HEAD":
        return path.kind === "livestream"
          ? this.#live.answer(request, path)
          : this.#media.answer(request, path);
      case "OPTIONS":
        return preflightAnswer();
      default:
        return methodNotAllowedAnswer();
    }
  }
}

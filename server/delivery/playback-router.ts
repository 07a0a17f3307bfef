// What viewers ask for, in front of everything else: playlists and what they list, of livestreams and of media assets.

import type { LivePlayback } from "./live-playback.ts";
import type { MediaPlayback } from "./media-playback.ts";
import { methodNotAllowedAnswer, preflightAnswer } from "./playback-answers.ts";
import { parsePlaybackUrl } from "./playback-path.ts";

export class PlaybackRouter {
  readonly #live: LivePlayback;
  readonly #media: MediaPlayback;

  constructor(parts: { live: LivePlayback; media: MediaPlayback }) {
    this.#live = parts.live;
    this.#media = parts.media;
  }

  /** Null for a request of another kind. */
  answer(request: Request): Response | Promise<Response> | null {
    const path = parsePlaybackUrl(request.url);
    if (path === null) return null;
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

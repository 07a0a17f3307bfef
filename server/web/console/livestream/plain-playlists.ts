// Playlists as small players need them. Without low latency: three players that each hold a request open would take half of the
// six connections that a browser has for a server, and a stop would wait in line behind them. And with discontinuities counted
// from nought: an instance's own playlist counts them from some billion, and hls.js copies an array of that length, for minutes.

import type { HlsConfig, PlaylistLoaderConstructor } from "hls.js";

/** What tells of parts, and of requests that wait for them. */
const LOW_LATENCY_LINES = /^#EXT-X-(?:PART|PART-INF|PRELOAD-HINT|SERVER-CONTROL|RENDITION-REPORT):.*\n/gm;

const DISCONTINUITY_SEQUENCE = /^(#EXT-X-DISCONTINUITY-SEQUENCE:)(\d+)/m;

/** Of one player: all its playlists are counted from the same number. */
export class PlainPlaylists {
  #countedFrom: number | null = null;

  plain(text: string): string {
    return text
      .replaceAll(LOW_LATENCY_LINES, "")
      .replace(DISCONTINUITY_SEQUENCE, (_line, tag: string, digits: string) => {
        this.#countedFrom ??= Number(digits);
        return `${tag}${Math.max(0, Number(digits) - this.#countedFrom)}`;
      });
  }
}

/** hls.js's own loader, of plain playlists. */
export function plainPlaylistLoader(Loader: HlsConfig["loader"]): PlaylistLoaderConstructor {
  const playlists = new PlainPlaylists();
  class PlainLoader extends Loader {
    override load(
      ...[context, configuration, callbacks]: Parameters<InstanceType<HlsConfig["loader"]>["load"]>
    ) {
      super.load(context, configuration, {
        ...callbacks,
        onSuccess: (response, ...rest) => {
          if (typeof response.data === "string") response.data = playlists.plain(response.data);
          callbacks.onSuccess(response, ...rest);
        },
      });
    }
  }
  return PlainLoader as PlaylistLoaderConstructor;
}

// The texts of live playlists, made once for each version, however many viewers ask.

import { renderMediaPlaylist } from "#media/hls/media-playlist.ts";
import { renderMultivariantPlaylist } from "#media/hls/multivariant-playlist.ts";
import type { PlaylistWindow } from "#media/hls/playlist-window.ts";
import { MEDIA_PLAYLIST } from "#openapi/playback-paths.ts";
import type { Programme } from "#server/programme/programme.ts";
import { PlaylistText } from "./playback-answers.ts";

/** Where in the rendered multivariant playlist each viewer's own session id goes. */
const SESSION_PLACE = "{session}";

interface Rendered<Text> {
  readonly version: number;
  readonly text: Text | null;
}

export class PreparedPlaylists {
  readonly #media = new WeakMap<PlaylistWindow, Rendered<PlaylistText>>();
  readonly #multivariant = new WeakMap<Programme, Rendered<string>>();

  /** Null while there is nothing to list. */
  media(window: PlaylistWindow): PlaylistText | null {
    return rendered(this.#media, window, window.version, () => {
      const text = renderMediaPlaylist(window);
      return text === null ? null : new PlaylistText(text, "live");
    });
  }

  /** As {@link media}; the session is in the address of every media playlist. */
  multivariant(programme: Programme, newSession: () => string): string | null {
    const windows = [...programme.windows];
    const version = windows.reduce((sum, [, window]) => sum + window.version, 0);
    const text = rendered(this.#multivariant, programme, version, () =>
      renderMultivariantPlaylist(
        windows.map(([name, window]) => ({
          window,
          uri: `${name}/${MEDIA_PLAYLIST}?session=${SESSION_PLACE}`,
        })),
      ),
    );
    return text?.replaceAll(SESSION_PLACE, newSession()) ?? null;
  }
}

function rendered<Key extends object, Text>(
  cache: WeakMap<Key, Rendered<Text>>,
  key: Key,
  version: number,
  render: () => Text | null,
): Text | null {
  const last = cache.get(key);
  if (last !== undefined && last.version === version) return last.text;
  const fresh = { version, text: render() };
  cache.set(key, fresh);
  return fresh.text;
}

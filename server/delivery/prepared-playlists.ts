// The texts of live playlists, made once for each version, however many viewers ask.

import { renderDeltaUpdate } from "#media/hls/delta-update.ts";
import { leadInMsn } from "#media/hls/lead-in.ts";
import { renderMediaPlaylist, renderWithLeadIn, renderWithoutParts } from "#media/hls/media-playlist.ts";
import { type ListedRendition, renderMultivariantPlaylist } from "#media/hls/multivariant-playlist.ts";
import type { PlaylistWindow } from "#media/hls/playlist-window.ts";
import { MEDIA_PLAYLIST, SESSION_PARAMETER } from "#openapi/playback-paths.ts";
import type { EventText } from "#server/programme/event-text.ts";
import type { Programme } from "#server/programme/programme.ts";
import { EventPlaylist, type PlaylistAnswers, PlaylistText } from "./playback-answers.ts";

/** Where in the rendered multivariant playlist each viewer's own session id goes. */
const SESSION_PLACE = "{session}";

/** Query parameter of a media playlist: the media sequence number of the first segment, which has a lead-in. */
export const LEAD_IN_PARAMETER = "lead-in";

/** Viewers who came at so many different segments are told the same without its being made for each; more is made anew. */
const MAX_LEAD_INS = 16;

interface Rendered<Text> {
  readonly version: number;
  readonly text: Text | null;
}

export class PreparedPlaylists {
  readonly #media = new WeakMap<PlaylistWindow, Rendered<PlaylistAnswers>>();
  readonly #deltas = new WeakMap<PlaylistWindow, Rendered<PlaylistText>>();
  readonly #withoutParts = new WeakMap<PlaylistWindow, Rendered<PlaylistText>>();
  readonly #withLeadIn = new WeakMap<PlaylistWindow, Map<number, Rendered<PlaylistText>>>();
  readonly #multivariant = new WeakMap<Programme, Rendered<string>>();

  /** Null while there is nothing to list. */
  media(programme: Programme, window: PlaylistWindow): PlaylistAnswers | null {
    return rendered<PlaylistWindow, PlaylistAnswers>(this.#media, window, window.version, () => {
      window.reportOn(() => othersThan(window, programme));
      const eventText = programme.eventText(window);
      return eventText === null ? textOf(renderMediaPlaylist(window)) : eventOf(eventText);
    });
  }

  /** As {@link media}, for one who has it: without what stays, where there is such. */
  delta(programme: Programme, window: PlaylistWindow): PlaylistAnswers | null {
    const delta = rendered(this.#deltas, window, window.version, () => {
      window.reportOn(() => othersThan(window, programme));
      return textOf(renderDeltaUpdate(window));
    });
    return delta ?? this.media(programme, window);
  }

  /**
   * As {@link media}, for one whose first segment is this one, with its lead-in before it. It is no event, not even once that
   * segment is one of many: what it listed would have to stay.
   */
  mediaWithLeadIn(window: PlaylistWindow, msn: number): PlaylistText | null {
    const texts = this.#withLeadIn.get(window) ?? new Map<number, Rendered<PlaylistText>>();
    this.#withLeadIn.set(window, texts);
    for (const known of texts.keys()) if (known < window.mediaSequence) texts.delete(known);
    const last = texts.get(msn);
    if (last !== undefined && last.version === window.version) return last.text;
    const text = renderWithLeadIn(window, msn);
    if (text === null || msn < window.mediaSequence)
      return text === null ? null : this.#withoutPartsOf(window);
    const prepared = new PlaylistText(text, "live");
    if (texts.size >= MAX_LEAD_INS) texts.clear();
    texts.set(msn, { version: window.version, text: prepared });
    return prepared;
  }

  #withoutPartsOf(window: PlaylistWindow): PlaylistText | null {
    return rendered(this.#withoutParts, window, window.version, () => textOf(renderWithoutParts(window)));
  }

  /**
   * As {@link media}; the session is in the address of every media playlist. `folder`: the one that these are in, empty or with a
   * slash at its end, always the same for a programme.
   */
  multivariant(programme: Programme, folder: string, newSession: () => string): string | null {
    const windows = [...programme.windows];
    const version = windows.reduce((sum, [, window]) => sum + window.version, 0);
    const text = rendered(this.#multivariant, programme, version, () =>
      renderMultivariantPlaylist(
        windows.map(([name, window]) => ({
          window,
          uri: `${folder}${name}/${MEDIA_PLAYLIST}?${SESSION_PARAMETER}=${SESSION_PLACE}${leadInParameter(window)}`,
        })),
      ),
    );
    return text?.replaceAll(SESSION_PLACE, newSession()) ?? null;
  }
}

/** As the playlist of one of the programme's renditions names those of the others. */
function othersThan(window: PlaylistWindow, { windows }: Programme): readonly ListedRendition[] {
  const others = [...windows].filter(([, other]) => other !== window);
  return others.map(([name, other]) => ({ window: other, uri: `../${name}/${MEDIA_PLAYLIST}` }));
}

function textOf(text: string | null): PlaylistText | null {
  return text === null ? null : new PlaylistText(text, "live");
}

function eventOf(eventText: EventText): EventPlaylist | null {
  const gzipped = eventText.gzipped();
  return gzipped === null ? null : new EventPlaylist(gzipped, () => eventText.plain());
}

/** What a viewer who comes now asks for beside the session: where to begin, if there is nothing to begin with. */
function leadInParameter(window: PlaylistWindow): string {
  const msn = leadInMsn(window);
  return msn === null ? "" : `&${LEAD_IN_PARAMETER}=${msn}`;
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

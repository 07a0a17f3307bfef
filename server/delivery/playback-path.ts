// What a URL of section 7 of the contract asks for: a livestream's playout or a media asset, and which file of it.

import type { RenditionName } from "#media/hls/rendition.ts";
import { INSTANCE_NAMES, type PlayoutName } from "#openapi/names.ts";
import { LIVE_FOLDER, MEDIA_FOLDER } from "#openapi/playback-paths.ts";

export interface PlaybackPath {
  readonly kind: "livestream" | "media";
  readonly id: string;
  /** A media asset is always `auto`. */
  readonly playout: PlayoutName;
  /** Null for what is of all renditions. */
  readonly rendition: RenditionName | null;
  readonly file: string;
  /** From the file's folder up to where the server's paths begin. */
  readonly toRoot: string;
}

/** The folder, the id, up to two names between, and the file; as they are escaped. */
const PLAYBACK_URL = new RegExp(
  `^https?://[^/]*/(${LIVE_FOLDER}|${MEDIA_FOLDER})/([^/?#]+)/(?:([^/?#]+)/)?(?:([^/?#]+)/)?([^/?#]+)(?:[?#]|$)`,
);

/** Null for a URL of another kind. Each request of a viewer comes by here: nothing is made that is not in the answer. */
export function parsePlaybackUrl(url: string): PlaybackPath | null {
  const match = PLAYBACK_URL.exec(url);
  if (match === null) return null;
  const isLive = match[1] === LIVE_FOLDER;
  const id = unescaped(match[2]);
  const first = unescaped(match[3]);
  const second = unescaped(match[4]);
  const file = unescaped(match[5]);
  if (id === null || first === null || second === null || file === null) return null;
  const instance = isLive ? INSTANCE_NAMES.find((name) => name === first) : undefined;
  if (instance === undefined && second !== NONE) return null;
  const rendition = instance === undefined ? first : second;
  return {
    kind: isLive ? "livestream" : "media",
    id,
    playout: instance ?? "auto",
    rendition: rendition === NONE ? null : rendition,
    file,
    toRoot: first === NONE ? "../../" : second === NONE ? "../../../" : "../../../../",
  };
}

/** No name between: each that there is has a character. */
const NONE = "";

/** Null where the escapes make no text. */
function unescaped(component: string | undefined): string | null {
  if (component === undefined) return NONE;
  if (!component.includes("%")) return component;
  try {
    return decodeURIComponent(component);
  } catch {
    return null;
  }
}

// What a URL of section 7 of the contract asks for: a livestream's playout or a media asset, and which file of it.

import type { RenditionName } from "#media/hls/rendition.ts";
import { INSTANCE_NAMES, type PlayoutName } from "#openapi/names.ts";
import { LIVE_FOLDER, MEDIA_FOLDER, SECRET_FOLDER } from "#openapi/playback-paths.ts";

export interface PlaybackPath {
  readonly kind: "livestream" | "media";
  readonly id: string;
  /** A media asset is always `auto`. */
  readonly playout: PlayoutName;
  /** The folder that only a signed playlist tells; null where the path has none. */
  readonly secret: string | null;
  /** Null for what is of all renditions. */
  readonly rendition: RenditionName | null;
  readonly file: string;
  /** From the file's folder up to where the server's paths begin. */
  readonly toRoot: string;
}

/** The folder and the id; where there are any, an instance, a secret folder and a rendition; the file; as they are escaped. */
const PLAYBACK_URL = new RegExp(
  `^https?://[^/]*/(${LIVE_FOLDER}|${MEDIA_FOLDER})/([^/?#]+)/(?:(${INSTANCE_NAMES.join("|")})/)?` +
    `(?:(${SECRET_FOLDER})/)?(?:([^/?#]+)/)?([^/?#]+)(?:[?#]|$)`,
);

/** From the file's folder up, by how many folders there are between the id and the file. */
const TO_ROOT = ["../../", "../../../", "../../../../", "../../../../../"] as const;

/** Null for a URL of another kind. Each request of a viewer comes by here: nothing is made that is not in the answer. */
export function parsePlaybackUrl(url: string): PlaybackPath | null {
  const match = PLAYBACK_URL.exec(url);
  if (match === null) return null;
  const isLive = match[1] === LIVE_FOLDER;
  const id = unescaped(match[2]);
  const instance = INSTANCE_NAMES.find((name) => name === match[3]);
  const secret = match[4];
  const rendition = unescaped(match[5]);
  const file = unescaped(match[6]);
  if (id === null || rendition === null || file === null) return null;
  if (instance !== undefined && !isLive) return null;
  const folders = Number(instance !== undefined) + Number(secret !== undefined) + Number(rendition !== NONE);
  return {
    kind: isLive ? "livestream" : "media",
    id,
    playout: instance ?? "auto",
    secret: secret ?? null,
    rendition: rendition === NONE ? null : rendition,
    file,
    toRoot: TO_ROOT[folders] ?? TO_ROOT[0],
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

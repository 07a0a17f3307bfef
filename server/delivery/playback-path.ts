// What a URL of section 7 of the contract asks for: a livestream's playout or a media asset, and which file of it.

import type { RenditionName } from "#media/hls/rendition.ts";
import { INSTANCE_NAMES, type PlayoutName } from "#openapi/names.ts";
import { LIVE_FOLDER, MEDIA_FOLDER } from "#openapi/playback-paths.ts";

export interface PlaybackPath {
  readonly of: "livestream" | "media";
  readonly id: string;
  /** A media asset is always `auto`. */
  readonly playout: PlayoutName;
  /** Null for what is of all renditions. */
  readonly rendition: RenditionName | null;
  readonly file: string;
  /** From the file's folder up to where the server's paths begin. */
  readonly toRoot: string;
}

const PLAYBACK_URL = new RegExp(`^https?://[^/]*/(${LIVE_FOLDER}|${MEDIA_FOLDER})/([^?#]+)`);

/** Null for a URL of another kind. */
export function parsePlaybackUrl(url: string): PlaybackPath | null {
  const [, folder, rest] = PLAYBACK_URL.exec(url) ?? [];
  const components = rest === undefined ? null : componentsOf(rest);
  if (components === null || components.length < 2) return null;
  const id = components[0] ?? "";
  const file = components.at(-1) ?? "";
  const between = components.slice(1, -1);
  const instance = folder === LIVE_FOLDER ? INSTANCE_NAMES.find((name) => name === between[0]) : undefined;
  if (instance !== undefined) between.shift();
  if (between.length > 1) return null;
  return {
    of: folder === LIVE_FOLDER ? "livestream" : "media",
    id,
    playout: instance ?? "auto",
    rendition: between[0] ?? null,
    file,
    toRoot: "../".repeat(components.length),
  };
}

/** Null where one is empty, or its escapes make no text. */
function componentsOf(path: string): string[] | null {
  const components = path.split("/");
  if (components.includes("")) return null;
  if (!path.includes("%")) return components;
  try {
    return components.map(decodeURIComponent);
  } catch {
    return null;
  }
}

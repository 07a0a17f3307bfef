// The version that a playlist names, by the features it uses (rfc8216bis §8).

import type { MediaPlaylist } from "./media-playlist.ts";
import { ofEach, ofEachPair, type Rule } from "./rule.ts";

interface Feature {
  readonly version: number;
  readonly name: string;
  readonly isUsed: (playlist: MediaPlaylist) => boolean;
}

const FEATURES: readonly Feature[] = [
  {
    version: 3,
    name: "an EXTINF that is no integer",
    isUsed: (playlist) => has(playlist, "EXTINF", /^\d*\./),
  },
  { version: 4, name: "EXT-X-BYTERANGE", isUsed: (playlist) => has(playlist, "EXT-X-BYTERANGE") },
  { version: 4, name: "EXT-X-I-FRAMES-ONLY", isUsed: (playlist) => has(playlist, "EXT-X-I-FRAMES-ONLY") },
  { version: 5, name: "EXT-X-MAP", isUsed: (playlist) => has(playlist, "EXT-X-MAP") },
  {
    version: 6,
    name: "EXT-X-MAP without EXT-X-I-FRAMES-ONLY",
    isUsed: (playlist) => has(playlist, "EXT-X-MAP") && !has(playlist, "EXT-X-I-FRAMES-ONLY"),
  },
  { version: 8, name: "EXT-X-DEFINE", isUsed: (playlist) => has(playlist, "EXT-X-DEFINE") },
  { version: 9, name: "EXT-X-SKIP", isUsed: (playlist) => has(playlist, "EXT-X-SKIP") },
  {
    version: 10,
    name: "RECENTLY-REMOVED-DATERANGES",
    isUsed: (playlist) => has(playlist, "EXT-X-SKIP", /RECENTLY-REMOVED-DATERANGES/),
  },
  {
    version: 11,
    name: "QUERYPARAM",
    isUsed: (playlist) => has(playlist, "EXT-X-DEFINE", /QUERYPARAM/),
  },
];

export const VERSION_RULES: readonly Rule[] = [
  ofEach(
    { id: "version", section: "§8", says: "EXT-X-VERSION allows each feature that is used" },
    function* judge({ playlist }) {
      for (const { version, name, isUsed } of FEATURES)
        if (isUsed(playlist) && playlist.version < version)
          yield `version ${playlist.version} has no ${name}, version ${version} has`;
    },
  ),
  ofEachPair(
    { id: "version-constant", section: "§6.2.1", says: "EXT-X-VERSION does not change" },
    function* judge(before, after) {
      const [was, is] = [before.playlist, after.playlist];
      // A delta update is a text of its own: it may need a version that the whole playlist does not.
      if (was.skippedSegments > 0 !== is.skippedSegments > 0) return;
      if (was.version !== is.version) yield `it was ${was.version} and is ${is.version}`;
    },
  ),
];

function has({ lines }: MediaPlaylist, tag: string, value = /^/): boolean {
  return lines.some((line) => line.kind === "tag" && line.name === tag && value.test(line.value));
}

// A window to the text of its live media playlist (RFC 8216 §4.3).

import { PLAYLIST_VERSION, segmentLines } from "./playlist-lines.ts";
import type { PlaylistWindow } from "./playlist-window.ts";

/** Null until the first segment is complete. */
export function renderMediaPlaylist(window: PlaylistWindow): string | null {
  if (window.targetDurationSeconds === null) return null;
  return [
    "#EXTM3U",
    `#EXT-X-VERSION:${PLAYLIST_VERSION}`,
    `#EXT-X-TARGETDURATION:${window.targetDurationSeconds}`,
    `#EXT-X-MEDIA-SEQUENCE:${window.mediaSequence}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${window.discontinuitySequence}`,
    ...(window.isEvent ? ["#EXT-X-PLAYLIST-TYPE:EVENT"] : []),
    ...(window.areAllIndependent ? ["#EXT-X-INDEPENDENT-SEGMENTS"] : []),
    ...segmentLines(window.segments, ""),
    ...(window.hasEnded ? ["#EXT-X-ENDLIST"] : []),
    "",
  ].join("\n");
}

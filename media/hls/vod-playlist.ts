// The segments of a finished programme to the text of its on-demand playlist (RFC 8216 §4.3.3.5).

import { PLAYLIST_VERSION, segmentLines } from "./playlist-lines.ts";
import type { Segment } from "./segment.ts";

/** `folder`: as in {@link segmentLines}. */
export function renderVodPlaylist(
  segments: readonly Segment[],
  targetDurationSeconds: number,
  folder: string,
): string {
  return [
    "#EXTM3U",
    `#EXT-X-VERSION:${PLAYLIST_VERSION}`,
    `#EXT-X-TARGETDURATION:${targetDurationSeconds}`,
    "#EXT-X-PLAYLIST-TYPE:VOD",
    ...(segments.every(({ independent }) => independent) ? ["#EXT-X-INDEPENDENT-SEGMENTS"] : []),
    ...segmentLines(segments, folder),
    "#EXT-X-ENDLIST",
    "",
  ].join("\n");
}

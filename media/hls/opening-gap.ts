// A playlist whose first segment is not complete lists parts, and before them a segment that is not there: players that know no
// parts find nothing to play in a playlist without any segment, and give up.

import type { ListedLines } from "./event-lines.ts";
import { segmentUri } from "./listed-uri.ts";

/** Nobody waits for it. */
const GAP_SECONDS = 0.04;

/**
 * Before the initialization: hls.js 1.7 stands still for good where it has one to load for a gap. `msn`: the media sequence number
 * before that of the first segment.
 */
export function openingGapLines(msn: number): ListedLines {
  const lines = [`#EXTINF:${GAP_SECONDS.toFixed(6)},`, "#EXT-X-GAP", segmentUri(msn)];
  return { lines, durationSeconds: GAP_SECONDS };
}

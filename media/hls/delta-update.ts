// A live playlist for one who has it already: without the segments that stay as they were (rfc8216bis §6.2.5.1).

import { skipBoundarySeconds } from "./edge-lines.ts";
import { textOf } from "./event-lines.ts";
import { liveLines } from "./media-playlist.ts";
import type { PlaylistWindow } from "./playlist-window.ts";

/** Null where there is nothing to leave out: then the playlist itself is the answer. */
export function renderDeltaUpdate(window: PlaylistWindow): string | null {
  const live = liveLines(window);
  if (live === null || window.targetDurationSeconds === null || window.partTargetSeconds === null)
    return null;
  const boundarySeconds = skipBoundarySeconds(window.targetDurationSeconds);
  let fromEndSeconds = window.openSeconds;
  let kept = 0;
  for (const { durationSeconds } of live.segments.toReversed()) {
    if (fromEndSeconds > boundarySeconds) break;
    fromEndSeconds += durationSeconds;
    kept += 1;
  }
  const skipped = live.segmentCount - kept;
  if (skipped <= 0) return null;
  const lines = live.segments.slice(live.segments.length - kept).flatMap((segment) => segment.lines);
  return textOf([...live.head, `#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`, ...lines, ...live.end]);
}

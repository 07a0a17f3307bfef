// A playlist whose first segment is not complete lists parts, and before them a segment that is not there: players that know no
// parts find nothing to play in a playlist without any segment, and give up.

import type { Segment, SegmentStart } from "./segment.ts";

/** Nobody waits for it. */
const GAP_SECONDS = 0.04;

/** What a playlist that begins with the parts of this segment lists before; null for one that has no number before it. */
export function openingGap({ promised: _, ...start }: SegmentStart): Segment | null {
  if (start.msn === 0) return null;
  return {
    ...start,
    msn: start.msn - 1,
    discontinuity: false,
    independent: false,
    programDateTimeMs: start.programDateTimeMs - GAP_SECONDS * 1000,
    durationSeconds: GAP_SECONDS,
    byteLength: 0,
    partCount: 0,
    frameRate: null,
  };
}

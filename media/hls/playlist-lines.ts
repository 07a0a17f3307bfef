// The lines a media playlist is made of.

import { initializationUri, segmentUri } from "./listed-uri.ts";
import type { Segment } from "./segment.ts";

/** The least version that allows EXT-X-MAP in a playlist that is not I-frames only is 6; 7 is what CMAF players expect. */
export const PLAYLIST_VERSION = 7;

/**
 * Each segment with the tags before it: EXT-X-MAP where the initialization is another one than before, EXT-X-DISCONTINUITY,
 * EXT-X-PROGRAM-DATE-TIME, EXTINF. `folder`: of what is listed, relative to the playlist; empty, or with a slash at its end.
 */
export function segmentLines(segments: readonly Segment[], folder: string): string[] {
  const lines: string[] = [];
  let initializationId: number | null = null;
  for (const segment of segments) {
    if (segment.discontinuity) lines.push("#EXT-X-DISCONTINUITY");
    if (segment.initializationId !== initializationId) {
      initializationId = segment.initializationId;
      lines.push(`#EXT-X-MAP:URI="${folder}${initializationUri(initializationId)}"`);
    }
    lines.push(
      `#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.programDateTimeMs).toISOString()}`,
      `#EXTINF:${segment.durationSeconds.toFixed(6)},`,
      `${folder}${segmentUri(segment.msn)}`,
    );
  }
  return lines;
}

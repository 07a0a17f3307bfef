// A window to the text of its live media playlist (RFC 8216 §4.3).

import { edgeLines, serverControlLines } from "./edge-lines.ts";
import { leadInUri, segmentUri } from "./listed-uri.ts";
import { PLAYLIST_VERSION, playlistVersion, SegmentLines, segmentLines } from "./playlist-lines.ts";
import type { PlaylistWindow } from "./playlist-window.ts";

/** Null until the first segment is complete. Of an event, what was taken from its window is not in it. */
export function renderMediaPlaylist(window: PlaylistWindow): string | null {
  return window.isEvent ? window.eventText : renderSlidingPlaylist(window);
}

/** What the window holds as a playlist that segments leave. Null until the first segment is complete. */
export function renderSlidingPlaylist(window: PlaylistWindow): string | null {
  if (window.targetDurationSeconds === null) return null;
  const lines = new SegmentLines("");
  const ofSegments = window.segments.map((segment) => lines.next(segment));
  return [
    "#EXTM3U",
    `#EXT-X-VERSION:${playlistVersion(window.partTargetSeconds !== null)}`,
    `#EXT-X-TARGETDURATION:${window.targetDurationSeconds}`,
    ...serverControlLines(window),
    `#EXT-X-MEDIA-SEQUENCE:${window.mediaSequence}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${window.discontinuitySequence}`,
    ...(window.areAllIndependent ? ["#EXT-X-INDEPENDENT-SEGMENTS"] : []),
    ...edgeLines(window, ofSegments, ({ start }) => lines.ofOpen(start)),
    ...(window.hasEnded ? ["#EXT-X-ENDLIST"] : []),
    "",
  ].join("\n");
}

/** What the media sequence number before a segment's stands for, where that has a lead-in: seconds that nobody notices. */
const LEAD_IN_SECONDS = 0.04;

/**
 * The same for one who came when this segment was to begin with, and has its lead-in before it; where the window does not hold
 * that any more, nothing is told of it. Null also where the segment is yet to come.
 */
export function renderWithLeadIn(window: PlaylistWindow, msn: number): string | null {
  const { segments, targetDurationSeconds } = window;
  const first = segments.findIndex((segment) => segment.msn === msn);
  const begin = segments[first];
  if (targetDurationSeconds === null || begin === undefined) {
    const hasLeft = (segments[0]?.msn ?? 0) > msn;
    return hasLeft ? renderSlidingPlaylist(window) : null;
  }
  const left = segments.slice(0, first).filter(({ discontinuity }) => discontinuity).length;
  const leadIn = {
    ...begin,
    durationSeconds: LEAD_IN_SECONDS,
    programDateTimeMs: begin.programDateTimeMs - LEAD_IN_SECONDS * 1000,
  };
  const lines = segmentLines([leadIn, { ...begin, discontinuity: false }, ...segments.slice(first + 1)], "");
  return [
    "#EXTM3U",
    `#EXT-X-VERSION:${PLAYLIST_VERSION}`,
    `#EXT-X-TARGETDURATION:${targetDurationSeconds}`,
    `#EXT-X-MEDIA-SEQUENCE:${msn - 1}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${window.discontinuitySequence + left}`,
    "#EXT-X-START:TIME-OFFSET=0,PRECISE=YES",
    ...lines.with(lines.indexOf(segmentUri(msn)), leadInUri(msn)),
    ...(window.hasEnded ? ["#EXT-X-ENDLIST"] : []),
    "",
  ].join("\n");
}

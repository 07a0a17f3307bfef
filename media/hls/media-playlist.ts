// A window to the text of its live media playlist (RFC 8216 §4.3).

import { endLines, linesWithParts, serverControlLines } from "./edge-lines.ts";
import { type ListedLines, textOf } from "./event-lines.ts";
import { leadInUri, segmentUri } from "./listed-uri.ts";
import { openingGapLines } from "./opening-gap.ts";
import { PLAYLIST_VERSION, playlistVersion, SegmentLines, segmentLines } from "./playlist-lines.ts";
import type { PlaylistWindow } from "./playlist-window.ts";

/** A live playlist, in the order of its lines. */
export interface LiveLines {
  readonly head: readonly string[];
  /** The newest, oldest first: of an event those that are not settled for long. */
  readonly segments: readonly ListedLines[];
  /** How many there are with those that are not in {@link segments}. */
  readonly segmentCount: number;
  /** Behind the last complete segment. */
  readonly end: readonly string[];
}

/** Null until there is something to list. Of an event, what was taken from its window is not in it. */
export function renderMediaPlaylist(window: PlaylistWindow): string | null {
  return window.isEvent ? window.eventText : renderSlidingPlaylist(window);
}

/** What the window holds as a playlist that segments leave. Null until there is something to list. */
export function renderSlidingPlaylist(window: PlaylistWindow): string | null {
  if (window.targetDurationSeconds === null) return null;
  const { head, segments, end } = slidingLines(window, window.targetDurationSeconds);
  return textOf([...head, ...segments.flatMap(({ lines }) => lines), ...end]);
}

/** Null until there is something to list. */
export function liveLines(window: PlaylistWindow): LiveLines | null {
  if (window.targetDurationSeconds === null) return null;
  return window.eventLines ?? slidingLines(window, window.targetDurationSeconds);
}

function slidingLines(window: PlaylistWindow, targetDurationSeconds: number): LiveLines {
  const lines = new SegmentLines("");
  const { openingGapMsn, segments } = window;
  const opening = openingGapMsn === null ? [] : [openingGapLines(openingGapMsn)];
  const listed = segments.map((segment) => ({
    lines: lines.next(segment),
    durationSeconds: segment.durationSeconds,
  }));
  return {
    head: [
      "#EXTM3U",
      `#EXT-X-VERSION:${playlistVersion(window.partTargetSeconds !== null)}`,
      `#EXT-X-TARGETDURATION:${targetDurationSeconds}`,
      ...serverControlLines(window),
      `#EXT-X-MEDIA-SEQUENCE:${openingGapMsn ?? window.mediaSequence}`,
      `#EXT-X-DISCONTINUITY-SEQUENCE:${window.discontinuitySequence}`,
      ...(window.areAllIndependent ? ["#EXT-X-INDEPENDENT-SEGMENTS"] : []),
    ],
    segments: [...opening, ...linesWithParts(window, listed)],
    segmentCount: opening.length + segments.length,
    end: endLines(window, (start) => lines.ofOpen(start)),
  };
}

/** What the media sequence number before a segment's stands for, where that has a lead-in: seconds that nobody notices. */
const LEAD_IN_SECONDS = 0.04;

/**
 * The same for one who came when this segment was to begin with, and has its lead-in before it, without parts; where the window
 * does not hold that any more, nothing is told of it. Null also where the segment is yet to come.
 */
export function renderWithLeadIn(window: PlaylistWindow, msn: number): string | null {
  const { segments, targetDurationSeconds } = window;
  const first = segments.findIndex((segment) => segment.msn === msn);
  const begin = segments[first];
  if (targetDurationSeconds === null || begin === undefined) {
    const hasLeft = (segments[0]?.msn ?? 0) > msn;
    return hasLeft ? renderWithoutParts(window) : null;
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

/** What the window holds, for one who never was told of parts. Null until the first segment is complete. */
export function renderWithoutParts(window: PlaylistWindow): string | null {
  if (window.targetDurationSeconds === null || window.segments.length === 0) return null;
  return textOf([
    "#EXTM3U",
    `#EXT-X-VERSION:${PLAYLIST_VERSION}`,
    `#EXT-X-TARGETDURATION:${window.targetDurationSeconds}`,
    `#EXT-X-MEDIA-SEQUENCE:${window.mediaSequence}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${window.discontinuitySequence}`,
    ...(window.areAllIndependent ? ["#EXT-X-INDEPENDENT-SEGMENTS"] : []),
    ...segmentLines(window.segments, ""),
    ...(window.hasEnded ? ["#EXT-X-ENDLIST"] : []),
  ]);
}

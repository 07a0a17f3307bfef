// The lines of low latency in a live playlist: what it promises, its newest parts, and the one that comes next.

import type { OpenParts, PartFacts } from "./edge-parts.ts";
import { partUri } from "./listed-uri.ts";
import type { PlaylistWindow } from "./playlist-window.ts";
import type { Segment } from "./segment.ts";

/** No player is closer to the end: the least that is allowed is two parts, the least that works for most is three … */
const HOLD_BACK_PARTS = 3;

/** … and a second gives the network, and whoever decodes, some hundred milliseconds. */
const MIN_HOLD_BACK_SECONDS = 1;

/** A delta update leaves out what is further from the end (rfc8216bis §4.4.3.8: six at least). */
const SKIP_BOUNDARY_TARGET_DURATIONS = 6;

/** Parts further from the end leave the playlist (rfc8216bis §4.4.4.9). */
const PARTS_TARGET_DURATIONS = 3;

/** What a playlist with parts promises for its life; nothing where there are none. */
export function serverControlLines({
  targetDurationSeconds,
  partTargetSeconds,
}: Pick<PlaylistWindow, "targetDurationSeconds" | "partTargetSeconds">): string[] {
  if (targetDurationSeconds === null || partTargetSeconds === null) return [];
  const holdBackSeconds = Math.max(MIN_HOLD_BACK_SECONDS, HOLD_BACK_PARTS * partTargetSeconds);
  const skipSeconds = skipBoundarySeconds(targetDurationSeconds);
  return [
    `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=${holdBackSeconds.toFixed(3)},CAN-SKIP-UNTIL=${skipSeconds.toFixed(1)}`,
    `#EXT-X-PART-INF:PART-TARGET=${partTargetSeconds.toFixed(3)}`,
  ];
}

export function skipBoundarySeconds(targetDurationSeconds: number): number {
  return SKIP_BOUNDARY_TARGET_DURATIONS * targetDurationSeconds;
}

/**
 * From the first of the window's segments to the end. `ofSegments`: the lines of each without its parts; `ofOpen`: what comes
 * before the parts of the one that is not complete.
 */
export function edgeLines(
  { segments, edge, targetDurationSeconds, partTargetSeconds, hasEnded }: PlaylistWindow,
  ofSegments: readonly (readonly string[])[],
  ofOpen: (open: OpenParts) => readonly string[],
): string[] {
  if (targetDurationSeconds === null || partTargetSeconds === null) return ofSegments.flat();
  const open = edge.open?.parts.length === 0 ? null : edge.open;
  let fromEndSeconds = secondsOf(open?.parts ?? []) + secondsOf(segments);
  const lines = segments.flatMap((segment, index) => {
    const own = ofSegments[index] ?? [];
    const hasParts = fromEndSeconds <= PARTS_TARGET_DURATIONS * targetDurationSeconds;
    fromEndSeconds -= segment.durationSeconds;
    return hasParts ? withParts(own, partLines(segment.msn, edge.of(segment.msn))) : own;
  });
  if (hasEnded) return lines;
  if (open !== null) lines.push(...ofOpen(open), ...partLines(open.start.msn, open.parts));
  const { next } = edge;
  if (next !== null) lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${partUri(next.msn, next.index)}"`);
  return lines;
}

function partLines(msn: number, parts: readonly PartFacts[]): string[] {
  return parts.map(({ durationSeconds, independent, isGap }, index) => {
    const flag = isGap ? ",GAP=YES" : independent ? ",INDEPENDENT=YES" : "";
    return `#EXT-X-PART:DURATION=${durationSeconds.toFixed(6)},URI="${partUri(msn, index)}"${flag}`;
  });
}

/** A segment ends with the line of its duration and the one of its URI, or of what stands between them. */
function withParts(lines: readonly string[], parts: readonly string[]): readonly string[] {
  const at = lines.findIndex((line) => line.startsWith("#EXTINF:"));
  return lines.toSpliced(at, 0, ...parts);
}

function secondsOf(timed: readonly Pick<Segment, "durationSeconds">[]): number {
  return timed.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
}

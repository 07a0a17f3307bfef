// The lines of low latency in a live playlist: what it promises, its newest parts, and the one that comes next.

import type { PartFacts } from "./edge-parts.ts";
import { partUri } from "./listed-uri.ts";
import type { ListedRendition } from "./multivariant-playlist.ts";
import type { PlaylistWindow } from "./playlist-window.ts";
import type { SegmentStart } from "./segment.ts";

/** No player is closer to the end: the least that is allowed is two parts, the least that works for most is three … */
const HOLD_BACK_PARTS = 3;

/** … and a second gives the network, and whoever decodes, some hundred milliseconds. */
const MIN_HOLD_BACK_SECONDS = 1;

/** A delta update leaves out what is further from the end (rfc8216bis §4.4.3.8: six at least). */
const SKIP_BOUNDARY_TARGET_DURATIONS = 6;

/** Parts further from the end leave the playlist, with the last one of their segment (rfc8216bis §6.2.2). */
const PARTS_TARGET_DURATIONS = 3;

/** What adding up durations leaves. */
const TOLERANCE_SECONDS = 1e-6;

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

/** The lines of the window's segments, each with its parts where it is near the end. */
export function linesWithParts<Listed extends { readonly lines: readonly string[] }>(
  { segments, openSeconds, edge, targetDurationSeconds, partTargetSeconds }: PlaylistWindow,
  listed: readonly Listed[],
): readonly Listed[] {
  if (targetDurationSeconds === null || partTargetSeconds === null) return listed;
  let fromEndSeconds = openSeconds;
  const firstWithParts =
    1 +
    segments.findLastIndex(({ durationSeconds }) => {
      const isFar = fromEndSeconds > PARTS_TARGET_DURATIONS * targetDurationSeconds + TOLERANCE_SECONDS;
      fromEndSeconds += durationSeconds;
      return isFar;
    });
  return listed.map((each, index) => {
    const msn = index < firstWithParts ? null : (segments[index]?.msn ?? null);
    return msn === null ? each : { ...each, lines: withParts(each.lines, partLines(msn, edge.of(msn))) };
  });
}

/** What comes behind the last complete segment. `ofOpen`: the lines before the parts of the one that is not complete. */
export function endLines(
  { edge, partTargetSeconds, hasEnded, others }: PlaylistWindow,
  ofOpen: (start: SegmentStart) => readonly string[],
): string[] {
  if (hasEnded) return ["#EXT-X-ENDLIST"];
  if (partTargetSeconds === null) return [];
  const { open, next } = edge;
  const parts = open?.parts ?? [];
  return [
    ...(open === null || parts.length === 0
      ? []
      : [...ofOpen(open.start), ...partLines(open.start.msn, parts)]),
    ...(next === null ? [] : [`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${partUri(next.msn, next.index)}"`]),
    ...others.flatMap(reportLine),
  ];
}

/** What is the newest of another rendition (rfc8216bis §4.4.5.4); nothing while that is listed nowhere. */
function reportLine({ uri, window: { edge } }: ListedRendition): string[] {
  const { open, lastMsn } = edge;
  if (open !== null && open.parts.length > 0) {
    const attributes = `LAST-MSN=${open.start.msn},LAST-PART=${open.parts.length - 1}`;
    return [`#EXT-X-RENDITION-REPORT:URI="${uri}",${attributes}`];
  }
  if (lastMsn === null) return [];
  const lastPart = edge.of(lastMsn).length - 1;
  const attributes = `LAST-MSN=${lastMsn}${lastPart < 0 ? "" : `,LAST-PART=${lastPart}`}`;
  return [`#EXT-X-RENDITION-REPORT:URI="${uri}",${attributes}`];
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

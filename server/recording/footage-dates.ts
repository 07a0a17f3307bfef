// Where in footage a time of day is: by the dates of its segments, between which there may be holes.

import type { Segment } from "#media/hls/segment.ts";
import type { Span } from "./clip-plan.ts";

interface DatedSpan {
  /** Milliseconds since 1970. */
  readonly startAtMs: number;
  readonly endAtMs: number;
}

/** When the first of it begins and the last of it ends. */
export function datesOf(segments: readonly Segment[]): DatedSpan {
  const [first] = segments;
  const last = segments.at(-1);
  return { startAtMs: first?.programDateTimeMs ?? 0, endAtMs: last === undefined ? 0 : endMs(last) };
}

/** What was recorded between the two, seconds from the beginning of the footage; null where that is nothing. */
export function spanBetween(segments: readonly Segment[], { startAtMs, endAtMs }: DatedSpan): Span | null {
  let seconds = 0;
  let startSeconds: number | null = null;
  let endSeconds: number | null = null;
  for (const segment of segments) {
    const { programDateTimeMs, durationSeconds } = segment;
    if (startSeconds === null && endMs(segment) > startAtMs) {
      startSeconds = seconds + Math.max(0, startAtMs - programDateTimeMs) / 1000;
    }
    if (startSeconds !== null && programDateTimeMs < endAtMs) {
      endSeconds = seconds + Math.min(durationSeconds, (endAtMs - programDateTimeMs) / 1000);
    }
    seconds += durationSeconds;
  }
  if (startSeconds === null || endSeconds === null || endSeconds <= startSeconds) return null;
  return { startSeconds, endSeconds };
}

function endMs({ programDateTimeMs, durationSeconds }: Segment): number {
  return programDateTimeMs + durationSeconds * 1000;
}

// Where a programme takes up a source whose units were kept: which of them are seen, and which are only decoded for those.

import { isDisposableUnit } from "#media/track/disposable-unit.ts";
import type { AccessUnit, Track } from "#media/track/track.ts";
import type { CachedUnit } from "#server/instances/gop-cache.ts";

/**
 * Which of the units kept since the last key frame are seen, the earlier ones being only decoded: those that arrived after
 * a time of the server's clock, or those from a time of the encoder's clock on; `isSameClock`: which is also that of the
 * encoder on air before.
 */
export type JoinPoint =
  | { readonly afterArrivalMs: number }
  | { readonly fromSeconds: number; readonly isSameClock: boolean };

/** Encoders on one clock time the same frame alike but for the rounding to milliseconds. */
const SAME_INSTANT_SECONDS = 0.005;

/**
 * A source that is late has its pictures to come decoded only, up to those that the programme has still to show. More than
 * this is no delay but a clock that jumped.
 */
const MAX_WAIT_SECONDS = 1.5;

/** Encoder time of the first picture that is seen; of one to come, where none of the kept ones is. */
export function joinSeconds(
  cached: readonly CachedUnit[],
  tracks: Map<number, Track>,
  point: JoinPoint,
): number {
  const start = cached.find(
    (each) => tracks.get(each.unit.trackId)?.kind === "video" && isSeen(each, tracks, point),
  );
  if (start !== undefined) return secondsOf(start.unit, tracks);
  const endSeconds = endOfVideo(cached, tracks);
  const isNear = "fromSeconds" in point && point.fromSeconds - endSeconds <= MAX_WAIT_SECONDS;
  return isNear ? Math.max(endSeconds, point.fromSeconds) : endSeconds;
}

/** Whether the unit is seen, not only decoded, by whoever joins at this point. */
function isSeen({ unit, arrivalMs }: CachedUnit, tracks: Map<number, Track>, point: JoinPoint): boolean {
  return "fromSeconds" in point
    ? secondsOf(unit, tracks) >= point.fromSeconds - SAME_INSTANT_SECONDS
    : arrivalMs > point.afterArrivalMs;
}

/** Neither seen nor needed to decode what is: every such frame left out lets a decoder catch up that much sooner. */
export function isSuperfluous(
  { pts, data }: AccessUnit,
  { kind, timescale, configuration }: Track,
  joinAtSeconds: number,
): boolean {
  return kind === "video" && pts < joinAtSeconds * timescale && isDisposableUnit(data, configuration);
}

/** Whether decoding from this key frame on misses nothing that is meant to be seen. */
export function reaches(
  { unit, arrivalMs }: CachedUnit,
  tracks: Map<number, Track>,
  point: JoinPoint,
): boolean {
  return "fromSeconds" in point
    ? secondsOf(unit, tracks) <= point.fromSeconds + SAME_INSTANT_SECONDS
    : arrivalMs <= point.afterArrivalMs;
}

/** Where the next video unit is expected: the last one's time, and once more the step before it. */
function endOfVideo(cached: readonly CachedUnit[], tracks: Map<number, Track>): number {
  const video = cached.filter(({ unit }) => tracks.get(unit.trackId)?.kind === "video");
  const last = video.at(-1);
  if (last === undefined) return 0;
  const beforeLast = video.at(-2) ?? last;
  const lastSeconds = secondsOf(last.unit, tracks);
  return lastSeconds + (lastSeconds - secondsOf(beforeLast.unit, tracks));
}

/** Encoder time of the latest sound among them; negative infinity without any. */
export function soundSeconds(cached: readonly CachedUnit[], tracks: Map<number, Track>): number {
  let seconds = Number.NEGATIVE_INFINITY;
  for (const { unit } of cached) {
    if (tracks.get(unit.trackId)?.kind === "audio") seconds = Math.max(seconds, secondsOf(unit, tracks));
  }
  return seconds;
}

/** Decoding time on the encoder's clock. */
export function secondsOf(unit: AccessUnit, tracks: Map<number, Track>): number {
  return unit.dts / (tracks.get(unit.trackId)?.timescale ?? 1);
}

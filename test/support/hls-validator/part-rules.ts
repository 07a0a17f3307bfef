// Partial Segments: how long, where they stand, for how long they are listed (rfc8216bis §4.4.3.7, §4.4.4.9).

import { edgeOf, secondsOf } from "./history.ts";
import type { ListedSegment } from "./media-playlist.ts";
import { ofEach, ofEachPair, type Rule } from "./rule.ts";

/** Durations are written with six decimals. */
const ROUNDING_SECONDS = 0.00001;

/** The share of the target that a part has at least, but for those that are excepted. */
const LEAST_SHARE = 0.85;

/** Of a segment's duration, for all the roundings of its parts'. */
const SUM_TOLERANCE_SECONDS = 0.001;

/** Parts are listed for so many target durations behind the end (rfc8216bis §6.2.2). */
const LISTED_TARGET_DURATIONS = 3;

export const PART_RULES: readonly Rule[] = [
  ofEach(
    { id: "part-inf", section: "§4.4.3.7", says: "a playlist with EXT-X-PART has EXT-X-PART-INF" },
    function* judge({ playlist: { segments, partTargetSeconds } }) {
      const isNeeded = segments.some(({ parts }) => parts.length > 0);
      if (isNeeded && partTargetSeconds === null) yield "it has none";
    },
  ),
  ofEach(
    {
      id: "part-hold-back",
      section: "§4.4.3.8",
      says: "PART-HOLD-BACK is there with EXT-X-PART-INF, and at least twice the part target",
    },
    function* judge({ playlist: { serverControl, partTargetSeconds } }) {
      if (partTargetSeconds === null) return;
      const holdBack = serverControl.number("PART-HOLD-BACK");
      if (holdBack === null) yield "it is missing";
      else if (holdBack < 2 * partTargetSeconds)
        yield `it is ${holdBack}, the part target ${partTargetSeconds}`;
    },
  ),
  ofEach(
    {
      id: "part-hold-back-advised",
      section: "§4.4.3.8",
      says: "PART-HOLD-BACK should be at least three times the part target",
    },
    function* judge({ playlist: { serverControl, partTargetSeconds } }) {
      const holdBack = serverControl.number("PART-HOLD-BACK");
      if (
        partTargetSeconds !== null &&
        holdBack !== null &&
        holdBack < 3 * partTargetSeconds - ROUNDING_SECONDS
      )
        yield `it is ${holdBack}, the part target ${partTargetSeconds}`;
    },
  ),
  ofEach(
    { id: "part-too-long", section: "§4.4.4.9", says: "no part is longer than the part target" },
    function* judge({ playlist: { segments, partTargetSeconds } }) {
      for (const { uri, durationSeconds } of segments.flatMap(({ parts }) => parts))
        if (partTargetSeconds !== null && durationSeconds > partTargetSeconds + ROUNDING_SECONDS)
          yield `${uri} is ${durationSeconds} s, the target ${partTargetSeconds} s`;
    },
  ),
  ofEach(
    {
      id: "part-too-short",
      section: "§4.4.4.9",
      says: "a part is at least 85 % of the part target, unless it is independent, a gap, before a gap, or the last one",
    },
    function* judge({ playlist: { segments, partTargetSeconds } }) {
      const least = (partTargetSeconds ?? 0) * LEAST_SHARE - ROUNDING_SECONDS;
      for (const { parts } of segments) {
        for (const [index, { uri, durationSeconds, isIndependent, isGap }] of parts.entries()) {
          const next = parts[index + 1];
          const isExcepted = isIndependent || isGap || next === undefined || next.isGap;
          if (!isExcepted && durationSeconds < least)
            yield `${uri} is ${durationSeconds} s, the target ${partTargetSeconds} s`;
        }
      }
    },
  ),
  ofEach(
    {
      id: "parts-make-segment",
      section: "§4.4.4.9, §3",
      says: "the parts of a segment are as long as it is",
    },
    function* judge({ playlist: { segments } }) {
      for (const { uri, parts, durationSeconds } of segments) {
        const seconds = secondsOf(parts);
        if (uri === null || parts.length === 0) continue;
        if (Math.abs(seconds - durationSeconds) > SUM_TOLERANCE_SECONDS)
          yield `${uri} is ${durationSeconds} s, its ${parts.length} parts ${seconds.toFixed(6)} s`;
      }
    },
  ),
  ofEach(
    {
      id: "tags-before-parts",
      section: "§4.4.4.9",
      says: "what applies to a segment's first part stands before it",
    },
    function* judge({ playlist: { segments } }) {
      for (const { msn, lateTags } of segments)
        if (lateTags.length > 0) yield `segment ${msn} has ${lateTags.join(" and ")} behind a part`;
    },
  ),
  ofEach(
    {
      id: "independent-parts",
      section: "§4.4.2.1, §4.4.4.9",
      says: "where segments are independent, each one's first part says so",
    },
    function* judge({ playlist: { segments, isIndependent } }) {
      for (const { msn, parts } of segments) {
        const [first] = parts;
        if (isIndependent && first !== undefined && !first.isIndependent && !first.isGap)
          yield `part 0 of segment ${msn} does not`;
      }
    },
  ),
  ofEach(
    { id: "gap-parts", section: "§4.4.4.7, §4.4.4.9", says: "the parts of a segment that is a gap are gaps" },
    function* judge({ playlist: { segments } }) {
      for (const { msn, isGap, parts } of segments)
        if (isGap && parts.some((part) => !part.isGap)) yield `segment ${msn} has others`;
    },
  ),
  ofEach(
    {
      id: "old-parts",
      section: "§6.2.2",
      says: "parts leave the playlist once they are more than three target durations from its end",
    },
    function* judge({ playlist: { segments, targetDurationSeconds } }) {
      const most = (targetDurationSeconds ?? 0) * LISTED_TARGET_DURATIONS;
      for (const { segment, behindSeconds } of withDistance(segments))
        if (segment.parts.length > 0 && behindSeconds > most + ROUNDING_SECONDS)
          yield `segment ${segment.msn} has parts, ${behindSeconds.toFixed(3)} s from the end`;
    },
  ),
  ofEachPair(
    {
      id: "early-parts",
      section: "§6.2.2",
      says: "no part leaves the playlist within three target durations from its end, unless their maker was lost",
    },
    function* judge(before, after) {
      const oldEnd = edgeOf(before).msn;
      const beginsAnew = after.segments.some(
        ({ msn, hasDiscontinuity }) => msn >= oldEnd && hasDiscontinuity,
      );
      const hasNone = after.segments.every(({ parts }) => parts.length === 0);
      if (beginsAnew || hasNone) return;
      const most = (after.playlist.targetDurationSeconds ?? 0) * LISTED_TARGET_DURATIONS;
      const old = new Map(before.playlist.segments.map((segment) => [segment.msn, segment.parts]));
      for (const { segment, behindSeconds } of withDistance(after.playlist.segments)) {
        const wasListed = (old.get(segment.msn)?.length ?? 0) > segment.parts.length;
        // Of those that are gone, the last one.
        const goneSeconds = behindSeconds + secondsOf(segment.parts);
        if (wasListed && goneSeconds < most - ROUNDING_SECONDS)
          yield `segment ${segment.msn} lost parts, ${goneSeconds.toFixed(3)} s from the end`;
      }
    },
  ),
];

/** Each with the time between its own end and the playlist's. */
function withDistance(
  segments: readonly ListedSegment[],
): { segment: ListedSegment; behindSeconds: number }[] {
  let behindSeconds = 0;
  return segments.toReversed().map((segment) => {
    const distance = behindSeconds;
    behindSeconds += segment.durationSeconds;
    return { segment, behindSeconds: distance };
  });
}

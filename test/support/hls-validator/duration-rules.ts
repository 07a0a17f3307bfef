// How long segments may be, and what is promised of that for the playlist's life.

import { ofEach, ofEachPair, type Rule } from "./rule.ts";

/** What a playlist says of itself once and for good. */
const CONSTANTS = ["HOLD-BACK", "PART-HOLD-BACK", "CAN-SKIP-UNTIL", "CAN-BLOCK-RELOAD"] as const;

export const DURATION_RULES: readonly Rule[] = [
  ofEach(
    {
      id: "target-duration",
      section: "§4.4.3.1",
      says: "each EXTINF, rounded to the nearest integer, is at most the target duration",
    },
    function* judge({ playlist: { segments, targetDurationSeconds } }) {
      for (const { uri, durationSeconds } of segments)
        if (
          targetDurationSeconds !== null &&
          uri !== null &&
          Math.round(durationSeconds) > targetDurationSeconds
        )
          yield `${uri} is ${durationSeconds} s, the target ${targetDurationSeconds} s`;
    },
  ),
  ofEachPair(
    { id: "target-duration-constant", section: "§6.2.1", says: "EXT-X-TARGETDURATION does not change" },
    function* judge({ playlist: was }, { playlist: is }) {
      if (was.targetDurationSeconds !== is.targetDurationSeconds)
        yield `it was ${was.targetDurationSeconds} and is ${is.targetDurationSeconds}`;
    },
  ),
  ofEachPair(
    { id: "part-target-constant", section: "§6.2.1", says: "PART-TARGET does not change" },
    function* judge({ playlist: was }, { playlist: is }) {
      if (was.partTargetSeconds !== is.partTargetSeconds)
        yield `it was ${was.partTargetSeconds} and is ${is.partTargetSeconds}`;
    },
  ),
  ofEachPair(
    { id: "server-control-constant", section: "§6.2.1", says: "EXT-X-SERVER-CONTROL does not change" },
    function* judge({ playlist: was }, { playlist: is }) {
      for (const name of CONSTANTS) {
        const [old, now] = [was.serverControl.raw(name), is.serverControl.raw(name)];
        if (old !== now) yield `${name} was ${old} and is ${now}`;
      }
    },
  ),
  ofEach(
    {
      id: "hold-back",
      section: "§4.4.3.8",
      says: "HOLD-BACK is at least three target durations",
    },
    function* judge({ playlist: { serverControl, targetDurationSeconds } }) {
      const holdBack = serverControl.number("HOLD-BACK");
      if (holdBack !== null && holdBack < 3 * (targetDurationSeconds ?? 0)) yield `it is ${holdBack}`;
    },
  ),
  ofEach(
    {
      id: "skip-boundary",
      section: "§4.4.3.8",
      says: "CAN-SKIP-UNTIL is at least six target durations",
    },
    function* judge({ playlist: { serverControl, targetDurationSeconds } }) {
      const boundary = serverControl.number("CAN-SKIP-UNTIL");
      if (boundary !== null && boundary < 6 * (targetDurationSeconds ?? 0)) yield `it is ${boundary}`;
      if (boundary === null && serverControl.isYes("CAN-SKIP-DATERANGES")) yield "it is missing";
    },
  ),
];

// The dates of segments, beside their durations (rfc8216bis §4.4.4.6, §6.2.1).

import { ofEach, type Rule } from "./rule.ts";

/** A date is rounded to a millisecond, a clock is corrected a little at a time. */
const TOLERANCE_MS = 100;

/** A clock that goes back by more than this was set by somebody: what is dated after that is dated right. */
const SET_BACK_MS = 60_000;

export const DATE_RULES: readonly Rule[] = [
  ofEach(
    {
      id: "dates",
      section: "§6.2.1, Apple's authoring specification 8.18",
      says: "a live playlist has dates: on its first segment that is no gap, and after each discontinuity",
    },
    function* judge({ segments, playlist }) {
      if (playlist.playlistType === "VOD") return;
      const first = segments.find(({ isGap }) => !isGap)?.msn;
      for (const { msn, programDateTime, hasDiscontinuity } of segments)
        if ((msn === first || hasDiscontinuity) && programDateTime === null) yield `segment ${msn} has none`;
    },
  ),
  ofEach(
    {
      id: "dates-fit-durations",
      section: "§4.4.4.6",
      says: "within one timeline a date is the one before and the durations since",
    },
    function* judge({ segments }) {
      let expectedMs: number | null = null;
      for (const { msn, programDateTime, durationSeconds, hasDiscontinuity } of segments) {
        const dateMs = programDateTime === null ? null : Date.parse(programDateTime);
        if (dateMs !== null && expectedMs !== null) {
          const offMs = dateMs - expectedMs;
          const isOff = hasDiscontinuity
            ? offMs < -TOLERANCE_MS && offMs > -SET_BACK_MS
            : Math.abs(offMs) > TOLERANCE_MS;
          if (isOff) yield `segment ${msn} is dated ${programDateTime}, ${offMs.toFixed(0)} ms off`;
        }
        const beganMs: number | null = dateMs ?? expectedMs;
        expectedMs = beganMs === null ? null : beganMs + durationSeconds * 1000;
      }
    },
  ),
];

// Why a mutant may survive. Each is found again by what its line says, wherever that has moved.

import type { Mutant } from "./mutations.ts";

export interface Reason {
  /** Of the source, trimmed. */
  readonly line: string;
  /** As the report has it. */
  readonly change: string;
  readonly reason: string;
}

/** Source file → the mutants of it that may survive. */
export const REASONS: Readonly<Record<string, readonly Reason[]>> = {
  "media/hls/cut-rule.ts": [],
  "media/hls/playlist-window.ts": [
    {
      line: "const minSeconds = (this.#targetDurationSeconds ?? 0) * MIN_LISTED_TARGET_DURATIONS;",
      change: "`0` → `1`",
      reason: "before there is a target duration there is no segment to count",
    },
    {
      line: "return segments.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);",
      change: "`0` → `1`",
      reason: "two sums are compared, and both are one more",
    },
  ],
  "media/hls/program-clock.ts": [
    {
      line: "#dateMs = Number.NEGATIVE_INFINITY;",
      change: "`Number.NEGATIVE_INFINITY` → `0`",
      reason: "it is less than any date of a server's clock, and so is 1970",
    },
  ],
  "media/track/encoder-clock.ts": [
    {
      line: "return bits === undefined ? Number.POSITIVE_INFINITY : 2 ** bits;",
      change: "`Number.POSITIVE_INFINITY` → `0`",
      reason: "no step is beyond half of either but by nothing, which is added then",
    },
  ],
  "media/track/frame-rate.ts": [
    { line: "if (steps < 1) return null;", change: "`1` ÷ 3", reason: "steps are whole" },
    {
      line: "if (jitterMs > stepMs * MAX_JITTER_SHARE) return (steps * 1000) / span(times);",
      change: "`>` → `>=`",
      reason: "a jitter of exactly half a step can be called either",
    },
    {
      line: "const nearest = COMMON_RATES.reduce((a, b) => (distanceMs(b) < distanceMs(a) ? b : a));",
      change: "`<` → `<=`",
      reason: "of two common rates that are equally near either will do",
    },
    {
      line: "return (times.at(-1) ?? 0) - (times[0] ?? 0);",
      change: "`0` → `1`",
      reason: "it is asked only where there are times; the compiler cannot know",
    },
    {
      line: "return (times.at(-1) ?? 0) - (times[0] ?? 0);",
      change: "`0` → `1` (3)",
      reason: "it is asked only where there are times; the compiler cannot know",
    },
  ],
  "media/track/jump-streak.ts": [
    {
      line: "#latestMs = 0;",
      change: "`0` → `1`",
      reason: "it is written by the first unit of a streak before anything reads it",
    },
    {
      line: "#since = 0;",
      change: "`0` → `1`",
      reason: "it is written by the first unit of a streak before anything reads it",
    },
  ],
  "media/track/timeline.ts": [
    {
      line: "#units = 0;",
      change: "`0` → `1`",
      reason:
        "ordinals are only compared with one another: where they begin and how far apart they are is nowhere to be seen",
    },
    {
      line: "this.#units += 1;",
      change: "`1` × 3",
      reason:
        "ordinals are only compared with one another: where they begin and how far apart they are is nowhere to be seen",
    },
    {
      line: "this.#units += 1;",
      change: "`1` ÷ 3",
      reason:
        "ordinals are only compared with one another: where they begin and how far apart they are is nowhere to be seen",
    },
    {
      line: "this.#units += 1;",
      change: "`1` → `2`",
      reason:
        "ordinals are only compared with one another: where they begin and how far apart they are is nowhere to be seen",
    },
    {
      line: "const hasKeptOn = trustedAt > clock.jumps.since && latestMs !== null;",
      change: "`>` → `>=`",
      reason: "a unit is trusted or jumps, never both: the two ordinals differ",
    },
    {
      line: "const publishMs = this.#latestMs ?? 0;",
      change: "`0` → `1`",
      reason: "a time is guessed only after another one; the compiler cannot know",
    },
    {
      line: "trustedAt: 0,",
      change: "`0` → `1`",
      reason: "no streak begins before the first unit, whose ordinal is 1",
    },
  ],
  "media/track/track-timing.ts": [
    {
      line: "if (Math.abs(this.#drift) < MAX_DRIFT_FRAMES * samplesPerFrame) return countedDts;",
      change: "`<` → `<=`",
      reason:
        "an average of thirty-seconds that is exactly half a frame needs a history made for it, and would be set right a frame later",
    },
  ],
  "server/ingest/send-queue.ts": [],
  "server/instances/gop-cache.ts": [
    {
      line: "#byteLength = 0;",
      change: "`0` → `1`",
      reason: "counted from the first key frame on, which sets it to nothing",
    },
    {
      line: "this.#previous = [];",
      change: "statement left out: `this.#previous = [];`",
      reason:
        "what is given up frees its memory at once; without a newest group nobody is handed the one before",
    },
  ],
  "server/instances/health.ts": [
    {
      line: "#longestKeyFrameGapMs = 0;",
      change: "`0` → `1`",
      reason:
        "three times a millisecond is as little as nothing beside the ten seconds that are waited for at least",
    },
    {
      line: "this.#longestKeyFrameGapMs = 0;",
      change: "`0` → `1`",
      reason:
        "three times a millisecond is as little as nothing beside the ten seconds that are waited for at least",
    },
    {
      line: "this.#open.frames += 1;",
      change: "`1` × 3",
      reason: "pictures are only compared with pictures: in threes they are the same share",
    },
    {
      line: "this.#open.frames += 1;",
      change: "`1` → `2`",
      reason: "pictures are only compared with pictures: in pairs they are the same share",
    },
    {
      line: "this.#open.interBytes += byteLength;",
      change: "`+=` → `-=`",
      reason: "bytes are only compared with bytes: all of them negative are the same share",
    },
    {
      line: "this.#open = { ...this.#open, audioFrames: 0, audioBytes: 0, isWhole: false };",
      change: "`0` → `1`",
      reason: "the second is not whole: what it holds is compared with nothing",
    },
    {
      line: "this.#open = { ...this.#open, audioFrames: 0, audioBytes: 0, isWhole: false };",
      change: "`0` → `1` (2)",
      reason: "the second is not whole: what it holds is compared with nothing",
    },
    {
      line: "return share !== null && share < HEALTH.frozenShare && largest > 0 && largest < HEALTH.frozenFrameBytes;",
      change: "`0` → `1`",
      reason: "no picture has one byte",
    },
    {
      line: "this.#complete(emptySecond(at, true));",
      change: "`true` → `false`",
      reason: "a second in which nothing came is not usual, whole or not",
    },
    {
      line: "interBytes: 0,",
      change: "`0` → `1`",
      reason: "one byte in a second is no share of what pictures have",
    },
    {
      line: "audioBytes: 0,",
      change: "`0` → `1`",
      reason: "one byte in a second is no share of what sound has",
    },
  ],
  "server/instances/ingest-figures.ts": [],
  "server/instances/instance.ts": [
    {
      line: "const since = Math.max(this.#connectedAtMs ?? 0, this.#lastMediaAtMs ?? 0);",
      change: "`0` → `1`",
      reason: "without a connection nothing is decided on how long it was silent",
    },
    {
      line: "const since = Math.max(this.#connectedAtMs ?? 0, this.#lastMediaAtMs ?? 0);",
      change: "`0` → `1` (2)",
      reason: "a connection is never older than the first millisecond of the clock",
    },
  ],
  "server/instances/publish.ts": [
    {
      line: "#gopSinceSeconds = Number.NEGATIVE_INFINITY;",
      change: "`Number.NEGATIVE_INFINITY` → `0`",
      reason: "it is asked only where units are kept, and they were begun with a time of their own",
    },
    {
      line: "#epoch = 0;",
      change: "`0` → `1`",
      reason: "the first unit begins an epoch where there is nothing to forget",
    },
    {
      line: "#latestUnitSeconds = 0;",
      change: "`0` → `1`",
      reason: "read only after the first unit has set it",
    },
  ],
  "server/instances/usual-level.ts": [
    {
      line: "return amounts.reduce((total, amount) => total + amount, 0);",
      change: "`+` → `-`",
      reason: "sums are only compared with sums: all of them negative are the same share",
    },
  ],
  "server/livestreams/claim.ts": [],
  "server/livestreams/lifecycle.ts": [],
  "server/recording/journal.ts": [],
  "server/switching/join-point.ts": [
    {
      line: 'const isNear = "fromSeconds" in point && point.fromSeconds - endSeconds <= MAX_WAIT_SECONDS;',
      change: "`<=` → `<`",
      reason: "a single value in the middle of what no encoder does",
    },
    {
      line: "return unit.dts / (tracks.get(unit.trackId)?.timescale ?? 1);",
      change: "`1` × 3",
      reason: "units that are kept are of tracks that are known",
    },
    {
      line: "return unit.dts / (tracks.get(unit.trackId)?.timescale ?? 1);",
      change: "`1` ÷ 3",
      reason: "units that are kept are of tracks that are known",
    },
    {
      line: "return unit.dts / (tracks.get(unit.trackId)?.timescale ?? 1);",
      change: "`1` → `0`",
      reason: "units that are kept are of tracks that are known",
    },
    {
      line: "return unit.dts / (tracks.get(unit.trackId)?.timescale ?? 1);",
      change: "`1` → `2`",
      reason: "units that are kept are of tracks that are known",
    },
  ],
  "server/switching/pending-switch.ts": [],
  "server/switching/splicer.ts": [
    {
      line: 'const startsAnew = !source.hasVideo || (track.kind === "video" && source.mayBeginWith(unit));',
      change:
        '`!source.hasVideo || (track.kind === "video" && source.mayBe…` → `(track.kind === "video" && source.mayBeginWith(unit))`',
      reason: "sound alone is one track: where that changed, it is none of those that were spliced in",
    },
    {
      line: "const reorderTicks = Math.round(reorderSeconds * track.timescale);",
      change: "`Math.round` → `Math.floor`",
      reason: "it is taken off and put back again: a tick more or less of it is nowhere to be seen",
    },
    {
      line: "return end === undefined ? !isPreroll : dts >= end.dts + Math.max(1, end.durationTicks / 2);",
      change: "`1` ÷ 3",
      reason: "ticks are whole numbers",
    },
    {
      line: "return track === undefined ? 0 : (keyFrame.pts - keyFrame.dts) / track.timescale;",
      change: "`0` → `1`",
      reason: "units that are kept are of tracks that are known",
    },
  ],
  "server/switching/switcher.ts": [
    {
      line: "#switchedAtMs = 0;",
      change: "`0` → `1`",
      reason: "read only while somebody is on air, which sets it",
    },
    {
      line: "const first = to?.unitsFrom(({ arrivalMs }) => arrivalMs <= lastArrivalMs)[0];",
      change: "`<=` → `<`",
      reason: "a key frame of that very millisecond leaves no gap, with the group before it or without",
    },
  ],
  "server/switching/time-map.ts": [
    {
      line: "const joinAt = Math.round(this.#joinAtSeconds * track.timescale);",
      change: "`Math.round` → `Math.floor` (2)",
      reason: "the tick before the joint plays one tick before it: either is at full length from the other",
    },
  ],
};

export function reasonFor(reasons: readonly Reason[], mutant: Mutant): Reason | undefined {
  return reasons.find(({ line, change }) => line === mutant.lineText && change === mutant.change);
}

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
  "media/track/encoder-clock.ts": [],
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
  "server/instances/health.ts": [],
  "server/livestreams/claim.ts": [],
  "server/livestreams/lifecycle.ts": [],
  "server/recording/journal.ts": [],
  "server/switching/join-point.ts": [],
  "server/switching/pending-switch.ts": [],
  "server/switching/splicer.ts": [],
  "server/switching/switcher.ts": [],
  "server/switching/time-map.ts": [],
};

export function reasonFor(reasons: readonly Reason[], mutant: Mutant): Reason | undefined {
  return reasons.find(({ line, change }) => line === mutant.lineText && change === mutant.change);
}

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
  "media/hls/playlist-window.ts": [],
  "media/hls/program-clock.ts": [],
  "media/track/encoder-clock.ts": [],
  "media/track/jump-streak.ts": [],
  "media/track/timeline.ts": [],
  "media/track/track-timing.ts": [],
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

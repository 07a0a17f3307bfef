// What an update of a livestream amounts to: what changes only before the start, only before the publish, or at any time.

import type { PlaybackPolicy } from "#openapi/names.ts";
import type { LivestreamRow } from "#server/store/livestream-store.ts";
import type { Decided } from "./lifecycle.ts";

/** What is left out stays as it is. */
export interface LivestreamPatch {
  readonly name?: string;
  readonly description?: string | null;
  readonly withDvr?: boolean;
  readonly withBackup?: boolean;
  readonly playbackPolicy?: PlaybackPolicy;
}

/** By what the lifecycle decides it. What would not change needs no leave. */
export function updateOf(row: LivestreamRow, patch: LivestreamPatch): Decided {
  if (changesInstances(row, patch)) return "start";
  const { playbackPolicy = row.playbackPolicy } = patch;
  return playbackPolicy === row.playbackPolicy ? "update" : "changePlaybackPolicy";
}

function changesInstances(
  row: LivestreamRow,
  { withDvr = row.withDvr, withBackup = row.withBackup }: LivestreamPatch,
): boolean {
  return withDvr !== row.withDvr || withBackup !== row.withBackup;
}

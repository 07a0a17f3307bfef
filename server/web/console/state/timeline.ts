// The timeline as the page keeps it, and which of its entries are marks in a chart.

import type { TimelineEntry } from "#openapi/client.ts";

/** Older ones are not asked for: whoever needs them asks the API. */
export const MOST_ENTRIES = 1000;

/** Newest first; `found` may hold some that are known already. */
export function withEntries(
  known: readonly TimelineEntry[],
  found: readonly TimelineEntry[],
): readonly TimelineEntry[] {
  const ids = new Set(known.map(({ id }) => id));
  const added = found.filter(({ id }) => !ids.has(id));
  if (added.length === 0) return known;
  const newestFirst = (one: TimelineEntry, other: TimelineEntry) =>
    one.atUtc === other.atUtc ? (one.id < other.id ? 1 : -1) : one.atUtc < other.atUtc ? 1 : -1;
  return [...added, ...known].sort(newestFirst).slice(0, MOST_ENTRIES);
}

export type EntryTone = "quiet" | "live" | "warning" | "bad";

/** What changes what viewers see, or should worry somebody. */
const TONES: Readonly<Record<string, EntryTone>> = {
  ...{ "livestream.published": "live", "livestream.stopped": "live", "livestream.failed": "bad" },
  ...{ "playout.switched": "warning", "recording.stopped": "bad", "recording.resumed": "warning" },
  ...{ "ingest.disconnected": "bad", "ingest.inactive": "bad", "ingest.refused": "warning" },
  ...{ "ingest.fault": "warning", "ingest.problem": "bad" },
};

export function toneOf({ type }: TimelineEntry): EntryTone {
  return TONES[type] ?? "quiet";
}

/** A mark of a chart. */
export interface Mark {
  /** Seconds since 1970. */
  readonly time: number;
  readonly tone: EntryTone;
  readonly text: string;
}

export function marksOf(entries: readonly TimelineEntry[]): readonly Mark[] {
  return entries.flatMap((entry) => {
    const tone = toneOf(entry);
    return tone === "quiet" ? [] : [{ time: Date.parse(entry.atUtc) / 1000, tone, text: entry.message }];
  });
}

/** The mark nearest to a time, within `reach` seconds; null where there is none. */
export function nearestMark(marks: readonly Mark[], time: number, reach: number): Mark | null {
  let nearest: Mark | null = null;
  for (const mark of marks) {
    const distance = Math.abs(mark.time - time);
    if (distance > reach || (nearest !== null && distance >= Math.abs(nearest.time - time))) continue;
    nearest = mark;
  }
  return nearest;
}

// The entries of a journal as initializations and segments, as far as the bytes they speak of are there.

import type { RenditionName } from "#media/hls/rendition.ts";
import type { Segment } from "#media/hls/segment.ts";
import type {
  InitializationEntry,
  JournalEntry,
  RecordedGap,
  RecordedPart,
  RecordedTrack,
  SegmentEndEntry,
  SegmentStartEntry,
} from "./journal.ts";

/** A segment, and where its parts begin in the file of fragments. */
export interface RecordedSegment extends Segment {
  readonly rendition: RenditionName;
  readonly offset: number;
  /** What is missing before it; left out where nothing is. */
  readonly gap?: RecordedGap;
}

export class ListedEntries {
  /** Those that {@link initializations} and {@link segments} are made of. */
  readonly entries: JournalEntry[] = [];
  readonly initializations: InitializationEntry[] = [];
  readonly segments: RecordedSegment[] = [];
  /** As the live playlist promised it; null without a segment. */
  targetDurationSeconds: number | null = null;
  /** The same of its parts; null where it listed none. */
  partTargetSeconds: number | null = null;
  /** The journal ends within this segment. */
  open: SegmentStartEntry | null = null;

  /** Stops at the first entry whose bytes are not within `mediaLength`. */
  constructor(entries: readonly JournalEntry[], mediaLength: number) {
    for (const entry of entries) if (!this.#add(entry, mediaLength)) return;
  }

  /** Where the last thing that is whole ends, bytes from the beginning of the file. */
  get endOffset(): number {
    const initialization = this.initializations.at(-1);
    const segment = this.segments.at(-1);
    return Math.max(
      initialization === undefined ? 0 : initialization.offset + initialization.byteLength,
      segment === undefined ? 0 : segment.offset + segment.byteLength,
    );
  }

  /** The parts of the last segment; empty where they are not known. */
  get lastParts(): readonly RecordedPart[] {
    const end = this.entries.findLast((entry) => entry.type === "segment-end");
    return end?.parts ?? [];
  }

  tracksOf(initializationId: number): readonly RecordedTrack[] {
    return this.initializations.find(({ id }) => id === initializationId)?.tracks ?? [];
  }

  close(start: SegmentStartEntry, end: SegmentEndEntry): void {
    this.segments.push(segmentOf(start, end));
    this.entries.push(start, end);
    this.targetDurationSeconds = end.targetDurationSeconds;
    this.partTargetSeconds = end.partTargetSeconds ?? null;
    this.open = null;
  }

  /** The last segment is not whole after all: it is open again, and nothing behind it is there. */
  reopenLast(): void {
    const at = this.entries.findLastIndex((entry) => entry.type === "segment-start");
    const start = this.entries[at];
    if (start?.type !== "segment-start") return;
    this.entries.length = at;
    this.segments.pop();
    while ((this.initializations.at(-1)?.offset ?? 0) > start.offset) this.initializations.pop();
    if (this.segments.length === 0) {
      this.targetDurationSeconds = null;
      this.partTargetSeconds = null;
    }
    this.open = start;
  }

  /** False where its bytes are not there. */
  #add(entry: JournalEntry, mediaLength: number): boolean {
    switch (entry.type) {
      case "initialization":
        if (entry.offset + entry.byteLength > mediaLength) return false;
        this.initializations.push(entry);
        this.entries.push(entry);
        return true;
      case "segment-start":
        this.open = entry;
        return true;
      case "segment-end":
        if (this.open?.msn !== entry.msn || this.open.offset + entry.byteLength > mediaLength) return false;
        this.close(this.open, entry);
        return true;
    }
  }
}

function segmentOf({ type: _, ...start }: SegmentStartEntry, end: SegmentEndEntry): RecordedSegment {
  const { durationSeconds, byteLength, partCount, frameRate } = end;
  return { ...start, durationSeconds, byteLength, partCount, frameRate };
}

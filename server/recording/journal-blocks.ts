// What is left of a journal with damaged lines: initializations, and segments with one of their two lines or both.

import {
  type InitializationEntry,
  JOURNAL_VERSION,
  type JournalEntry,
  type SegmentEndEntry,
  type SegmentStartEntry,
} from "./journal.ts";
import { readJournalLines } from "./journal-lines.ts";

export type Block = InitializationEntry | SegmentBlock;

export interface SegmentBlock {
  readonly msn: number;
  /** Null where the line is lost; one of them is left. */
  readonly start: SegmentStartEntry | null;
  readonly end: SegmentEndEntry | null;
}

export function isSegment(block: Block): block is SegmentBlock {
  return "start" in block;
}

/** Where its bytes begin; null where its lines do not say. */
export function offsetOf(block: Block): number | null {
  return isSegment(block) ? (block.start?.offset ?? block.end?.parts[0]?.[0] ?? null) : block.offset;
}

export function blocksOf(entries: readonly JournalEntry[]): Block[] {
  const blocks: Block[] = [];
  let start: SegmentStartEntry | null = null;
  for (const entry of entries) {
    const isPair = entry.type === "segment-end" && start?.msn === entry.msn;
    if (start !== null && !isPair) blocks.push({ msn: start.msn, start, end: null });
    if (entry.type === "initialization") blocks.push(entry);
    if (entry.type === "segment-end")
      blocks.push({ msn: entry.msn, start: isPair ? start : null, end: entry });
    start = entry.type === "segment-start" ? entry : null;
  }
  return start === null ? blocks : [...blocks, { msn: start.msn, start, end: null }];
}

/** The lines that are whole, and how many are not. Rejects when the file cannot be read. */
export async function readWholeLines(
  path: string,
): Promise<{ version: number; entries: JournalEntry[]; brokenLines: number }> {
  let version = JOURNAL_VERSION;
  let brokenLines = 0;
  const entries: JournalEntry[] = [];
  for await (const { value, number } of readJournalLines(path)) {
    if (value === null) brokenLines += 1;
    else if (value.type === "journal") version = value.version;
    else {
      // Version 1 had no line that says so.
      if (number === 1) version = 1;
      entries.push(value);
    }
  }
  return { version, entries, brokenLines };
}

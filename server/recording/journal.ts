// The journal beside a recording: what the file of fragments holds, a line for each fact, appended as it becomes true.

import { crc32 } from "node:zlib";
import type { SegmentStart } from "#media/hls/segment.ts";
import type { TrackKind } from "#media/track/track.ts";

/** What a reader of the recording has to know of its tracks; `trackId` as in its fragments. */
export interface RecordedTrack {
  readonly trackId: number;
  readonly kind: TrackKind;
  readonly timescale: number;
  /** RFC 6381. */
  readonly codec: string;
  /** Pixels; null of sound. */
  readonly width: number | null;
  readonly height: number | null;
}

export interface InitializationEntry {
  readonly type: "initialization";
  readonly id: number;
  /** Bytes from the beginning of the file. */
  readonly offset: number;
  readonly byteLength: number;
  readonly tracks: readonly RecordedTrack[];
}

export interface SegmentStartEntry extends SegmentStart {
  readonly type: "segment-start";
  /** Where its first part begins, bytes from the beginning of the file. */
  readonly offset: number;
}

export interface SegmentEndEntry {
  readonly type: "segment-end";
  readonly msn: number;
  readonly durationSeconds: number;
  readonly byteLength: number;
  readonly partCount: number;
  readonly frameCount: number;
  readonly targetDurationSeconds: number;
}

export type JournalEntry = InitializationEntry | SegmentStartEntry | SegmentEndEntry;

export interface Journal {
  readonly entries: readonly JournalEntry[];
  /** Of the whole lines: what follows was torn. */
  readonly byteLength: number;
}

/** Hexadecimal digits of the CRC-32 before each entry. */
const CHECKSUM_LENGTH = 8;

/** Entries read between two turns of the event loop: a few milliseconds. */
const ENTRIES_A_TURN = 1000;

export function encodeJournalLine(entry: JournalEntry): Uint8Array {
  const json = JSON.stringify(entry);
  return Buffer.from(`${checksum(json)} ${json}\n`);
}

/** Stops at the first line that is not whole: nothing behind it can be trusted. */
export async function parseJournal(text: string): Promise<Journal> {
  const entries: JournalEntry[] = [];
  let at = 0;
  for (;;) {
    const end = text.indexOf("\n", at);
    const entry = end === -1 ? null : parseLine(text.slice(at, end));
    if (entry === null) break;
    entries.push(entry);
    at = end + 1;
    if (entries.length % ENTRIES_A_TURN === 0) await nextTurn();
  }
  return { entries, byteLength: Buffer.byteLength(text.slice(0, at)) };
}

function parseLine(line: string): JournalEntry | null {
  const json = line.slice(CHECKSUM_LENGTH + 1);
  // The checksum of nothing is right, too.
  if (json === "" || line[CHECKSUM_LENGTH] !== " ") return null;
  return line.slice(0, CHECKSUM_LENGTH) === checksum(json) ? JSON.parse(json) : null;
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(CHECKSUM_LENGTH, "0");
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

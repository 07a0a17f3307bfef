// The journal beside a recording: what the file of fragments holds, a line for each fact, appended as it becomes true.
// Its first line says which version of this format it is.

import { crc32 } from "node:zlib";
import { type RenditionName, renditionName } from "#media/hls/rendition.ts";
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
  readonly rendition: RenditionName;
  readonly id: number;
  /** Bytes from the beginning of the file. */
  readonly offset: number;
  readonly byteLength: number;
  /** Of its bytes; left out by versions of Tandem that did not say. */
  readonly crc32?: number;
  readonly tracks: readonly RecordedTrack[];
}

export interface SegmentStartEntry extends SegmentStart {
  readonly type: "segment-start";
  readonly rendition: RenditionName;
  /** Where its first part begins, bytes from the beginning of the file. */
  readonly offset: number;
  /** What is missing before it; left out where nothing is. */
  readonly gap?: RecordedGap;
}

/** The broadcast went on and was not recorded. */
export interface RecordedGap {
  readonly reason: string;
  /** Of the programme, as long as the process that records again has known it. */
  readonly seconds: number;
}

/**
 * Why there is a gap in a recording that was put together anew: the disk was lost. What is behind it is not where it was in the file
 * that was lost.
 */
export const NOT_UPLOADED = "the disk was lost, and the object store does not have it";

export interface SegmentEndEntry {
  readonly type: "segment-end";
  readonly rendition: RenditionName;
  readonly msn: number;
  readonly durationSeconds: number;
  readonly byteLength: number;
  readonly partCount: number;
  /** Null without pictures, and where a journal of version 1 did not say. */
  readonly frameRate: number | null;
  readonly targetDurationSeconds: number;
  /** Left out where no parts were listed. */
  readonly partTargetSeconds?: number;
  /** Empty where a journal of version 1 did not say. */
  readonly parts: readonly RecordedPart[];
}

/** Where a part lies, bytes from the beginning of the file, and the CRC-32 of its bytes. */
export type RecordedPart = readonly [offset: number, byteLength: number, crc32: number];

export type JournalEntry = InitializationEntry | SegmentStartEntry | SegmentEndEntry;

export interface Journal {
  readonly version: number;
  readonly entries: readonly JournalEntry[];
  /** Bytes of the whole lines: what follows was torn. */
  readonly byteLength: number;
  /** What follows is not only torn: whole lines are behind it. */
  readonly isBroken: boolean;
}

/** The version written today. Version 1 had no line that says so, no rendition, no frame rate and no parts. */
export const JOURNAL_VERSION = 2;

/** The journal is of a version of Tandem that this one does not know: it is left as it is. */
export class NewerJournalError extends Error {
  constructor(version: number) {
    super(
      `the journal is of version ${version}; this version of Tandem knows versions up to ${JOURNAL_VERSION}`,
    );
    this.name = "NewerJournalError";
  }
}

/** Hexadecimal digits of the CRC-32 before each entry. */
const CHECKSUM_LENGTH = 8;

/** Entries read between two turns of the event loop: a few milliseconds. */
const ENTRIES_A_TURN = 1000;

/** The first line of a journal. */
export function encodeJournalVersion(): Uint8Array {
  return encodeLine({ type: "journal", version: JOURNAL_VERSION });
}

export function encodeJournalLine(entry: JournalEntry): Uint8Array {
  return encodeLine(entry);
}

/**
 * Stops at the first line that is not whole: nothing behind it can be trusted. Entries of an older version are read as
 * those of this one. Throws {@link NewerJournalError}.
 */
export async function parseJournal(text: string): Promise<Journal> {
  const first = lineAt(text, 0);
  const version = first === null ? JOURNAL_VERSION : versionOf(first.value);
  if (version > JOURNAL_VERSION) throw new NewerJournalError(version);
  const entries: JournalEntry[] = [];
  let at = first !== null && version > 1 ? first.end : 0;
  for (let line = lineAt(text, at); line !== null; line = lineAt(text, at)) {
    if (line.value.type === "journal") break;
    entries.push(line.value);
    at = line.end;
    if (entries.length % ENTRIES_A_TURN === 0) await nextTurn();
  }
  const byteLength = Buffer.byteLength(text.slice(0, at));
  const isBroken = holdsLine(text, at);
  return { version, entries: version === 1 ? upgraded(entries) : entries, byteLength, isBroken };
}

/** A line without its end; null where it is not whole. */
export function parseJournalLine(line: string): JournalEntry | VersionLine | null {
  const json = line.slice(CHECKSUM_LENGTH + 1);
  // The checksum of nothing is right, too.
  if (json === "" || line[CHECKSUM_LENGTH] !== " ") return null;
  return line.slice(0, CHECKSUM_LENGTH) === checksum(json) ? JSON.parse(json) : null;
}

function encodeLine(value: JournalEntry | VersionLine): Uint8Array {
  const json = JSON.stringify(value);
  return Buffer.from(`${checksum(json)} ${json}\n`);
}

export interface VersionLine {
  readonly type: "journal";
  readonly version: number;
}

/** A line that is whole, and where the next one begins. */
interface Line {
  readonly value: JournalEntry | VersionLine;
  readonly end: number;
}

function lineAt(text: string, at: number): Line | null {
  const end = text.indexOf("\n", at);
  if (end === -1) return null;
  const value = parseJournalLine(text.slice(at, end));
  return value === null ? null : { value, end: end + 1 };
}

/** Behind the line that begins at `at`. */
function holdsLine(text: string, at: number): boolean {
  for (let end = text.indexOf("\n", at); end !== -1; end = text.indexOf("\n", end + 1)) {
    if (lineAt(text, end + 1) !== null) return true;
  }
  return false;
}

function versionOf(first: Line["value"]): number {
  return first.type === "journal" ? first.version : 1;
}

/** Version 1 knew one rendition, which is named as it would be now, and nothing of frame rates and parts. */
function upgraded(entries: readonly JournalEntry[]): JournalEntry[] {
  const rendition = nameOf(entries);
  return entries.map((entry) =>
    entry.type === "segment-end"
      ? { ...entry, rendition, frameRate: null, parts: [] }
      : { ...entry, rendition },
  );
}

function nameOf(entries: readonly JournalEntry[]): RenditionName {
  const [first] = entries;
  const tracks = first?.type === "initialization" ? first.tracks : [];
  return renditionName(0, tracks.find(({ kind }) => kind === "video")?.height ?? null);
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(CHECKSUM_LENGTH, "0");
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

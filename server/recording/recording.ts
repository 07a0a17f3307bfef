// A recording read back: which segments it holds, where their bytes lie, and how it ended.

import { appendFile, rename, truncate, writeFile } from "node:fs/promises";
import { Fmp4Error } from "#media/fmp4/fmp4-error.ts";
import { type Fragment, readFragment } from "#media/fmp4/fragment-reader.ts";
import type { Segment } from "#media/hls/segment.ts";
import {
  encodeJournalLine,
  type InitializationEntry,
  type Journal,
  type JournalEntry,
  parseJournal,
  type RecordedTrack,
  type SegmentEndEntry,
  type SegmentStartEntry,
} from "./journal.ts";

export interface RecordingPaths {
  readonly media: string;
  readonly journal: string;
}

/** A segment, and where its parts begin in the file of fragments. */
export interface RecordedSegment extends Segment {
  readonly offset: number;
}

export interface Recording {
  readonly mediaFile: string;
  readonly initializations: readonly InitializationEntry[];
  readonly segments: readonly RecordedSegment[];
  /** As the live playlist promised it; null without a segment. */
  readonly targetDurationSeconds: number | null;
  /** Sum of the segments, which is that of the samples. */
  readonly durationSeconds: number;
  /** Of the file of fragments. */
  readonly sizeBytes: number;
  /** Of the last initialization that a segment uses. */
  readonly tracks: readonly RecordedTrack[];
  readonly nextMsn: number;
  readonly nextInitializationId: number;
  /** Programme time at which the last sample ends, 0 without a segment. */
  readonly endsAtSeconds: number;
}

/**
 * Null when there is none. A torn end, of either file, is cut off, and a segment that was being written is closed with
 * the parts that are whole: what is on the disk afterwards is what is answered. Not while it is being recorded.
 */
export async function openRecording(paths: RecordingPaths): Promise<Recording | null> {
  const journalFile = Bun.file(paths.journal);
  if (!(await journalFile.exists())) return null;
  const mediaLength = await lengthOf(paths.media);
  const journal = await parseJournal(await journalFile.text());
  const listed = listEntries(journal.entries, mediaLength);
  const { open } = listed;
  const extent = open === null ? null : await readExtent(paths.media, open.offset, mediaLength);
  const closing = open === null || extent === null ? null : closingEntry(open, extent, listed);
  if (open !== null && closing !== null) listed.segments.push(segmentOf(open, closing));
  const wholeEntries = closing === null ? listed.entries : [...listed.entries, open, closing];
  await repairJournal(
    paths.journal,
    journal,
    wholeEntries.filter((entry) => entry !== null),
  );
  const wholeLength = endOf(listed);
  if (wholeLength < mediaLength) await truncate(paths.media, wholeLength);
  return describe(paths.media, listed, wholeLength);
}

/** What the journal says, as far as the bytes it speaks of are there. */
interface Listed {
  /** Those that {@link initializations} and {@link segments} are made of. */
  readonly entries: JournalEntry[];
  readonly initializations: InitializationEntry[];
  readonly segments: RecordedSegment[];
  targetDurationSeconds: number | null;
  /** The journal ends within this segment. */
  open: SegmentStartEntry | null;
}

function listEntries(entries: readonly JournalEntry[], mediaLength: number): Listed {
  const listed: Listed = {
    entries: [],
    initializations: [],
    segments: [],
    targetDurationSeconds: null,
    open: null,
  };
  for (const entry of entries) {
    switch (entry.type) {
      case "initialization":
        if (entry.offset + entry.byteLength > mediaLength) return listed;
        listed.initializations.push(entry);
        listed.entries.push(entry);
        break;
      case "segment-start":
        listed.open = entry;
        break;
      case "segment-end":
        if (listed.open?.msn !== entry.msn || listed.open.offset + entry.byteLength > mediaLength)
          return listed;
        listed.segments.push(segmentOf(listed.open, entry));
        listed.entries.push(listed.open, entry);
        listed.targetDurationSeconds = entry.targetDurationSeconds;
        listed.open = null;
    }
  }
  return listed;
}

function segmentOf({ type: _, ...start }: SegmentStartEntry, end: SegmentEndEntry): RecordedSegment {
  const { durationSeconds, byteLength, partCount, frameCount } = end;
  return { ...start, durationSeconds, byteLength, partCount, frameCount };
}

/** The end that an unfinished segment gets; null when no part of it is whole. */
function closingEntry(
  open: SegmentStartEntry,
  fragments: readonly Fragment[],
  listed: Listed,
): SegmentEndEntry | null {
  if (fragments.length === 0) return null;
  const tracks = tracksOf(listed, open.initializationId);
  const lead = tracks.find(({ kind }) => kind === "video") ?? tracks[0];
  const runs = fragments
    .flatMap((fragment) => fragment.runs)
    .filter(({ trackId }) => trackId === lead?.trackId);
  const durationTicks = runs.reduce((sum, run) => sum + run.durationTicks, 0);
  const durationSeconds = durationTicks / (lead?.timescale ?? 1);
  return {
    type: "segment-end",
    msn: open.msn,
    durationSeconds,
    byteLength: fragments.reduce((sum, { byteLength }) => sum + byteLength, 0),
    partCount: fragments.length,
    frameCount: lead?.kind === "video" ? runs.reduce((sum, { samples }) => sum + samples.length, 0) : 0,
    targetDurationSeconds: listed.targetDurationSeconds ?? Math.max(1, Math.round(durationSeconds)),
  };
}

/** The fragments that are whole, from `offset` up to `end` at most. */
async function readExtent(mediaFile: string, offset: number, end: number): Promise<Fragment[]> {
  const bytes = await Bun.file(mediaFile).slice(offset, end).bytes();
  const fragments: Fragment[] = [];
  for (let at = 0; ; ) {
    const fragment = wholeFragment(bytes, at);
    if (fragment === null) return fragments;
    fragments.push(fragment);
    at += fragment.byteLength;
  }
}

function wholeFragment(bytes: Uint8Array, offset: number): Fragment | null {
  try {
    return readFragment(bytes, offset);
  } catch (error) {
    // After a power cut a file's end may hold anything.
    if (error instanceof Fmp4Error) return null;
    throw error;
  }
}

/** Leaves the journal with these entries and nothing else; nothing is written where that is so already. */
async function repairJournal(
  path: string,
  journal: Journal,
  entries: readonly JournalEntry[],
): Promise<void> {
  const isPrefix = entries.length >= journal.entries.length;
  if (isPrefix) {
    await truncate(path, journal.byteLength);
    const missing = entries.slice(journal.entries.length).map(encodeJournalLine);
    if (missing.length > 0) await appendFile(path, Buffer.concat(missing));
    return;
  }
  const written = `${path}.new`;
  await writeFile(written, Buffer.concat(entries.map(encodeJournalLine)));
  await rename(written, path);
}

/** Where the last thing that is whole ends. */
function endOf({ initializations, segments }: Listed): number {
  const initialization = initializations.at(-1);
  const segment = segments.at(-1);
  return Math.max(
    initialization === undefined ? 0 : initialization.offset + initialization.byteLength,
    segment === undefined ? 0 : segment.offset + segment.byteLength,
  );
}

async function describe(mediaFile: string, listed: Listed, sizeBytes: number): Promise<Recording> {
  const { initializations, segments, targetDurationSeconds } = listed;
  const last = segments.at(-1);
  return {
    mediaFile,
    initializations,
    segments,
    targetDurationSeconds:
      last === undefined ? null : (targetDurationSeconds ?? Math.max(1, Math.round(last.durationSeconds))),
    durationSeconds: segments.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0),
    sizeBytes,
    tracks: last === undefined ? [] : tracksOf(listed, last.initializationId),
    nextMsn: last === undefined ? 0 : last.msn + 1,
    nextInitializationId: (initializations.at(-1)?.id ?? -1) + 1,
    endsAtSeconds:
      last === undefined ? 0 : await endSecondsOf(mediaFile, last, tracksOf(listed, last.initializationId)),
  };
}

async function endSecondsOf(
  mediaFile: string,
  { offset, byteLength }: RecordedSegment,
  tracks: readonly RecordedTrack[],
): Promise<number> {
  const fragments = await readExtent(mediaFile, offset, offset + byteLength);
  const ends = fragments
    .flatMap(({ runs }) => runs)
    .map(({ trackId, baseMediaDecodeTime, durationTicks }) => {
      const timescale = tracks.find((track) => track.trackId === trackId)?.timescale ?? 1;
      return (baseMediaDecodeTime + durationTicks) / timescale;
    });
  return Math.max(0, ...ends);
}

function tracksOf(
  { initializations }: Pick<Listed, "initializations">,
  id: number,
): readonly RecordedTrack[] {
  return initializations.find((initialization) => initialization.id === id)?.tracks ?? [];
}

async function lengthOf(path: string): Promise<number> {
  const file = Bun.file(path);
  return (await file.exists()) ? file.size : 0;
}

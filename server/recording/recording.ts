// A recording read back: which segments it holds, where their bytes lie, and how it ended.

import { appendFile, readFile, rename, stat, truncate, writeFile } from "node:fs/promises";
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
import { closingEntry, readFragments } from "./unfinished-segment.ts";

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
 * the parts that are whole: what is on the disk afterwards is what is answered. Where that segment is the first one, the
 * playlist had promised no target duration: then it is `leastTargetDurationSeconds`, if the segment is not longer. Not
 * while it is being recorded.
 */
export async function openRecording(
  paths: RecordingPaths,
  leastTargetDurationSeconds = 1,
): Promise<Recording | null> {
  const text = await unlessMissing(readFile(paths.journal, "utf8"));
  if (text === null) return null;
  const journal = await parseJournal(text);
  const mediaLength = (await unlessMissing(stat(paths.media)))?.size ?? 0;
  const listed = listEntries(journal.entries, mediaLength);
  await closeOpenSegment(paths.media, mediaLength, listed, leastTargetDurationSeconds);
  await repairJournal(paths.journal, journal, listed.entries);
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

/** The segment that was being written ends with its last whole part. */
async function closeOpenSegment(
  mediaFile: string,
  mediaLength: number,
  listed: Listed,
  leastTargetDurationSeconds: number,
): Promise<void> {
  const { open, targetDurationSeconds } = listed;
  if (open === null) return;
  const fragments = await readFragments(mediaFile, open.offset, mediaLength);
  const tracks = tracksOf(listed, open.initializationId);
  const closing = closingEntry(open, fragments, {
    tracks,
    targetDurationSeconds,
    leastTargetDurationSeconds,
  });
  if (closing === null) return;
  listed.segments.push(segmentOf(open, closing));
  listed.entries.push(open, closing);
  listed.targetDurationSeconds = closing.targetDurationSeconds;
}

/** Leaves the journal with these entries and nothing else; nothing is written where that is so already. */
async function repairJournal(
  path: string,
  journal: Journal,
  entries: readonly JournalEntry[],
): Promise<void> {
  const isKept = journal.entries.every((entry, index) => entries[index] === entry);
  if (isKept) {
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
    targetDurationSeconds,
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
  const fragments = await readFragments(mediaFile, offset, offset + byteLength);
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

/** Null for a file that is not there; one that cannot be read is no reason to begin a recording anew. */
async function unlessMissing<Result>(reading: Promise<Result>): Promise<Result | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

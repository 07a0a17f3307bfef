// A recording read back: which segments of which renditions it holds, where their bytes lie, and how it ended.

import { readFile, stat } from "node:fs/promises";
import type { RenditionName } from "#media/hls/rendition.ts";
import { unlessMissing } from "#server/common/failure.ts";
import { HeldBytes } from "./held-bytes.ts";
import { type InitializationEntry, type Journal, parseJournal, type RecordedTrack } from "./journal.ts";
import { ListedEntries, type RecordedSegment } from "./listed-entries.ts";
import type { PieceFile } from "./piece.ts";
import { readFragments } from "./unfinished-segment.ts";

/** Before the first segment of a livestream there is a number for what is listed while that one is not complete. */
export const FIRST_MSN = 1;

export interface RecordingPaths {
  readonly media: string;
  readonly journal: string;
}

/** One encoding of what was recorded. */
export interface RecordedRendition {
  readonly name: RenditionName;
  readonly initializations: readonly InitializationEntry[];
  readonly segments: readonly RecordedSegment[];
}

export interface Recording {
  readonly media: PieceFile;
  /** In the order of the programme; the first one says how long it is. */
  readonly renditions: readonly RecordedRendition[];
  /** The first rendition's. */
  readonly segments: readonly RecordedSegment[];
  /** As the live playlist promised it; null without a segment. */
  readonly targetDurationSeconds: number | null;
  /** The same of its parts; null where it listed none. */
  readonly partTargetSeconds: number | null;
  /** Sum of the segments, which is that of the samples. */
  readonly durationSeconds: number;
  /** What is whole of the file of fragments. */
  readonly sizeBytes: number;
  /** The tracks of the last initialization that a segment uses. */
  readonly tracks: readonly RecordedTrack[];
  readonly nextMsn: number;
  readonly nextInitializationId: number;
  readonly renditionNames: readonly RenditionName[];
  /** Programme time at which the last sample ends, 0 without a segment. */
  readonly endsAtSeconds: number;
}

/** As it is on the disk, and null when there is none: nothing is written, and what is torn at its end is left out. */
export async function readRecording(paths: RecordingPaths): Promise<Recording | null> {
  const found = await readJournal(paths);
  return found === null ? null : describeRecording({ file: paths.media }, found.listed);
}

/** What the journal says, and what of it is there; null without a journal. */
export async function readJournal({
  journal: journalFile,
  media,
}: RecordingPaths): Promise<{ journal: Journal; listed: ListedEntries; mediaLength: number } | null> {
  const text = await unlessMissing(readFile(journalFile, "utf8"));
  if (text === null) return null;
  const journal = await parseJournal(text);
  const mediaLength = (await unlessMissing(stat(media)))?.size ?? 0;
  return { journal, listed: new ListedEntries(journal.entries, mediaLength), mediaLength };
}

export async function describeRecording(media: PieceFile, listed: ListedEntries): Promise<Recording> {
  const { initializations, segments, targetDurationSeconds, partTargetSeconds } = listed;
  const renditions = renditionsOf(listed);
  const last = segments.at(-1);
  const tracks = last === undefined ? [] : listed.tracksOf(last.initializationId);
  return {
    media,
    renditions,
    segments: renditions[0]?.segments ?? [],
    targetDurationSeconds,
    partTargetSeconds,
    durationSeconds: segments.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0),
    sizeBytes: listed.endOffset,
    tracks,
    nextMsn: last === undefined ? 0 : last.msn + 1,
    nextInitializationId: (initializations.at(-1)?.id ?? -1) + 1,
    renditionNames: renditions.map(({ name }) => name),
    endsAtSeconds: last === undefined ? 0 : await endSecondsOf(media, last, tracks),
  };
}

/** Where it does not, the disk was lost meanwhile, or could not be written at first. */
export function hasBeginning(recording: Recording | null): boolean {
  return (recording?.segments[0]?.msn ?? Number.POSITIVE_INFINITY) <= FIRST_MSN;
}

/** Where the bytes of all that is recorded on the disk are. */
export function recordedBytes({ media, renditions }: Recording): HeldBytes {
  const held = new HeldBytes(media.file);
  for (const { name, initializations, segments } of renditions) {
    for (const { id, offset, byteLength } of initializations)
      held.addRecorded(name, "initialization", { number: id, offset, byteLength });
    for (const { msn, offset, byteLength } of segments)
      held.addRecorded(name, "segment", { number: msn, offset, byteLength });
  }
  return held;
}

function renditionsOf({ initializations, segments }: ListedEntries): RecordedRendition[] {
  const names = new Set(initializations.map(({ rendition }) => rendition));
  return [...names].map((name) => ({
    name,
    initializations: initializations.filter(({ rendition }) => rendition === name),
    segments: segments.filter(({ rendition }) => rendition === name),
  }));
}

async function endSecondsOf(
  media: PieceFile,
  { offset, byteLength }: RecordedSegment,
  tracks: readonly RecordedTrack[],
): Promise<number> {
  const fragments = await readFragments(media, offset, offset + byteLength);
  const ends = fragments
    .flatMap(({ runs }) => runs)
    .map(({ trackId, baseMediaDecodeTime, durationTicks }) => {
      const timescale = tracks.find((track) => track.trackId === trackId)?.timescale ?? 1;
      return (baseMediaDecodeTime + durationTicks) / timescale;
    });
  return Math.max(0, ...ends);
}

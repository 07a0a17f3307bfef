// What an asset plays: the segments of a recording, or of a stretch of it, each with the places of its bytes.

import type { RenditionName } from "#media/hls/rendition.ts";
import type { Segment } from "#media/hls/segment.ts";
import type { ClipCut, CutSegment } from "#server/store/clip-cut.ts";
import type { MediaFacts } from "#server/store/media-store.ts";
import { NOT_UPLOADED, type RecordedTrack } from "./journal.ts";
import type { FilePiece, PieceFile } from "./piece.ts";
import type { RecordedRendition, Recording } from "./recording.ts";

export interface FootageInitialization {
  readonly id: number;
  readonly tracks: readonly RecordedTrack[];
  readonly place: FilePiece;
}

export interface FootageSegment extends Segment {
  /** Whole fragments, one after the other; of a whole segment one piece. */
  readonly pieces: readonly FilePiece[];
}

/** Of the first rendition; decode times are the programme's, and begin anywhere. */
export interface Footage {
  readonly rendition: RenditionName;
  /** Those that its segments use, in the order of their ids. */
  readonly initializations: readonly FootageInitialization[];
  /** At least one. */
  readonly segments: readonly FootageSegment[];
  readonly targetDurationSeconds: number;
}

/** Null of a recording without a segment. */
export function footageOf({ media, renditions, targetDurationSeconds }: Recording): Footage | null {
  const [rendition] = renditions;
  if (rendition === undefined || rendition.segments.length === 0) return null;
  const segments = segmentsOf(media, rendition);
  return {
    rendition: rendition.name,
    initializations: usedBy(segments, media, rendition),
    segments,
    targetDurationSeconds: targetDurationSeconds ?? 1,
  };
}

/** `own`: the media file that the clip has of its own. Null where the recording has not what was cut from it. */
export function clipFootage(recording: Recording, cut: ClipCut, own: PieceFile): Footage | null {
  const { media, renditions } = recording;
  const rendition = renditions.find(({ name }) => name === cut.rendition);
  if (rendition === undefined || !isWhereItWas(recording, cut)) return null;
  const files = { recording: media, clip: own };
  const { first, last } = cut;
  const between =
    last === null ? [] : segmentsOf(media, rendition).filter(({ msn }) => msn > first.msn && msn < last.msn);
  const segments = [placedIn(files, first), ...between, ...(last === null ? [] : [placedIn(files, last)])];
  return {
    rendition: rendition.name,
    initializations: usedBy(segments, media, rendition),
    segments,
    targetDurationSeconds: cut.targetDurationSeconds,
  };
}

/** One that was put together anew has all up to the first stretch that is missing where it was, and nothing behind it. */
function isWhereItWas({ segments, sizeBytes }: Recording, { first, last }: ClipCut): boolean {
  const end = segments.find(({ gap }) => gap?.reason === NOT_UPLOADED)?.offset ?? sizeBytes;
  const pieces = [...first.pieces, ...(last?.pieces ?? [])].filter(({ of }) => of === "recording");
  return pieces.every(({ offset, byteLength }) => offset + byteLength <= end);
}

export function footageSeconds({ segments }: { readonly segments: readonly Segment[] }): number {
  return segments.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
}

/** What an asset that plays it says of itself: the tracks are the last segment's. */
export function footageFacts({
  initializations,
  segments,
}: {
  readonly initializations: readonly FootageInitialization[];
  readonly segments: readonly Segment[];
}): MediaFacts {
  const last = segments.at(-1);
  const tracks = initializations.find(({ id }) => id === last?.initializationId)?.tracks ?? [];
  const video = tracks.find(({ kind }) => kind === "video");
  const audio = tracks.find(({ kind }) => kind === "audio");
  const lengths = [...initializations.map(({ place }) => place), ...segments];
  return {
    durationSeconds: footageSeconds({ segments }),
    sizeBytes: lengths.reduce((sum, { byteLength }) => sum + byteLength, 0),
    width: video?.width ?? null,
    height: video?.height ?? null,
    videoCodec: video?.codec ?? null,
    audioCodec: audio?.codec ?? null,
  };
}

function segmentsOf(file: PieceFile, { segments }: RecordedRendition): FootageSegment[] {
  return segments.map(({ rendition: _, offset, ...segment }) => ({
    ...segment,
    pieces: [{ ...file, offset, byteLength: segment.byteLength }],
  }));
}

function placedIn(
  files: Readonly<Record<"recording" | "clip", PieceFile>>,
  segment: CutSegment,
): FootageSegment {
  const pieces = segment.pieces.map(({ of, offset, byteLength }) => ({
    ...files[of],
    offset,
    byteLength,
  }));
  return { ...segment, pieces };
}

function usedBy(
  segments: readonly FootageSegment[],
  file: PieceFile,
  { initializations }: RecordedRendition,
): FootageInitialization[] {
  const used = new Set(segments.map(({ initializationId }) => initializationId));
  return initializations
    .filter(({ id }) => used.has(id))
    .map(({ id, tracks, offset, byteLength }) => ({ id, tracks, place: { ...file, offset, byteLength } }));
}

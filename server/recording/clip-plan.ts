// Where a clip begins and ends: at the last picture at or before its start that decoding can begin with, and at the end of the
// picture that is nearest to its end. What is left of the first and of the last segment is read and cut; all between stays whole.

import type { Segment } from "#media/hls/segment.ts";
import { CuttableSegment, type SegmentCut } from "#media/hls/segment-cut.ts";
import type { Footage, FootageSegment } from "./footage.ts";
import { type FilePiece, gatherPieces, joinPieces, type Piece, stretchOf } from "./piece.ts";

/** Seconds from the beginning of the footage. */
export interface Span {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

export interface ClipPlan extends Span {
  /** At least one. */
  readonly segments: readonly PlannedSegment[];
}

/** Pieces in memory are fragments made for the clip. */
export interface PlannedSegment extends Segment {
  readonly pieces: readonly Piece[];
}

/**
 * So many segments before the start are read to find a picture that decoding can begin with; before these, only such a segment
 * counts as begins with one. Encoders send one every ten seconds or more often.
 */
const SEGMENTS_LOOKED_INTO = 16;

/** `span`: not empty, and within the footage. Rejects where its bytes are not there any more. */
export async function planClip(footage: Footage, span: Span): Promise<ClipPlan> {
  const starts = startsOf(footage.segments);
  const reader = new SegmentReader(footage);
  const begin = await beginOf(reader, starts, span.startSeconds);
  const end = await endOf(reader, starts, span.endSeconds, begin);
  const segments: PlannedSegment[] = [];
  for (let index = begin.index; index <= end.index; index += 1) {
    const segment = segmentAt(footage, index);
    const from = index === begin.index ? begin.seconds : 0;
    const to = index === end.index ? end.seconds : segment.durationSeconds;
    const isWhole = from === 0 && to === segment.durationSeconds;
    const planned = isWhole ? segment : cutSegment(segment, await reader.read(index), from, to);
    segments.push(index === begin.index ? { ...planned, discontinuity: false } : planned);
  }
  const startSeconds = (starts[begin.index] ?? 0) + begin.seconds;
  return { segments, startSeconds, endSeconds: (starts[end.index] ?? 0) + end.seconds };
}

/** A position in a segment of the footage. */
interface Place {
  readonly index: number;
  /** From the segment's beginning. */
  readonly seconds: number;
}

/** Where there is nothing before the start to begin with, the clip begins with the footage. */
async function beginOf(reader: SegmentReader, starts: readonly number[], seconds: number): Promise<Place> {
  const asked = indexAt(starts, seconds);
  for (let index = asked; index >= 0; index -= 1) {
    if (asked - index > SEGMENTS_LOOKED_INTO && !reader.isIndependent(index)) continue;
    const found = (await reader.read(index)).joinPoint(seconds - (starts[index] ?? 0));
    if (found !== null) return { index, seconds: found };
  }
  return { index: 0, seconds: 0 };
}

/** At least the picture that is shown at the beginning. */
async function endOf(
  reader: SegmentReader,
  starts: readonly number[],
  seconds: number,
  begin: Place,
): Promise<Place> {
  const index = Math.max(begin.index, indexAt(starts, seconds));
  const end = (await reader.read(index)).nearestEnd(seconds - (starts[index] ?? 0));
  if (index > begin.index && end > 0) return { index, seconds: end };
  // Nearer to the end of the segment before than to any picture of this one.
  if (index > begin.index) return { index: index - 1, seconds: reader.durationSeconds(index - 1) };
  const least = (await reader.read(index)).endOfPictureAt(begin.seconds);
  return { index, seconds: Math.max(least, end) };
}

/** The last segment that begins at or before `seconds`. */
function indexAt(starts: readonly number[], seconds: number): number {
  return Math.max(
    0,
    starts.findLastIndex((start) => start <= seconds),
  );
}

function startsOf(segments: readonly Segment[]): number[] {
  let seconds = 0;
  return segments.map(({ durationSeconds }) => {
    const start = seconds;
    seconds += durationSeconds;
    return start;
  });
}

function cutSegment(
  segment: FootageSegment,
  cuttable: CuttableSegment,
  fromSeconds: number,
  toSeconds: number,
): PlannedSegment {
  const cut = cuttable.cut(fromSeconds, toSeconds);
  const pieces = joinPieces(placesOf(cut, segment.pieces));
  return {
    ...segment,
    independent: segment.independent || fromSeconds > 0,
    programDateTimeMs: segment.programDateTimeMs + Math.round(fromSeconds * 1000),
    durationSeconds: toSeconds - fromSeconds,
    byteLength: pieces.reduce((sum, { byteLength }) => sum + byteLength, 0),
    partCount: cut.partCount,
    pieces,
  };
}

function placesOf({ pieces }: SegmentCut, from: readonly FilePiece[]): Piece[] {
  return pieces.flatMap((piece): readonly Piece[] =>
    piece instanceof Uint8Array ? [piece] : stretchOf(from, piece.start, piece.end),
  );
}

function segmentAt({ segments }: Footage, index: number): FootageSegment {
  const segment = segments[index];
  if (segment === undefined)
    throw new Error(`footage of ${segments.length} segments has no segment ${index}`);
  return segment;
}

/** Reads each segment that is cut once. */
class SegmentReader {
  readonly #footage: Footage;
  readonly #read = new Map<number, CuttableSegment>();

  constructor(footage: Footage) {
    this.#footage = footage;
  }

  isIndependent(index: number): boolean {
    return segmentAt(this.#footage, index).independent;
  }

  durationSeconds(index: number): number {
    return segmentAt(this.#footage, index).durationSeconds;
  }

  async read(index: number): Promise<CuttableSegment> {
    const known = this.#read.get(index);
    if (known !== undefined) return known;
    const { pieces, initializationId, durationSeconds } = segmentAt(this.#footage, index);
    const bytes = await (await gatherPieces(pieces)).bytes();
    const initialization = this.#footage.initializations.find(({ id }) => id === initializationId);
    const cuttable = new CuttableSegment(bytes, initialization?.tracks ?? [], durationSeconds);
    this.#read.set(index, cuttable);
    return cuttable;
  }
}

// A clip on the disk: what is its own of it is written, and what it refers to is said.

import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { CuttableSegment } from "#media/hls/segment-cut.ts";
import { UnavailableError } from "#server/common/unavailable-error.ts";
import type { ClipCut, CutPiece, CutSegment } from "#server/store/clip-cut.ts";
import type { ClipPlan, PlannedSegment } from "./clip-plan.ts";
import type { Footage } from "./footage.ts";
import { OwnRecording } from "./own-recording.ts";
import { type FilePiece, gatherPieces, isInMemory, joinPieces, type Piece, readPiece } from "./piece.ts";
import type { RecordingPaths } from "./recording.ts";

/** A copy leaves so much of the disk to recordings. */
const LEFT_BYTES = 64 * 1024 * 1024;

/**
 * By reference: only fragments that were made for the clip are written, and those that are another clip's own.
 * `recordingFile`: the media file that the rest refers to.
 */
export async function storeReference(
  plan: ClipPlan,
  footage: Footage,
  paths: RecordingPaths & { readonly recordingFile: string },
): Promise<ClipCut> {
  const first = plan.segments[0];
  const last = plan.segments.length > 1 ? plan.segments.at(-1) : undefined;
  if (first === undefined) throw new Error("a clip without a segment");
  const ends = new OwnEnds(footage, paths);
  try {
    return {
      rendition: footage.rendition,
      targetDurationSeconds: footage.targetDurationSeconds,
      first: await ends.write(first),
      last: last === undefined ? null : await ends.write(last),
    };
  } finally {
    await ends.end();
  }
}

/** Everything is written, a segment at a time; stops between two of them when the signal is aborted. */
export async function storeCopy(
  plan: ClipPlan,
  footage: Footage,
  paths: RecordingPaths,
  signal: AbortSignal,
): Promise<void> {
  const byteLength = plan.segments.reduce((sum, segment) => sum + segment.byteLength, 0);
  await ensureRoom(dirname(dirname(paths.media)), byteLength);
  const own = await OwnRecording.begin(paths, footage);
  try {
    let initializationId: number | null = null;
    for (const segment of plan.segments) {
      signal.throwIfAborted();
      if (segment.initializationId !== initializationId) {
        initializationId = segment.initializationId;
        await writeInitialization(own, footage, initializationId);
      }
      await own.segment(segment, await (await gatherPieces(segment.pieces)).bytes());
    }
  } finally {
    await own.end();
  }
}

/** The ends of a clip: their own fragments become a recording, a segment each, that is made with the first of them. */
class OwnEnds {
  readonly #footage: Footage;
  readonly #paths: RecordingPaths & { readonly recordingFile: string };
  #own: OwnRecording | null = null;
  #written = 0;
  #initializationId: number | null = null;

  constructor(footage: Footage, paths: RecordingPaths & { readonly recordingFile: string }) {
    this.#footage = footage;
    this.#paths = paths;
  }

  async write(segment: PlannedSegment): Promise<CutSegment> {
    const pieces: CutPiece[] = [];
    for (const piece of joinPieces(segment.pieces)) pieces.push(await this.#place(segment, piece));
    const { msn, initializationId, discontinuity, independent, programDateTimeMs } = segment;
    const { durationSeconds, byteLength, partCount, frameRate } = segment;
    return {
      ...{ msn, initializationId, discontinuity, independent, programDateTimeMs },
      ...{ durationSeconds, byteLength, partCount, frameRate, pieces },
    };
  }

  async end(): Promise<void> {
    await this.#own?.end();
  }

  async #place(segment: PlannedSegment, piece: Piece): Promise<CutPiece> {
    if (!isInMemory(piece) && piece.file === this.#paths.recordingFile) return referenceTo(piece);
    const bytes = isInMemory(piece) ? piece : await readPiece(piece);
    this.#own ??= await OwnRecording.begin(this.#paths, this.#footage);
    if (this.#initializationId !== segment.initializationId) {
      this.#initializationId = segment.initializationId;
      await writeInitialization(this.#own, this.#footage, segment.initializationId);
    }
    const durationSeconds = this.#secondsOf(segment, bytes);
    const offset = await this.#own.segment({ ...segment, msn: this.#written, durationSeconds }, bytes);
    this.#written += 1;
    return { of: "clip", offset, byteLength: bytes.byteLength };
  }

  /** How long its samples last. */
  #secondsOf({ initializationId }: PlannedSegment, bytes: Uint8Array): number {
    const initialization = this.#footage.initializations.find(({ id }) => id === initializationId);
    return new CuttableSegment(bytes, initialization?.tracks ?? [], 0).sampleSeconds;
  }
}

function referenceTo({ offset, byteLength }: FilePiece): CutPiece {
  return { of: "recording", offset, byteLength };
}

async function writeInitialization(
  own: OwnRecording,
  footage: Footage,
  initializationId: number,
): Promise<void> {
  const initialization = footage.initializations.find(({ id }) => id === initializationId);
  if (initialization === undefined) throw new Error(`footage without initialization ${initializationId}`);
  await own.initialization(initialization, await readPiece(initialization.place));
}

/** A disk that a copy fills would end every recording on it. */
async function ensureRoom(folder: string, byteLength: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize - byteLength >= LEFT_BYTES) return;
  const sentence = `There is no room for a copy of ${byteLength} bytes: cut the clip without "copy", or make room.`;
  throw new UnavailableError("disk_full", sentence);
}

// Which stretch of a recording a clip plays, as it is stored: its two ends; what lies between is the recording's.

export interface ClipCut {
  /** Of the recording that it is cut from. */
  readonly rendition: string;
  readonly targetDurationSeconds: number;
  readonly first: CutSegment;
  /** Null where the first one is the only one. */
  readonly last: CutSegment | null;
}

/** The first or the last segment, as the clip plays it; facts as in a playlist. */
export interface CutSegment {
  readonly msn: number;
  readonly initializationId: number;
  readonly discontinuity: boolean;
  readonly independent: boolean;
  readonly programDateTimeMs: number;
  readonly durationSeconds: number;
  readonly byteLength: number;
  readonly partCount: number;
  readonly frameRate: number | null;
  /** Whole fragments, one after the other. */
  readonly pieces: readonly CutPiece[];
}

/** In the media file of the recording, or in the one that the clip has of its own. */
export interface CutPiece {
  readonly of: "recording" | "clip";
  /** Bytes from the beginning of the file. */
  readonly offset: number;
  readonly byteLength: number;
}

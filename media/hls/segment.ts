// What the segmenter cuts: initializations, parts and segments, each with the facts a playlist or a journal needs.

import type { Track } from "#media/track/track.ts";
import type { RenditionName } from "./rendition.ts";

/** A CMAF header: the codec configuration that the segments naming it need. */
export interface Initialization {
  /** Rises by one with every change of the tracks; part of the URI, so never used twice in a programme. */
  readonly id: number;
  readonly bytes: Uint8Array;
  /** Empty when the initialization was read back from a recording. */
  readonly tracks: readonly Track[];
}

/** One movie fragment: the least that is delivered or recorded at once. */
export interface Part {
  /** Media sequence number of the segment it belongs to. */
  readonly msn: number;
  /** 0-based position in that segment. */
  readonly index: number;
  readonly durationSeconds: number;
  /** Its pictures begin with a key frame, or there is no video: INDEPENDENT=YES (rfc8216bis §4.4.4.9). */
  readonly independent: boolean;
  readonly bytes: Uint8Array;
}

/** A part that was promised and is not there: nothing begins in it (GAP=YES, rfc8216bis §4.4.4.9). */
export interface GapPart {
  readonly msn: number;
  readonly index: number;
  readonly durationSeconds: number;
}

/** What is known of a segment when its first unit arrives. */
export interface SegmentStart {
  readonly msn: number;
  readonly initializationId: number;
  /** EXT-X-DISCONTINUITY precedes it. */
  readonly discontinuity: boolean;
  /** Starts with a video key frame, or there is no video. */
  readonly independent: boolean;
  /** Wall clock of its first sample, milliseconds since 1970. */
  readonly programDateTimeMs: number;
  /** A playlist begins with it, and this is known before it is complete: its parts can be listed. */
  readonly promised?: PlaylistTargets;
}

/** A finished segment: its bytes are its parts' bytes, one after the other. */
export interface Segment extends SegmentStart {
  readonly durationSeconds: number;
  readonly byteLength: number;
  readonly partCount: number;
  /** Pictures a second as their encoder timed them; null without pictures, or where it is not known. */
  readonly frameRate: number | null;
}

/** One thing that is cut, and which of the programme's encodings it is of. */
export type Cut = { readonly rendition: RenditionName } & (
  | { readonly type: "initialization"; readonly initialization: Initialization }
  /** `frameRate`: pictures a second, of the first segment where it is listed before it is complete. */
  | { readonly type: "segment-start"; readonly start: SegmentStart; readonly frameRate?: number | null }
  | { readonly type: "part"; readonly part: Part }
  | { readonly type: "gap"; readonly gap: GapPart }
  | ({ readonly type: "segment"; readonly segment: Segment } & PlaylistTargets)
);

/** What a playlist promises for as long as it lives. */
export interface PlaylistTargets {
  /** EXT-X-TARGETDURATION, whole seconds. */
  readonly targetDurationSeconds: number;
  /** PART-TARGET of EXT-X-PART-INF, whole milliseconds; left out where parts are not listed. */
  readonly partTargetSeconds?: number;
}

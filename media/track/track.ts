// What flows through the house: tracks with their codec configuration, and access units before and after the timeline.

import type { AacConfiguration } from "#media/codecs/aac/aac-configuration.ts";
import type { H264Configuration } from "#media/codecs/h264/h264-configuration.ts";
import type { SourceClock } from "./source-clock.ts";

/** A coded stream of one kind within a publish. */
export type Track = VideoTrack | AudioTrack;

export type TrackKind = Track["kind"];

export interface VideoTrack extends TrackFacts {
  readonly kind: "video";
  readonly configuration: VideoConfiguration;
}

export interface AudioTrack extends TrackFacts {
  readonly kind: "audio";
  readonly configuration: AudioConfiguration;
}

interface TrackFacts {
  /** Stable for as long as the publish lasts. */
  readonly id: number;
  /** Ticks a second of every `dts` and `pts` of this track: 90000 for video, the sample rate for audio. */
  readonly timescale: number;
}

/** By codec. What a codec decides is asked where it is written, read or placed into boxes; all else asks for the kind. */
export type VideoConfiguration = H264Configuration;

export type AudioConfiguration = AacConfiguration;

export type CodecConfiguration = VideoConfiguration | AudioConfiguration;

/** One coded frame as its source timed it, not yet unwrapped or repaired. */
export interface EncodedUnit {
  readonly trackId: number;
  readonly clock: SourceClock;
  /** Decoding time as it was sent, ticks of the source's clock. */
  readonly sentDts: number;
  /** Signed; presentation time minus decoding time, ticks of the source's clock. */
  readonly compositionTime: number;
  /** Decoding can start here, and all is right from here on: a video key frame, any audio frame. */
  readonly isSync: boolean;
  readonly hints?: UnitHints;
  readonly data: Uint8Array;
}

/** What a unit is beside what all units say of themselves; absent where it is nothing of the kind. */
export interface UnitHints {
  /** Whoever has nothing better begins here: what is shown is right after a while, or perhaps at once. */
  readonly isRecoveryPoint?: true;
  /** Pictures that come after it are shown before it and need what came before it. */
  readonly isOpenGop?: true;
  /** The source did not send it: it shows the last picture on, or is silence, where nothing came. */
  readonly isFiller?: true;
}

/** One coded frame on the repaired timeline. `dts` of a track strictly increases within an epoch; `pts >= dts`. */
export interface AccessUnit {
  readonly trackId: number;
  /** Ticks of the unit's track. */
  readonly dts: number;
  /** Ticks of the unit's track. */
  readonly pts: number;
  readonly isSync: boolean;
  readonly hints?: UnitHints;
  readonly data: Uint8Array;
}

/** What `unit` is, decoded and shown at these times; each field by its name, as this is done for every unit and a spread costs more. */
export function unitAt(
  { trackId, isSync, hints, data }: EncodedUnit | AccessUnit,
  dts: number,
  pts: number,
): AccessUnit {
  return hints === undefined
    ? { trackId, dts, pts, isSync, data }
    : { trackId, dts, pts, isSync, hints, data };
}

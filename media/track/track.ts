// What flows through the house: tracks, their codec configuration, and access units before and after the timeline.

/** A coded stream of one kind within a publish; its id is stable for as long as the publish lasts. */
export interface Track {
  readonly id: number;
  readonly kind: "video" | "audio";
  /** Ticks a second of every `dts` and `pts` of this track: 90000 for video, the sample rate for audio. */
  readonly timescale: number;
  readonly configuration: CodecConfiguration;
}

export type CodecConfiguration = H264Configuration | AacConfiguration;

/** H.264 as FLV and MP4 carry it: length-prefixed NAL units, parameter sets out of band. */
export interface H264Configuration {
  readonly codec: "h264";
  /** AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1), byte for byte as the encoder sent it. */
  readonly record: Uint8Array;
  /** RFC 6381, for example `avc1.64001f`. */
  readonly codecString: string;
  /** Pixels after cropping. */
  readonly width: number;
  readonly height: number;
  /** Sample aspect ratio of the VUI, null when it says nothing (square is then assumed). */
  readonly sampleAspectRatio: { readonly horizontal: number; readonly vertical: number } | null;
  /** Frames a second by the VUI timing, null when it has none. A hint: real timing is in the timestamps. */
  readonly frameRate: number | null;
  readonly nalUnitLengthSize: 1 | 2 | 4;
}

/** AAC as FLV and MP4 carry it: raw frames, AudioSpecificConfig out of band. */
export interface AacConfiguration {
  readonly codec: "aac";
  /** AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1), byte for byte as the encoder sent it. */
  readonly record: Uint8Array;
  /** RFC 6381, for example `mp4a.40.2`. */
  readonly codecString: string;
  /** Hz, of the core coder: one frame is `samplesPerFrame` samples at this rate. */
  readonly sampleRate: number;
  readonly channels: number;
  readonly samplesPerFrame: 960 | 1024;
}

/** One coded frame as the encoder timed it: 32-bit milliseconds, not yet unwrapped or repaired. */
export interface EncodedUnit {
  readonly trackId: number;
  /** Decoding time on the encoder's 32-bit clock, milliseconds modulo 2^32. */
  readonly timestampMs: number;
  /** Signed; presentation time minus decoding time. */
  readonly compositionTimeMs: number;
  /** Decoding can start here: a video key frame, any audio frame. */
  readonly isSync: boolean;
  readonly data: Uint8Array;
}

/** One coded frame on the repaired timeline. `dts` of a track strictly increases within an epoch; `pts >= dts`. */
export interface AccessUnit {
  readonly trackId: number;
  /** Ticks of the unit's track. */
  readonly dts: number;
  /** Ticks of the unit's track. */
  readonly pts: number;
  readonly isSync: boolean;
  readonly data: Uint8Array;
}

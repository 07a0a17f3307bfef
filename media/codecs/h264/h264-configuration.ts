// H.264 as FLV and MP4 carry it: length-prefixed NAL units, parameter sets in a record beside them.

import { parseAvcDecoderConfigurationRecord } from "./decoder-configuration-record.ts";

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

/** The record is copied. Throws a `CodecError` for one that is malformed. */
export function h264Configuration(record: Uint8Array): H264Configuration {
  const { nalUnitLengthSize, codecString, sequenceParameterSet } = parseAvcDecoderConfigurationRecord(record);
  const { width, height, sampleAspectRatio, frameRate } = sequenceParameterSet;
  return {
    codec: "h264",
    record: record.slice(),
    codecString,
    width,
    height,
    sampleAspectRatio,
    frameRate,
    nalUnitLengthSize,
  };
}

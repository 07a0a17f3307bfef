// The part of the VUI a player can use: the shape of a pixel and the nominal frame rate.

import type { BitReader } from "#media/bytes/bit-reader.ts";
import { EndOfBytesError } from "#media/bytes/byte-reader.ts";

export interface VideoUsabilityInformation {
  readonly sampleAspectRatio: { readonly horizontal: number; readonly vertical: number } | null;
  /** Frames a second, null without timing information. */
  readonly frameRate: number | null;
}

export const NO_USABILITY_INFORMATION: VideoUsabilityInformation = {
  sampleAspectRatio: null,
  frameRate: null,
};

const EXTENDED_SAR = 255;

/** ITU-T H.264 table E-1, by aspect_ratio_idc. */
const SAMPLE_ASPECT_RATIOS: readonly (readonly [horizontal: number, vertical: number] | null)[] = [
  null,
  [1, 1],
  [12, 11],
  [10, 11],
  [16, 11],
  [40, 33],
  [24, 11],
  [20, 11],
  [32, 11],
  [80, 33],
  [18, 11],
  [15, 11],
  [64, 33],
  [160, 99],
  [4, 3],
  [3, 2],
  [2, 1],
];

/** More is a broken time scale, not a camera. */
const MAX_FRAME_RATE = 1000;

/**
 * vui_parameters() of ITU-T H.264 §E.1.1 up to its timing. Nothing in it is needed to decode: where it is cut short, what
 * was read so far stands.
 */
export function readVideoUsabilityInformation(bits: BitReader): VideoUsabilityInformation {
  let sampleAspectRatio: VideoUsabilityInformation["sampleAspectRatio"] = null;
  try {
    sampleAspectRatio = readSampleAspectRatio(bits);
    skipDisplayFields(bits);
    return { sampleAspectRatio, frameRate: readFrameRate(bits) };
  } catch (error) {
    if (error instanceof EndOfBytesError || error instanceof RangeError)
      return { sampleAspectRatio, frameRate: null };
    throw error;
  }
}

function readSampleAspectRatio(bits: BitReader): VideoUsabilityInformation["sampleAspectRatio"] {
  const isPresent = bits.flag(); // aspect_ratio_info_present_flag
  if (!isPresent) return null;
  const aspectRatioIdc = bits.bits(8);
  if (aspectRatioIdc !== EXTENDED_SAR) {
    const [horizontal, vertical] = SAMPLE_ASPECT_RATIOS[aspectRatioIdc] ?? [0, 0];
    return horizontal === 0 ? null : { horizontal, vertical };
  }
  const horizontal = bits.bits(16); // sar_width
  const vertical = bits.bits(16); // sar_height
  return horizontal === 0 || vertical === 0 ? null : { horizontal, vertical };
}

function skipDisplayFields(bits: BitReader): void {
  if (bits.flag()) bits.skip(1); // overscan_info_present_flag: overscan_appropriate_flag
  if (bits.flag()) {
    bits.skip(4); // video_signal_type_present_flag: video_format, video_full_range_flag
    if (bits.flag()) bits.skip(24); // colour_description_present_flag: primaries, transfer, matrix
  }
  if (bits.flag()) {
    bits.unsignedExpGolomb(); // chroma_loc_info_present_flag: top field
    bits.unsignedExpGolomb(); // bottom field
  }
}

function readFrameRate(bits: BitReader): number | null {
  if (!bits.flag()) return null; // timing_info_present_flag
  const unitsInTick = bits.bits(32); // num_units_in_tick
  const timeScale = bits.bits(32); // time_scale
  if (unitsInTick === 0) return null;
  const frameRate = timeScale / unitsInTick / 2; // a tick is a field
  return frameRate > 0 && frameRate <= MAX_FRAME_RATE ? frameRate : null;
}

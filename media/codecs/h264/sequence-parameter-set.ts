// Reads of a sequence parameter set what a container and a playlist say about the picture.

import { BitReader } from "#media/bytes/bit-reader.ts";
import { CodecError, parsing } from "#media/codecs/codec-error.ts";
import { rawByteSequence } from "./raw-byte-sequence.ts";
import {
  NO_USABILITY_INFORMATION,
  readVideoUsabilityInformation,
  type VideoUsabilityInformation,
} from "./video-usability-information.ts";

export interface SequenceParameterSet extends VideoUsabilityInformation {
  readonly profileIdc: number;
  /** The byte of constraint_set flags. */
  readonly constraintFlags: number;
  readonly levelIdc: number;
  /** Pixels after cropping. */
  readonly width: number;
  readonly height: number;
}

/** Far above any live picture; level 6.2 ends at 8192 × 4320. */
const MAX_PIXELS_A_SIDE = 8192;

const NAL_TYPE_SPS = 7;

/** Profiles whose parameter sets describe the chroma format (ITU-T H.264 §7.3.2.1.1). */
const PROFILES_WITH_CHROMA_FORMAT = new Set([44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244]);

/** ITU-T H.264 §7.4.2.1.1: num_ref_frames_in_pic_order_cnt_cycle. */
const MAX_REFERENCE_FRAMES_IN_CYCLE = 255;

/** seq_parameter_set_data() of ITU-T H.264 §7.3.2.1.1, with its NAL unit header. Throws {@link CodecError}. */
export function parseSequenceParameterSet(nalUnit: Uint8Array): SequenceParameterSet {
  return parsing("sequence parameter set", () => {
    const bits = new BitReader(rawByteSequence(nalUnit));
    const nalType = bits.bits(8) & 0x1f;
    if (nalType !== NAL_TYPE_SPS) throw new CodecError(`sequence parameter set of NAL unit type ${nalType}`);
    const profileIdc = bits.bits(8);
    const constraintFlags = bits.bits(8);
    const levelIdc = bits.bits(8);
    bits.unsignedExpGolomb(); // seq_parameter_set_id
    const chroma = PROFILES_WITH_CHROMA_FORMAT.has(profileIdc) ? readChromaFormat(bits) : FOUR_TWO_ZERO;
    skipPictureOrder(bits);
    const size = readPictureSize(bits, chroma);
    const usability = bits.flag() ? readVideoUsabilityInformation(bits) : NO_USABILITY_INFORMATION;
    return { profileIdc, constraintFlags, levelIdc, ...size, ...usability };
  });
}

/** Luma samples that one unit of cropping stands for. */
interface CropUnit {
  readonly horizontal: number;
  readonly vertical: number;
}

const FOUR_TWO_ZERO: CropUnit = { horizontal: 2, vertical: 2 };
const FOUR_TWO_TWO: CropUnit = { horizontal: 2, vertical: 1 };
const WHOLE_SAMPLES: CropUnit = { horizontal: 1, vertical: 1 };

function readChromaFormat(bits: BitReader): CropUnit {
  const chromaFormatIdc = bits.unsignedExpGolomb();
  if (chromaFormatIdc > 3) throw new CodecError(`chroma_format_idc ${chromaFormatIdc}`);
  if (chromaFormatIdc === 3) bits.skip(1); // separate_colour_plane_flag
  bits.unsignedExpGolomb(); // bit_depth_luma_minus8
  bits.unsignedExpGolomb(); // bit_depth_chroma_minus8
  bits.skip(1); // qpprime_y_zero_transform_bypass_flag
  if (bits.flag()) skipScalingMatrix(bits, chromaFormatIdc === 3 ? 12 : 8);
  if (chromaFormatIdc === 1) return FOUR_TWO_ZERO;
  return chromaFormatIdc === 2 ? FOUR_TWO_TWO : WHOLE_SAMPLES;
}

function skipScalingMatrix(bits: BitReader, lists: number): void {
  for (let index = 0; index < lists; index += 1) if (bits.flag()) skipScalingList(bits, index < 6 ? 16 : 64);
}

/** scaling_list() of ITU-T H.264 §7.3.2.1.1.1: the list ends early where the next scale would be 0. */
function skipScalingList(bits: BitReader, size: number): void {
  let scale = 8;
  for (let index = 0; index < size && scale !== 0; index += 1) {
    scale = (scale + bits.signedExpGolomb() + 256) % 256;
  }
}

function skipPictureOrder(bits: BitReader): void {
  bits.unsignedExpGolomb(); // log2_max_frame_num_minus4
  const picOrderCntType = bits.unsignedExpGolomb();
  if (picOrderCntType === 0) bits.unsignedExpGolomb(); // log2_max_pic_order_cnt_lsb_minus4
  if (picOrderCntType === 1) skipPictureOrderCycle(bits);
  bits.unsignedExpGolomb(); // max_num_ref_frames
  bits.skip(1); // gaps_in_frame_num_value_allowed_flag
}

function skipPictureOrderCycle(bits: BitReader): void {
  bits.skip(1); // delta_pic_order_always_zero_flag
  bits.signedExpGolomb(); // offset_for_non_ref_pic
  bits.signedExpGolomb(); // offset_for_top_to_bottom_field
  const frames = bits.unsignedExpGolomb(); // num_ref_frames_in_pic_order_cnt_cycle
  if (frames > MAX_REFERENCE_FRAMES_IN_CYCLE) throw new CodecError(`picture order cycle of ${frames} frames`);
  for (let index = 0; index < frames; index += 1) bits.signedExpGolomb(); // offset_for_ref_frame
}

function readPictureSize(bits: BitReader, chroma: CropUnit): { width: number; height: number } {
  const codedWidth = (bits.unsignedExpGolomb() + 1) * 16; // pic_width_in_mbs_minus1
  const mapUnits = bits.unsignedExpGolomb() + 1; // pic_height_in_map_units_minus1
  const isFrameOnly = bits.flag(); // frame_mbs_only_flag
  if (!isFrameOnly) bits.skip(1); // mb_adaptive_frame_field_flag
  bits.skip(1); // direct_8x8_inference_flag
  const fields = isFrameOnly ? 1 : 2;
  const codedHeight = mapUnits * 16 * fields;
  const crop = bits.flag() ? readCrop(bits) : { horizontal: 0, vertical: 0 };
  const width = codedWidth - crop.horizontal * chroma.horizontal;
  const height = codedHeight - crop.vertical * chroma.vertical * fields;
  if (codedWidth > MAX_PIXELS_A_SIDE || codedHeight > MAX_PIXELS_A_SIDE || width <= 0 || height <= 0) {
    throw new CodecError(`picture of ${width} × ${height} cropped from ${codedWidth} × ${codedHeight}`);
  }
  return { width, height };
}

function readCrop(bits: BitReader): { horizontal: number; vertical: number } {
  const left = bits.unsignedExpGolomb();
  const right = bits.unsignedExpGolomb();
  const top = bits.unsignedExpGolomb();
  const bottom = bits.unsignedExpGolomb();
  return { horizontal: left + right, vertical: top + bottom };
}

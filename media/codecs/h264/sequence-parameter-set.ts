// Reads of a sequence parameter set what a container and a playlist say about the picture, and what slices are read by.

import { BitReader } from "#media/bytes/bit-reader.ts";
import { CodecError, parsing } from "#media/codecs/codec-error.ts";
import { NAL_TYPE } from "./nal-unit-type.ts";
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
  readonly id: number;
  readonly chroma: ChromaFormat;
  readonly log2MaxFrameNum: number;
  readonly pictureOrder: PictureOrder;
  /** 0: every picture stands for itself. */
  readonly maxReferenceFrames: number;
  /** frame_mbs_only_flag: no picture is a field, or has fields in it. */
  readonly isFrameOnly: boolean;
  /** Of a whole frame. */
  readonly macroblocks: number;
  readonly widthInMacroblocks: number;
}

export interface ChromaFormat {
  readonly chromaFormatIdc: number;
  /** Three colour planes coded like three pictures of grey. */
  readonly hasSeparatePlanes: boolean;
  readonly lumaBits: number;
  readonly chromaBits: number;
}

/** How pictures say in which order they are shown (ITU-T H.264 §8.2.1). */
export interface PictureOrder {
  /** pic_order_cnt_type */
  readonly type: number;
  /** With type 0, else 0. */
  readonly log2MaxLsb: number;
  /** With type 1: delta_pic_order_always_zero_flag. */
  readonly isDeltaAlwaysZero: boolean;
}

/** Far above any live picture; level 6.2 ends at 8192 × 4320. */
const MAX_PIXELS_A_SIDE = 8192;

/** ITU-T H.264 §7.4.2.1.1. */
const MAX_ID = 31;

/** Profiles whose parameter sets describe the chroma format (ITU-T H.264 §7.3.2.1.1). */
const PROFILES_WITH_CHROMA_FORMAT = new Set([44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244]);

/** ITU-T H.264 §7.4.2.1.1: num_ref_frames_in_pic_order_cnt_cycle. */
const MAX_REFERENCE_FRAMES_IN_CYCLE = 255;

/** seq_parameter_set_data() of ITU-T H.264 §7.3.2.1.1, with its NAL unit header. Throws {@link CodecError}. */
export function parseSequenceParameterSet(nalUnit: Uint8Array): SequenceParameterSet {
  return parsing("sequence parameter set", () => {
    const bits = new BitReader(rawByteSequence(nalUnit));
    const nalType = bits.bits(8) & 0x1f;
    if (nalType !== NAL_TYPE.sequenceParameterSet)
      throw new CodecError(`sequence parameter set of NAL unit type ${nalType}`);
    const profileIdc = bits.bits(8);
    const constraintFlags = bits.bits(8);
    const levelIdc = bits.bits(8);
    const id = bits.unsignedExpGolomb(); // seq_parameter_set_id
    if (id > MAX_ID) throw new CodecError(`sequence parameter set ${id}`);
    const chroma = hasChromaFormat(profileIdc) ? readChromaFormat(bits) : FOUR_TWO_ZERO;
    const log2MaxFrameNum = readLog2(bits, "log2_max_frame_num_minus4");
    const pictureOrder = readPictureOrder(bits);
    const maxReferenceFrames = bits.unsignedExpGolomb(); // max_num_ref_frames
    bits.skip(1); // gaps_in_frame_num_value_allowed_flag
    const size = readPictureSize(bits, cropUnit(chroma));
    const usability = bits.flag() ? readVideoUsabilityInformation(bits) : NO_USABILITY_INFORMATION;
    return {
      ...{
        profileIdc,
        constraintFlags,
        levelIdc,
        id,
        chroma,
        log2MaxFrameNum,
        pictureOrder,
        maxReferenceFrames,
      },
      ...size,
      ...usability,
    };
  });
}

/** Luma samples that one unit of cropping stands for. */
interface CropUnit {
  readonly horizontal: number;
  readonly vertical: number;
}

const FOUR_TWO_ZERO: ChromaFormat = {
  chromaFormatIdc: 1,
  hasSeparatePlanes: false,
  lumaBits: 8,
  chromaBits: 8,
};

/** Whether parameter sets of the profile, and records made of them, describe the chroma format. */
export function hasChromaFormat(profileIdc: number): boolean {
  return PROFILES_WITH_CHROMA_FORMAT.has(profileIdc);
}

function readChromaFormat(bits: BitReader): ChromaFormat {
  const chromaFormatIdc = bits.unsignedExpGolomb();
  if (chromaFormatIdc > 3) throw new CodecError(`chroma_format_idc ${chromaFormatIdc}`);
  const hasSeparatePlanes = chromaFormatIdc === 3 && bits.flag(); // separate_colour_plane_flag
  const lumaBits = bits.unsignedExpGolomb() + 8; // bit_depth_luma_minus8
  const chromaBits = bits.unsignedExpGolomb() + 8; // bit_depth_chroma_minus8
  bits.skip(1); // qpprime_y_zero_transform_bypass_flag
  if (bits.flag()) skipScalingMatrix(bits, chromaFormatIdc === 3 ? 12 : 8);
  return { chromaFormatIdc, hasSeparatePlanes, lumaBits, chromaBits };
}

/** Table 6-1. */
function cropUnit({ chromaFormatIdc }: ChromaFormat): CropUnit {
  if (chromaFormatIdc === 1) return { horizontal: 2, vertical: 2 };
  return chromaFormatIdc === 2 ? { horizontal: 2, vertical: 1 } : { horizontal: 1, vertical: 1 };
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

/** ITU-T H.264 §7.4.2.1.1: frame numbers and picture orders are of 4 to 16 bits. */
const MAX_LOG2_MINUS4 = 12;

function readLog2(bits: BitReader, name: string): number {
  const minus4 = bits.unsignedExpGolomb();
  if (minus4 > MAX_LOG2_MINUS4) throw new CodecError(`${name} ${minus4}`);
  return minus4 + 4;
}

function readPictureOrder(bits: BitReader): PictureOrder {
  const type = bits.unsignedExpGolomb(); // pic_order_cnt_type
  if (type > 2) throw new CodecError(`pic_order_cnt_type ${type}`);
  const log2MaxLsb = type === 0 ? readLog2(bits, "log2_max_pic_order_cnt_lsb_minus4") : 0;
  const isDeltaAlwaysZero = type === 1 && bits.flag(); // delta_pic_order_always_zero_flag
  if (type === 1) skipPictureOrderCycle(bits);
  return { type, log2MaxLsb, isDeltaAlwaysZero };
}

function skipPictureOrderCycle(bits: BitReader): void {
  bits.signedExpGolomb(); // offset_for_non_ref_pic
  bits.signedExpGolomb(); // offset_for_top_to_bottom_field
  const frames = bits.unsignedExpGolomb(); // num_ref_frames_in_pic_order_cnt_cycle
  if (frames > MAX_REFERENCE_FRAMES_IN_CYCLE) throw new CodecError(`picture order cycle of ${frames} frames`);
  for (let index = 0; index < frames; index += 1) bits.signedExpGolomb(); // offset_for_ref_frame
}

function readPictureSize(
  bits: BitReader,
  chroma: CropUnit,
): Pick<SequenceParameterSet, "width" | "height" | "isFrameOnly" | "macroblocks" | "widthInMacroblocks"> {
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
  const macroblocks = (codedWidth * codedHeight) / 256;
  return { width, height, isFrameOnly, macroblocks, widthInMacroblocks: codedWidth / 16 };
}

function readCrop(bits: BitReader): { horizontal: number; vertical: number } {
  const left = bits.unsignedExpGolomb();
  const right = bits.unsignedExpGolomb();
  const top = bits.unsignedExpGolomb();
  const bottom = bits.unsignedExpGolomb();
  return { horizontal: left + right, vertical: top + bottom };
}

// A picture that shows once more what a reference picture showed: all its macroblocks are skipped.

import { BitWriter } from "#media/bytes/bit-writer.ts";
import { ArithmeticEncoder, Context } from "./arithmetic-encoder.ts";
import { NAL_TYPE } from "./nal-unit-type.ts";
import type { ActiveSets } from "./parameter-sets.ts";
import { escapedByteSequence } from "./raw-byte-sequence.ts";

/** Where in its stream it stands. */
export interface StillPicturePlace {
  readonly pictureParameterSetId: number;
  /** The next one after the last reference picture's. */
  readonly frameNum: number;
  /** After all pictures that are shown before it. */
  readonly picOrderCntLsb: number;
  /** How many frame numbers before its own the picture has that it shows; 1: the last reference picture. */
  readonly back: number;
}

/** slice_type: all slices of the picture are P slices. */
const P_PICTURE = 5;

/** Skipped macroblocks are all there is: nothing is filtered. */
const DEBLOCKING_OFF = 1;

/** m and n of mb_skip_flag where its neighbours are skipped, with cabac_init_idc 0 (ITU-T H.264 table 9-13, ctxIdx 11). */
const SKIP_CONTEXT = { m: 23, n: 33 } as const;

/**
 * The NAL unit of a frame that no other refers to, a few bytes long. Null where nothing can be referred to, or the stream is of
 * a kind that nobody sends: slice groups, separate colour planes, picture order by a cycle.
 */
export function stillPicture(sets: ActiveSets, place: StillPicturePlace): Uint8Array | null {
  const { sequence, picture } = sets;
  if (sequence.maxReferenceFrames === 0 || picture.sliceGroups > 1) return null;
  if (sequence.chroma.hasSeparatePlanes || sequence.pictureOrder.type === 1) return null;
  const writer = new BitWriter();
  writer.bits(NAL_TYPE.slice, 8); // nal_ref_idc 0
  writeHeader(writer, sets, place);
  if (picture.isArithmetic) writeArithmetic(writer, sequence.macroblocks, picture.initialQp);
  else writer.unsignedExpGolomb(sequence.macroblocks).flag(true); // mb_skip_run, rbsp_stop_one_bit
  return escapedByteSequence(writer.take());
}

/** slice_header() of §7.3.3. */
function writeHeader(writer: BitWriter, { sequence, picture }: ActiveSets, place: StillPicturePlace): void {
  writer.unsignedExpGolomb(0).unsignedExpGolomb(P_PICTURE); // first_mb_in_slice
  writer.unsignedExpGolomb(place.pictureParameterSetId);
  writer.bits(place.frameNum, sequence.log2MaxFrameNum);
  if (!sequence.isFrameOnly) writer.flag(false); // field_pic_flag
  const { type, log2MaxLsb } = sequence.pictureOrder;
  if (type === 0) writer.bits(place.picOrderCntLsb, log2MaxLsb);
  if (type === 0 && picture.hasBottomFieldOrder) writer.signedExpGolomb(0); // delta_pic_order_cnt_bottom
  if (picture.hasRedundantPictures) writer.unsignedExpGolomb(0); // redundant_pic_cnt
  writer.flag(true).unsignedExpGolomb(0); // num_ref_idx_active_override_flag: one picture
  writeReference(writer, place.back);
  if (picture.hasWeightedPrediction) writeNoWeights(writer, sequence.chroma.chromaFormatIdc);
  if (picture.isArithmetic) writer.unsignedExpGolomb(0); // cabac_init_idc
  writer.signedExpGolomb(0); // slice_qp_delta
  if (picture.hasDeblockingControl) writer.unsignedExpGolomb(DEBLOCKING_OFF);
}

/** ref_pic_list_modification() of §7.3.3.1: the list begins with the last reference picture by itself. */
function writeReference(writer: BitWriter, back: number): void {
  writer.flag(back > 1); // ref_pic_list_modification_flag_l0
  if (back === 1) return;
  writer.unsignedExpGolomb(0).unsignedExpGolomb(back - 1); // abs_diff_pic_num_minus1 of a number before
  writer.unsignedExpGolomb(3); // modification_of_pic_nums_idc: the end
}

/** pred_weight_table() of §7.3.3.2. */
function writeNoWeights(writer: BitWriter, chromaFormatIdc: number): void {
  writer.unsignedExpGolomb(0); // luma_log2_weight_denom
  if (chromaFormatIdc !== 0) writer.unsignedExpGolomb(0); // chroma_log2_weight_denom
  writer.flag(false); // luma_weight_l0_flag
  if (chromaFormatIdc !== 0) writer.flag(false); // chroma_weight_l0_flag
}

function writeArithmetic(writer: BitWriter, macroblocks: number, qp: number): void {
  writer.alignToByte(1); // cabac_alignment_one_bit
  const encoder = new ArithmeticEncoder(writer);
  const skipped = new Context(SKIP_CONTEXT.m, SKIP_CONTEXT.n, qp);
  for (let left = macroblocks - 1; left >= 0; left -= 1) {
    encoder.encode(skipped, 1); // mb_skip_flag
    encoder.encodeEnd(left === 0);
  }
}

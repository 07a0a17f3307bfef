// An IDR picture of one even grey: something that decoding can begin with where an encoder sends nothing of the kind.

import { BitWriter } from "#media/bytes/bit-writer.ts";
import { ArithmeticEncoder, Context } from "./arithmetic-encoder.ts";
import { NAL_TYPE } from "./nal-unit-type.ts";
import type { ActiveSets } from "./parameter-sets.ts";
import { escapedByteSequence } from "./raw-byte-sequence.ts";

/** slice_type: all slices of the picture are I slices. */
const I_PICTURE = 7;

/** nal_ref_idc: what follows refers to it. */
const REFERENCE = 3;

const DEBLOCKING_OFF = 1;

/** mb_type I_16x16_2_0_0: predicted from the mean of its neighbours, which without any is grey, and nothing is added. */
const EVEN_MACROBLOCK = 3;

/** m and n of ITU-T H.264 tables 9-12 to 9-18, for I slices, by ctxIdx. */
const CONTEXTS = {
  3: [20, -15],
  4: [2, 54],
  5: [3, 74],
  6: [-28, 127],
  7: [-23, 104],
  9: [-1, 54],
  10: [7, 51],
  60: [0, 41],
  64: [-9, 83],
  85: [-17, 123],
  86: [-12, 115],
  87: [-16, 122],
  88: [-11, 115],
} as const;

type ContextIndex = keyof typeof CONTEXTS;

/** The NAL unit; null for streams with fields, slice groups or separate colour planes. */
export function blankPicture(sets: ActiveSets, pictureParameterSetId: number): Uint8Array | null {
  const { sequence, picture } = sets;
  if (!sequence.isFrameOnly || picture.sliceGroups > 1 || sequence.chroma.hasSeparatePlanes) return null;
  const writer = new BitWriter();
  writer.bits((REFERENCE << 5) | NAL_TYPE.idrSlice, 8);
  writeHeader(writer, sets, pictureParameterSetId);
  const hasChroma = sequence.chroma.chromaFormatIdc !== 0;
  if (picture.isArithmetic) writeArithmetic(writer, sets, hasChroma);
  else writeCodes(writer, sequence.macroblocks, hasChroma);
  return escapedByteSequence(writer.take());
}

/** slice_header() of §7.3.3, all numbers from 0. */
function writeHeader(writer: BitWriter, { sequence, picture }: ActiveSets, setId: number): void {
  writer.unsignedExpGolomb(0).unsignedExpGolomb(I_PICTURE).unsignedExpGolomb(setId); // first_mb_in_slice
  writer.bits(0, sequence.log2MaxFrameNum).unsignedExpGolomb(0); // frame_num, idr_pic_id
  const { type, log2MaxLsb, isDeltaAlwaysZero } = sequence.pictureOrder;
  if (type === 0) writer.bits(0, log2MaxLsb);
  if (type === 0 && picture.hasBottomFieldOrder) writer.signedExpGolomb(0);
  if (type === 1 && !isDeltaAlwaysZero) writer.signedExpGolomb(0);
  if (type === 1 && !isDeltaAlwaysZero && picture.hasBottomFieldOrder) writer.signedExpGolomb(0);
  if (picture.hasRedundantPictures) writer.unsignedExpGolomb(0); // redundant_pic_cnt
  writer.bits(0, 2); // no_output_of_prior_pics_flag, long_term_reference_flag
  writer.signedExpGolomb(0); // slice_qp_delta
  if (picture.hasDeblockingControl) writer.unsignedExpGolomb(DEBLOCKING_OFF);
}

/** macroblock_layer() of §7.3.5, and the end of the slice, in CAVLC. */
function writeCodes(writer: BitWriter, macroblocks: number, hasChroma: boolean): void {
  for (let left = macroblocks; left > 0; left -= 1) {
    writer.unsignedExpGolomb(EVEN_MACROBLOCK);
    if (hasChroma) writer.unsignedExpGolomb(0); // intra_chroma_pred_mode
    writer.signedExpGolomb(0); // mb_qp_delta
    writer.flag(true); // coeff_token: no coefficients
  }
  writer.flag(true); // rbsp_stop_one_bit
}

/** The same in CABAC (§9.3.2.5, §9.3.3.1). */
function writeArithmetic(writer: BitWriter, { sequence, picture }: ActiveSets, hasChroma: boolean): void {
  writer.alignToByte(1); // cabac_alignment_one_bit
  const encoder = new ArithmeticEncoder(writer);
  const contexts = new Map<ContextIndex, Context>();
  const encode = (index: ContextIndex, bin: 0 | 1): void => {
    const [m, n] = CONTEXTS[index];
    const context = contexts.get(index) ?? new Context(m, n, picture.initialQp);
    contexts.set(index, context);
    encoder.encode(context, bin);
  };
  const { macroblocks, widthInMacroblocks } = sequence;
  for (let address = 0; address < macroblocks; address += 1) {
    const isFirstColumn = address % widthInMacroblocks === 0;
    const isFirstRow = address < widthInMacroblocks;
    encodeType(encode, encoder, (isFirstColumn ? 0 : 1) + (isFirstRow ? 0 : 1));
    if (hasChroma) encode(64, 0); // intra_chroma_pred_mode
    encode(60, 0); // mb_qp_delta
    encode(codedBlockContext(isFirstColumn, isFirstRow), 0); // coded_block_flag of the mean
    encoder.encodeEnd(address === macroblocks - 1);
  }
}

/** mb_type of an I slice; `neighbours`: how many of the left and the upper one there are, which are no I_NxN either. */
function encodeType(
  encode: (index: ContextIndex, bin: 0 | 1) => void,
  encoder: ArithmeticEncoder,
  neighbours: number,
): void {
  encode(neighbours === 0 ? 3 : neighbours === 1 ? 4 : 5, 1); // not I_NxN
  encoder.encodeEnd(false); // not I_PCM
  encode(6, 0); // no luma
  encode(7, 0); // no chroma
  encode(9, 1); // prediction mode 2, its two bits
  encode(10, 0);
}

/** ctxIdxInc of §9.3.3.1.1.9: a neighbour that is not there counts as coded in an intra picture. */
function codedBlockContext(isFirstColumn: boolean, isFirstRow: boolean): ContextIndex {
  if (isFirstColumn) return isFirstRow ? 88 : 86;
  return isFirstRow ? 87 : 85;
}

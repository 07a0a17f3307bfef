// Takes out of a slice what it says of pictures that came before an IDR picture which was not one when it was encoded.

import { BitReader } from "#media/bytes/bit-reader.ts";
import { BitWriter } from "#media/bytes/bit-writer.ts";
import { parsing } from "#media/codecs/codec-error.ts";
import type { ActiveSets, ParameterSets } from "./parameter-sets.ts";
import { escapedByteSequence, rawByteSequence } from "./raw-byte-sequence.ts";
import { copyBits, copySliceData } from "./slice-data.ts";
import { readSliceHeader, type SliceHeader, sliceReader } from "./slice-header.ts";

/** memory_management_control_operation: a short-term picture is needed no more (ITU-T H.264 table 7-9). */
const FORGET_SHORT_TERM = 1;

interface Operation {
  readonly operation: number;
  readonly operands: readonly number[];
}

/**
 * The slice without the operations on pictures before the IDR picture, from which frame_num counts. The same where there are
 * none. Throws a `CodecError`.
 */
export function withoutEarlierReferences(nalUnit: Uint8Array, sets: ParameterSets): Uint8Array {
  return parsing("slice", () => {
    const raw = rawByteSequence(nalUnit);
    const bits = sliceReader(raw);
    const header = readSliceHeader(bits, nalUnit, sets);
    if (header.refIdc === 0 || header.isIdr) return nalUnit;
    const active = sets.of(header.pictureParameterSetId);
    skipToMarking(bits, header, active);
    const markingAt = bits.position;
    if (!bits.flag()) return nalUnit; // adaptive_ref_pic_marking_mode_flag
    const operations = readOperations(bits);
    const kept = operations.filter((each) => !isOnEarlier(each, header));
    if (kept.length === operations.length) return nalUnit;
    const writer = new BitWriter();
    copyBits(new BitReader(raw), writer, markingAt);
    writeOperations(writer, kept);
    if (active.picture.isArithmetic && header.sliceType !== "I")
      writer.unsignedExpGolomb(bits.unsignedExpGolomb()); // cabac_init_idc
    copySliceData(bits, raw, writer, active);
    return escapedByteSequence(writer.take());
  });
}

/** From the picture order to dec_ref_pic_marking() of §7.3.3. */
function skipToMarking(bits: BitReader, { sliceType }: SliceHeader, { sequence, picture }: ActiveSets): void {
  if (picture.hasRedundantPictures) bits.unsignedExpGolomb(); // redundant_pic_cnt
  const isB = sliceType === "B";
  if (isB) bits.skip(1); // direct_spatial_mv_pred_flag
  if (sliceType === "I" || sliceType === "SI") return;
  let references = picture.references;
  let backward = picture.backwardReferences;
  if (bits.flag()) {
    references = bits.unsignedExpGolomb() + 1; // num_ref_idx_l0_active_minus1
    if (isB) backward = bits.unsignedExpGolomb() + 1; // num_ref_idx_l1_active_minus1
  }
  skipListModification(bits);
  if (isB) skipListModification(bits);
  const isWeighted = isB ? picture.hasWeightedBiprediction : picture.hasWeightedPrediction;
  if (isWeighted) skipWeights(bits, references + (isB ? backward : 0), sequence.chroma.chromaFormatIdc !== 0);
}

/** ref_pic_list_modification() of §7.3.3.1, for one list. */
function skipListModification(bits: BitReader): void {
  if (!bits.flag()) return;
  while (bits.unsignedExpGolomb() !== 3) bits.unsignedExpGolomb();
}

/** pred_weight_table() of §7.3.3.2. */
function skipWeights(bits: BitReader, references: number, hasChroma: boolean): void {
  bits.unsignedExpGolomb(); // luma_log2_weight_denom
  if (hasChroma) bits.unsignedExpGolomb(); // chroma_log2_weight_denom
  for (let index = 0; index < references; index += 1) {
    if (bits.flag()) skipCodes(bits, 2); // luma weight and offset
    if (hasChroma && bits.flag()) skipCodes(bits, 4); // the same of both chroma planes
  }
}

function skipCodes(bits: BitReader, count: number): void {
  for (let index = 0; index < count; index += 1) bits.signedExpGolomb();
}

/** dec_ref_pic_marking() of §7.3.3.3, after its flag. */
export function readOperations(bits: BitReader): Operation[] {
  const operations: Operation[] = [];
  for (;;) {
    const operation = bits.unsignedExpGolomb();
    if (operation === 0) return operations;
    const count = operation === 5 ? 0 : operation === 3 ? 2 : 1;
    operations.push({ operation, operands: Array.from({ length: count }, () => bits.unsignedExpGolomb()) });
  }
}

function writeOperations(writer: BitWriter, operations: readonly Operation[]): void {
  writer.flag(operations.length > 0);
  for (const { operation, operands } of operations) {
    writer.unsignedExpGolomb(operation);
    for (const operand of operands) writer.unsignedExpGolomb(operand);
  }
  if (operations.length > 0) writer.unsignedExpGolomb(0);
}

/** picNumX of §8.2.5.4.1 is of a picture before the IDR picture, whose number is 0. */
function isOnEarlier({ operation, operands }: Operation, { frameNum, isField }: SliceHeader): boolean {
  if (operation !== FORGET_SHORT_TERM) return false;
  const currentPicNum = isField ? 2 * frameNum + 1 : frameNum;
  return currentPicNum - ((operands[0] ?? 0) + 1) < 0;
}

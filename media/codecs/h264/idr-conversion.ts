// Makes an IDR picture of one that decoding can begin with without being one, and numbers anew what follows it.
//
// Browsers begin with IDR pictures alone (Chromium believes the NAL unit's type and nothing else). An I picture with a
// recovery point of no frames differs from one in its slices' heads only: what they hold is taken over bit for bit.

import type { BitReader } from "#media/bytes/bit-reader.ts";
import { BitWriter } from "#media/bytes/bit-writer.ts";
import { CodecError, parsing } from "#media/codecs/codec-error.ts";
import { NAL_TYPE } from "./nal-unit-type.ts";
import type { ActiveSets, ParameterSets } from "./parameter-sets.ts";
import { escapedByteSequence, rawByteSequence } from "./raw-byte-sequence.ts";
import { readOperations } from "./reference-marking.ts";
import { copySliceData } from "./slice-data.ts";
import { parseSliceHeader, readSliceHeader, type SliceHeader, sliceReader } from "./slice-header.ts";

/** What an IDR picture begins with 0: the numbers of all slices up to the next one of the encoder are less by this. */
export interface Renumbering {
  readonly frameNum: number;
  readonly picOrderCntLsb: number;
}

/** The slice with other numbers, as long as before but for escapes. Throws a `CodecError`. */
export function renumberedSlice(nalUnit: Uint8Array, sets: ParameterSets, by: Renumbering): Uint8Array {
  const header = parseSliceHeader(nalUnit, sets);
  const { sequence } = sets.of(header.pictureParameterSetId);
  const raw = rawByteSequence(nalUnit);
  const { log2MaxFrameNum } = sequence;
  overwrite(raw, header.frameNumAt, log2MaxFrameNum, header.frameNum - by.frameNum);
  const { log2MaxLsb } = sequence.pictureOrder;
  overwrite(raw, header.picOrderCntLsbAt, log2MaxLsb, header.picOrderCntLsb - by.picOrderCntLsb);
  return escapedByteSequence(raw);
}

/** An I slice of a reference picture as one of an IDR picture. Throws a `CodecError`. */
export function idrSlice(nalUnit: Uint8Array, sets: ParameterSets, idrPicId: number): Uint8Array {
  return parsing("slice", () => {
    const raw = rawByteSequence(nalUnit);
    const bits = sliceReader(raw);
    const header = readSliceHeader(bits, nalUnit, sets);
    const active = sets.of(header.pictureParameterSetId);
    if (active.sequence.chroma.hasSeparatePlanes || active.picture.sliceGroups > 1)
      throw new CodecError("a slice of a colour plane or of slice groups, which is not written anew");
    const redundantPicCnt = active.picture.hasRedundantPictures ? bits.unsignedExpGolomb() : null;
    skipReferenceMarking(bits, header.isIdr);
    const writer = new BitWriter();
    writer.bits((header.refIdc << 5) | NAL_TYPE.idrSlice, 8);
    writeIdrHeader(writer, header, active, idrPicId);
    if (redundantPicCnt !== null) writer.unsignedExpGolomb(redundantPicCnt);
    writer.bits(0, 2); // no_output_of_prior_pics_flag, long_term_reference_flag
    copySliceData(bits, raw, writer, active);
    return escapedByteSequence(writer.take());
  });
}

/** slice_header() of ITU-T H.264 §7.3.3 up to the picture order, whose numbers begin anew. */
function writeIdrHeader(
  writer: BitWriter,
  { firstMacroblock, pictureParameterSetId, ...header }: SliceHeader,
  { sequence, picture }: ActiveSets,
  idrPicId: number,
): void {
  writer.unsignedExpGolomb(firstMacroblock).unsignedExpGolomb(I_SLICE);
  writer.unsignedExpGolomb(pictureParameterSetId);
  writer.bits(0, sequence.log2MaxFrameNum);
  if (!sequence.isFrameOnly) writer.flag(header.isField);
  if (header.isField) writer.flag(header.isBottomField);
  writer.unsignedExpGolomb(idrPicId);
  const { type, log2MaxLsb, isDeltaAlwaysZero } = sequence.pictureOrder;
  const hasBottomOrder = picture.hasBottomFieldOrder && !header.isField;
  if (type === 0) writer.bits(0, log2MaxLsb);
  if (type === 0 && hasBottomOrder) writer.signedExpGolomb(header.deltaPicOrderCntBottom);
  const [first, second] = header.deltaPicOrderCnt;
  if (type === 1 && !isDeltaAlwaysZero) writer.signedExpGolomb(first);
  if (type === 1 && !isDeltaAlwaysZero && hasBottomOrder) writer.signedExpGolomb(second);
}

/** slice_type: this slice is an I slice. */
const I_SLICE = 2;

/** dec_ref_pic_marking() of §7.3.3.3. */
function skipReferenceMarking(bits: BitReader, isIdr: boolean): void {
  if (isIdr) bits.skip(2);
  else if (bits.flag()) readOperations(bits); // adaptive_ref_pic_marking_mode_flag
}

/** An unsigned field of `count` bits, modulo what fits. */
function overwrite(bytes: Uint8Array, at: number, count: number, value: number): void {
  const wrapped = ((value % 2 ** count) + 2 ** count) % 2 ** count;
  for (let index = 0; index < count; index += 1) {
    const bit = Math.floor(wrapped / 2 ** (count - 1 - index)) & 1;
    const position = at + index;
    const mask = 0x80 >> (position & 7);
    const byte = bytes[position >> 3] ?? 0;
    bytes[position >> 3] = bit === 1 ? byte | mask : byte & ~mask;
  }
}

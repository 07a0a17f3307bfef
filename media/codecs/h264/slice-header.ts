// The head of a slice, as far as it tells which picture the slice belongs to and how that is decoded.

import { BitReader } from "#media/bytes/bit-reader.ts";
import { CodecError, codecErrorOf } from "#media/codecs/codec-error.ts";
import { NAL_TYPE, nalTypeOf, refIdcOf } from "./nal-unit-type.ts";
import type { ParameterSets } from "./parameter-sets.ts";
import { rawByteSequence } from "./raw-byte-sequence.ts";

export interface SliceHeader {
  readonly refIdc: number;
  readonly isIdr: boolean;
  /** first_mb_in_slice; 0 begins a picture, unless its slices come in an order of their own. */
  readonly firstMacroblock: number;
  readonly sliceType: SliceType;
  readonly pictureParameterSetId: number;
  readonly frameNum: number;
  readonly isField: boolean;
  readonly isBottomField: boolean;
  /** 0 where it is no IDR picture. */
  readonly idrPicId: number;
  /** pic_order_cnt_lsb, delta_pic_order_cnt_bottom, delta_pic_order_cnt[0] and [1]; 0 where they are not there. */
  readonly picOrderCntLsb: number;
  readonly deltaPicOrderCntBottom: number;
  readonly deltaPicOrderCnt: readonly [number, number];
  /** Where frame_num and pic_order_cnt_lsb stand: bits of the raw byte sequence, the NAL unit's own header included. */
  readonly frameNumAt: number;
  readonly picOrderCntLsbAt: number;
}

/** slice_type modulo 5 (ITU-T H.264 table 7-6). */
export type SliceType = "P" | "B" | "I" | "SP" | "SI";

const SLICE_TYPES: readonly SliceType[] = ["P", "B", "I", "SP", "SI"];

/** More than what is read can take, escapes included: the longest codes of all fields together are shorter. */
const MAX_HEADER_BYTES = 40;

/** slice_header() of §7.3.3 up to the picture order. Throws {@link CodecError}, also where its parameter sets did not come. */
export function parseSliceHeader(nalUnit: Uint8Array, sets: ParameterSets): SliceHeader {
  try {
    return readSliceHeader(sliceReader(headOf(nalUnit)), nalUnit, sets);
  } catch (error) {
    throw codecErrorOf("slice header", error);
  }
}

/** The same; null where it cannot be read. */
export function sliceHeaderOf(nalUnit: Uint8Array, sets: ParameterSets): SliceHeader | null {
  try {
    return parseSliceHeader(nalUnit, sets);
  } catch (error) {
    if (error instanceof CodecError) return null;
    throw error;
  }
}

/** The slice's head without escapes: every picture comes by here, and hardly any has one in it. */
function headOf(nalUnit: Uint8Array): Uint8Array {
  let zeros = 0;
  const end = Math.min(nalUnit.byteLength, MAX_HEADER_BYTES);
  for (let at = 0; at < end; at += 1) {
    const byte = nalUnit[at];
    if (byte === 3 && zeros >= 2) return rawByteSequence(nalUnit.subarray(0, MAX_HEADER_BYTES));
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return nalUnit;
}

/** Of a slice's raw byte sequence; it stands after the NAL unit's own header. */
export function sliceReader(raw: Uint8Array): BitReader {
  const bits = new BitReader(raw);
  bits.skip(8); // forbidden_zero_bit, nal_ref_idc, nal_unit_type
  return bits;
}

/** Of the slice that `bits` stands at the head of; afterwards it stands behind the picture order. */
export function readSliceHeader(bits: BitReader, nalUnit: Uint8Array, sets: ParameterSets): SliceHeader {
  const firstMacroblock = bits.unsignedExpGolomb();
  const sliceTypeNumber = bits.unsignedExpGolomb();
  const sliceType = SLICE_TYPES[sliceTypeNumber % 5];
  if (sliceTypeNumber > 9 || sliceType === undefined) throw new CodecError(`slice_type ${sliceTypeNumber}`);
  const pictureParameterSetId = bits.unsignedExpGolomb();
  const { sequence, picture } = sets.of(pictureParameterSetId);
  if (sequence.chroma.hasSeparatePlanes) bits.skip(2); // colour_plane_id
  const frameNumAt = bits.position;
  const frameNum = bits.bits(sequence.log2MaxFrameNum);
  const isField = !sequence.isFrameOnly && bits.flag();
  const isBottomField = isField && bits.flag();
  const isIdr = nalTypeOf(nalUnit) === NAL_TYPE.idrSlice;
  const idrPicId = isIdr ? bits.unsignedExpGolomb() : 0;
  const { type, log2MaxLsb, isDeltaAlwaysZero } = sequence.pictureOrder;
  const hasBottomOrder = picture.hasBottomFieldOrder && !isField;
  const picOrderCntLsbAt = bits.position;
  const picOrderCntLsb = type === 0 ? bits.bits(log2MaxLsb) : 0;
  const deltaPicOrderCntBottom = type === 0 && hasBottomOrder ? bits.signedExpGolomb() : 0;
  const hasDeltas = type === 1 && !isDeltaAlwaysZero;
  const first = hasDeltas ? bits.signedExpGolomb() : 0;
  const second = hasDeltas && hasBottomOrder ? bits.signedExpGolomb() : 0;
  return {
    refIdc: refIdcOf(nalUnit),
    isIdr,
    firstMacroblock,
    sliceType,
    pictureParameterSetId,
    frameNum,
    isField,
    isBottomField,
    idrPicId,
    picOrderCntLsb,
    deltaPicOrderCntBottom,
    deltaPicOrderCnt: [first, second],
    frameNumAt,
    picOrderCntLsbAt,
  };
}

/** Whether two slices, one after the other, are of the same field or frame (§7.4.1.2.4). */
export function isSamePicture(a: SliceHeader, b: SliceHeader): boolean {
  return (
    a.frameNum === b.frameNum &&
    a.pictureParameterSetId === b.pictureParameterSetId &&
    a.isField === b.isField &&
    a.isBottomField === b.isBottomField &&
    (a.refIdc === 0) === (b.refIdc === 0) &&
    a.isIdr === b.isIdr &&
    a.idrPicId === b.idrPicId &&
    a.picOrderCntLsb === b.picOrderCntLsb &&
    a.deltaPicOrderCntBottom === b.deltaPicOrderCntBottom &&
    a.deltaPicOrderCnt[0] === b.deltaPicOrderCnt[0] &&
    a.deltaPicOrderCnt[1] === b.deltaPicOrderCnt[1]
  );
}

/** Whether `b` is of the second field of the frame whose first field `a` is of (§3.30, complementary field pairs). */
export function isSecondField(a: SliceHeader, b: SliceHeader): boolean {
  const areOpposite = a.isField && b.isField && a.isBottomField !== b.isBottomField;
  return areOpposite && a.frameNum === b.frameNum && !b.isIdr && (a.refIdc > 0 || b.refIdc === 0);
}

// H.264 parameter sets and slices written field by field, as ITU-T H.264 §7.3 lists them: what no encoder at hand writes.

import { BitWriter } from "#media/bytes/bit-writer.ts";
import { escapedByteSequence } from "#media/codecs/h264/raw-byte-sequence.ts";

export interface SpsFields {
  readonly id?: number;
  readonly profileIdc?: number;
  /** With a profile that has it; 3 with `hasSeparatePlanes` if that is given. */
  readonly chromaFormatIdc?: number;
  readonly hasSeparatePlanes?: boolean;
  readonly lumaBits?: number;
  readonly chromaBits?: number;
  readonly log2MaxFrameNum?: number;
  readonly pictureOrderType?: number;
  readonly log2MaxLsb?: number;
  readonly isDeltaAlwaysZero?: boolean;
  readonly maxReferenceFrames?: number;
  readonly isFrameOnly?: boolean;
  readonly widthInMacroblocks?: number;
  readonly heightInMapUnits?: number;
}

export interface PpsFields {
  readonly id?: number;
  readonly spsId?: number;
  readonly isArithmetic?: boolean;
  readonly hasBottomFieldOrder?: boolean;
  readonly sliceGroups?: number;
  readonly references?: number;
  readonly backwardReferences?: number;
  readonly hasWeightedPrediction?: boolean;
  readonly weightedBipredIdc?: number;
  readonly initialQp?: number;
  readonly hasDeblockingControl?: boolean;
  readonly hasRedundantPictures?: boolean;
}

/** slice_type. */
export const TYPE = { P: 0, B: 1, I: 2, SP: 3, SI: 4, allP: 5, allI: 7 } as const;

/** A code for each entry: [modification_of_pic_nums_idc, operand]. */
export type ListModification = readonly (readonly [number, number])[];

/** Weight and offset of luma, of Cb, and of Cr; null where the picture has none. */
export interface Weight {
  readonly luma: readonly [number, number] | null;
  readonly chroma: readonly [number, number, number, number] | null;
}

export interface SliceFields {
  readonly sps?: SpsFields;
  readonly pps?: PpsFields;
  readonly nalType?: number;
  readonly refIdc?: number;
  readonly firstMacroblock?: number;
  readonly sliceType?: number;
  readonly frameNum?: number;
  readonly field?: "top" | "bottom" | null;
  readonly idrPicId?: number;
  readonly lsb?: number;
  readonly deltaBottom?: number;
  readonly deltas?: readonly [number, number];
  readonly redundantPicCnt?: number;
  readonly isDirectSpatial?: boolean;
  /** num_ref_idx_l0_active and l1; null: those of the picture parameter set. */
  readonly references?: readonly number[] | null;
  /** Of each list. */
  readonly modifications?: readonly ListModification[];
  readonly weights?: readonly Weight[];
  /** luma_log2_weight_denom and chroma_log2_weight_denom. */
  readonly denominators?: readonly [number, number];
  /** Operations with their operands; null: adaptive_ref_pic_marking_mode_flag 0. */
  readonly marking?: readonly (readonly number[])[] | null;
  /** no_output_of_prior_pics_flag and long_term_reference_flag, of an IDR picture. */
  readonly idrFlags?: number;
  readonly cabacInitIdc?: number;
  readonly qpDelta?: number;
  readonly disableDeblocking?: number;
  readonly alphaOffset?: number;
  readonly betaOffset?: number;
  /** Binary digits, rbsp_stop_one_bit not included. */
  readonly data?: string;
}

export function sps(fields: SpsFields = {}): Uint8Array {
  const { profileIdc = 77, isFrameOnly = true, log2MaxFrameNum = 4, pictureOrderType = 0 } = fields;
  const writer = new BitWriter();
  writer.bits(0x67, 8).bits(profileIdc, 8).bits(0, 8).bits(30, 8);
  writer.unsignedExpGolomb(fields.id ?? 0);
  if (profileIdc >= 100) {
    const { chromaFormatIdc = 1, lumaBits = 8, chromaBits = 8 } = fields;
    writer.unsignedExpGolomb(chromaFormatIdc);
    if (chromaFormatIdc === 3) writer.flag(fields.hasSeparatePlanes ?? false);
    writer.unsignedExpGolomb(lumaBits - 8).unsignedExpGolomb(chromaBits - 8);
    writer.flag(false).flag(false); // transform bypass, scaling matrix
  }
  writer.unsignedExpGolomb(log2MaxFrameNum - 4).unsignedExpGolomb(pictureOrderType);
  if (pictureOrderType === 0) writer.unsignedExpGolomb((fields.log2MaxLsb ?? 4) - 4);
  if (pictureOrderType === 1) {
    writer.flag(fields.isDeltaAlwaysZero ?? false);
    writer.signedExpGolomb(0).signedExpGolomb(0).unsignedExpGolomb(1).signedExpGolomb(2);
  }
  writer.unsignedExpGolomb(fields.maxReferenceFrames ?? 2).flag(false); // gaps in frame_num
  writer.unsignedExpGolomb((fields.widthInMacroblocks ?? 4) - 1);
  writer.unsignedExpGolomb((fields.heightInMapUnits ?? 3) - 1);
  writer.flag(isFrameOnly);
  if (!isFrameOnly) writer.flag(false); // mb_adaptive_frame_field_flag
  writer.flag(true).flag(false).flag(false); // direct 8x8 inference, cropping, VUI
  return closed(writer);
}

export function pps(fields: PpsFields = {}): Uint8Array {
  const { sliceGroups = 1 } = fields;
  const writer = new BitWriter();
  writer.bits(0x68, 8);
  writer.unsignedExpGolomb(fields.id ?? 0).unsignedExpGolomb(fields.spsId ?? 0);
  writer.flag(fields.isArithmetic ?? false).flag(fields.hasBottomFieldOrder ?? false);
  writer.unsignedExpGolomb(sliceGroups - 1);
  if (sliceGroups > 1) return closed(writer.unsignedExpGolomb(1)); // dispersed: no more of the map
  writer.unsignedExpGolomb((fields.references ?? 1) - 1);
  writer.unsignedExpGolomb((fields.backwardReferences ?? 1) - 1);
  writer.flag(fields.hasWeightedPrediction ?? false).bits(fields.weightedBipredIdc ?? 0, 2);
  writer.signedExpGolomb((fields.initialQp ?? 26) - 26);
  writer.signedExpGolomb(3).signedExpGolomb(-2); // pic_init_qs_minus26, chroma_qp_index_offset
  writer.flag(fields.hasDeblockingControl ?? false).flag(false); // constrained_intra_pred_flag
  writer.flag(fields.hasRedundantPictures ?? false);
  return closed(writer);
}

export function slice(fields: SliceFields = {}): Uint8Array {
  const { nalType = 1, refIdc = 2, sliceType = TYPE.P, data = "1011" } = fields;
  const writer = new BitWriter();
  writer.bits((refIdc << 5) | nalType, 8);
  writer.unsignedExpGolomb(fields.firstMacroblock ?? 0).unsignedExpGolomb(sliceType);
  writePlace(writer, fields);
  const kind = sliceType % 5;
  if (fields.pps?.hasRedundantPictures === true) writer.unsignedExpGolomb(fields.redundantPicCnt ?? 0);
  if (kind === TYPE.B) writer.flag(fields.isDirectSpatial ?? true);
  if (kind !== TYPE.I && kind !== TYPE.SI) writeReferences(writer, fields, kind);
  if (refIdc > 0) writeMarking(writer, fields);
  if (fields.pps?.isArithmetic === true && kind !== TYPE.I && kind !== TYPE.SI)
    writer.unsignedExpGolomb(fields.cabacInitIdc ?? 0);
  writer.signedExpGolomb(fields.qpDelta ?? 0);
  if (kind === TYPE.SP) writer.flag(false); // sp_for_switch_flag
  if (kind === TYPE.SP || kind === TYPE.SI) writer.signedExpGolomb(0); // slice_qs_delta
  if (fields.pps?.hasDeblockingControl === true) writeDeblocking(writer, fields);
  if (fields.pps?.isArithmetic === true) writer.alignToByte(1);
  for (const digit of data) writer.flag(digit === "1");
  return closed(writer);
}

function writePlace(writer: BitWriter, fields: SliceFields): void {
  const { sps: sequence = {}, pps: picture = {}, field = null } = fields;
  writer.unsignedExpGolomb(picture.id ?? 0);
  if (sequence.hasSeparatePlanes === true) writer.bits(2, 2); // colour_plane_id
  writer.bits(fields.frameNum ?? 0, sequence.log2MaxFrameNum ?? 4);
  if (sequence.isFrameOnly === false) {
    writer.flag(field !== null);
    if (field !== null) writer.flag(field === "bottom");
  }
  if (fields.nalType === 5) writer.unsignedExpGolomb(fields.idrPicId ?? 0);
  const hasBottomOrder = picture.hasBottomFieldOrder === true && field === null;
  const type = sequence.pictureOrderType ?? 0;
  if (type === 0) {
    writer.bits(fields.lsb ?? 0, sequence.log2MaxLsb ?? 4);
    if (hasBottomOrder) writer.signedExpGolomb(fields.deltaBottom ?? 0);
  }
  if (type === 1 && sequence.isDeltaAlwaysZero !== true) {
    const [first, second] = fields.deltas ?? [0, 0];
    writer.signedExpGolomb(first);
    if (hasBottomOrder) writer.signedExpGolomb(second);
  }
}

function writeReferences(writer: BitWriter, fields: SliceFields, kind: number): void {
  const { references = null, modifications = [], weights = [], pps: picture = {} } = fields;
  const lists = kind === TYPE.B ? 2 : 1;
  writer.flag(references !== null); // num_ref_idx_active_override_flag
  for (const count of references ?? []) writer.unsignedExpGolomb(count - 1);
  for (let list = 0; list < lists; list += 1) {
    const entries = modifications[list] ?? [];
    writer.flag(entries.length > 0);
    for (const [idc, operand] of entries) writer.unsignedExpGolomb(idc).unsignedExpGolomb(operand);
    if (entries.length > 0) writer.unsignedExpGolomb(3);
  }
  const isWeighted =
    kind === TYPE.B ? picture.weightedBipredIdc === 1 : picture.hasWeightedPrediction === true;
  if (!isWeighted) return;
  const hasChroma = fields.sps?.chromaFormatIdc !== 0;
  const [luma, chroma] = fields.denominators ?? [5, 4];
  writer.unsignedExpGolomb(luma);
  if (hasChroma) writer.unsignedExpGolomb(chroma);
  for (const weight of weights) {
    writer.flag(weight.luma !== null);
    for (const value of weight.luma ?? []) writer.signedExpGolomb(value);
    if (!hasChroma) continue;
    writer.flag(weight.chroma !== null);
    for (const value of weight.chroma ?? []) writer.signedExpGolomb(value);
  }
}

function writeMarking(writer: BitWriter, fields: SliceFields): void {
  const { marking = null } = fields;
  if (fields.nalType === 5) {
    writer.bits(fields.idrFlags ?? 0, 2);
    return;
  }
  writer.flag(marking !== null);
  if (marking === null) return;
  for (const operation of marking) for (const value of operation) writer.unsignedExpGolomb(value);
  writer.unsignedExpGolomb(0);
}

function writeDeblocking(writer: BitWriter, fields: SliceFields): void {
  const { disableDeblocking = 0 } = fields;
  writer.unsignedExpGolomb(disableDeblocking);
  if (disableDeblocking === 1) return;
  writer.signedExpGolomb(fields.alphaOffset ?? 0).signedExpGolomb(fields.betaOffset ?? 0);
}

/** rbsp_trailing_bits(), and what makes a NAL unit of it. */
function closed(writer: BitWriter): Uint8Array {
  return escapedByteSequence(writer.flag(true).take());
}

/** An SEI NAL unit with a recovery point. */
export function recoveryPoint(frameCount: number, isBrokenLink = false): Uint8Array {
  const payload = new BitWriter();
  payload.unsignedExpGolomb(frameCount).flag(true).flag(isBrokenLink).bits(0, 2);
  const bytes = payload.take();
  return escapedByteSequence(Uint8Array.of(6, 6, bytes.byteLength, ...bytes, 0x80));
}

// Reads of a picture parameter set what the headers of its slices are read by.

import { BitReader } from "#media/bytes/bit-reader.ts";
import { CodecError, parsing } from "#media/codecs/codec-error.ts";
import { NAL_TYPE } from "./nal-unit-type.ts";
import { rawByteSequence } from "./raw-byte-sequence.ts";

export interface PictureParameterSet {
  readonly id: number;
  readonly sequenceParameterSetId: number;
  /** entropy_coding_mode_flag: CABAC, else CAVLC. */
  readonly isArithmetic: boolean;
  /** bottom_field_pic_order_in_frame_present_flag */
  readonly hasBottomFieldOrder: boolean;
  /** More than one: macroblocks come in an order of their own (FMO). */
  readonly sliceGroups: number;
  /** num_ref_idx_l0_default_active_minus1 + 1 */
  readonly references: number;
  /** num_ref_idx_l1_default_active_minus1 + 1 */
  readonly backwardReferences: number;
  /** pic_init_qp_minus26 + 26 */
  readonly initialQp: number;
  /** weighted_pred_flag */
  readonly hasWeightedPrediction: boolean;
  /** weighted_bipred_idc 1: B slices have weights too. */
  readonly hasWeightedBiprediction: boolean;
  /** deblocking_filter_control_present_flag */
  readonly hasDeblockingControl: boolean;
  /** redundant_pic_cnt_present_flag */
  readonly hasRedundantPictures: boolean;
}

/** ITU-T H.264 §7.4.2.2. */
const MAX_ID = 255;

/** pic_parameter_set_rbsp() of ITU-T H.264 §7.3.2.2, with its NAL unit header. Throws {@link CodecError}. */
export function parsePictureParameterSet(nalUnit: Uint8Array): PictureParameterSet {
  return parsing("picture parameter set", () => {
    const bits = new BitReader(rawByteSequence(nalUnit));
    const nalType = bits.bits(8) & 0x1f;
    if (nalType !== NAL_TYPE.pictureParameterSet)
      throw new CodecError(`picture parameter set of NAL unit type ${nalType}`);
    const id = bits.unsignedExpGolomb(); // pic_parameter_set_id
    if (id > MAX_ID) throw new CodecError(`picture parameter set ${id}`);
    const sequenceParameterSetId = bits.unsignedExpGolomb();
    const isArithmetic = bits.flag();
    const hasBottomFieldOrder = bits.flag();
    const sliceGroups = bits.unsignedExpGolomb() + 1;
    const known = { id, sequenceParameterSetId, isArithmetic, hasBottomFieldOrder, sliceGroups };
    // What follows the map of slice groups is not read: slices of such pictures are never written anew.
    return sliceGroups > 1 ? { ...known, ...WITHOUT_THE_REST } : { ...known, ...readRest(bits) };
  });
}

const WITHOUT_THE_REST = {
  references: 1,
  backwardReferences: 1,
  initialQp: 26,
  hasWeightedPrediction: false,
  hasWeightedBiprediction: false,
  hasDeblockingControl: false,
  hasRedundantPictures: false,
};

function readRest(bits: BitReader): typeof WITHOUT_THE_REST {
  const references = bits.unsignedExpGolomb() + 1; // num_ref_idx_l0_default_active_minus1
  const backwardReferences = bits.unsignedExpGolomb() + 1; // num_ref_idx_l1_default_active_minus1
  const hasWeightedPrediction = bits.flag();
  const hasWeightedBiprediction = bits.bits(2) === 1; // weighted_bipred_idc
  const initialQp = bits.signedExpGolomb() + 26; // pic_init_qp_minus26
  bits.signedExpGolomb(); // pic_init_qs_minus26
  bits.signedExpGolomb(); // chroma_qp_index_offset
  const hasDeblockingControl = bits.flag();
  bits.skip(1); // constrained_intra_pred_flag
  const hasRedundantPictures = bits.flag();
  return {
    ...{ references, backwardReferences, initialQp, hasWeightedPrediction, hasWeightedBiprediction },
    ...{ hasDeblockingControl, hasRedundantPictures },
  };
}

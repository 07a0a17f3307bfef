// Makes pictures that go on showing the last one, each to its place in the stream.

import { CodecError } from "#media/codecs/codec-error.ts";
import { idrSlice } from "./idr-conversion.ts";
import { hasSliceHeader, nalTypeOf } from "./nal-unit-type.ts";
import type { ParameterSets } from "./parameter-sets.ts";
import type { Picture } from "./picture-assembler.ts";
import { type SliceHeader, sliceHeaderOf } from "./slice-header.ts";
import { stillPicture } from "./still-picture.ts";

export interface StillPicture {
  readonly nalUnits: readonly Uint8Array[];
  readonly isIdr: boolean;
}

export class StillPictures {
  readonly #sets: ParameterSets;
  /** The last picture as it went on; null before the first, and where its slices could not be read. */
  #last: SliceHeader | null = null;
  /** pic_order_cnt_lsb of the picture that is shown last. */
  #shownLastLsb = 0;
  /** frame_num of the reference picture that is shown last; null where none is known to be. */
  #shownLastReference: number | null = null;
  /** The last picture, if it is an IDR picture. */
  #idr: readonly Uint8Array[] | null = null;
  #repeats = 0;

  constructor(sets: ParameterSets) {
    this.#sets = sets;
  }

  /** The next picture of the stream, in decoding order; `nalUnits`: as it went on. */
  follow({ header, nalUnits: asTheyCame }: Picture<unknown>, nalUnits: readonly Uint8Array[]): void {
    const isReadAlready = header === null || (nalUnits === asTheyCame && isOfOneSlice(nalUnits));
    const last = isReadAlready ? header : this.#headerIn(nalUnits);
    this.#last = last;
    this.#repeats = 0;
    this.#idr = last?.isIdr === true ? nalUnits : null;
    if (last !== null) this.#showLast(last);
  }

  /** Null where none can be made. */
  next(): StillPicture | null {
    const last = this.#last;
    if (last === null) return null;
    try {
      const active = this.#sets.of(last.pictureParameterSetId);
      const { log2MaxFrameNum, maxReferenceFrames, pictureOrder } = active.sequence;
      const frameNum = (last.frameNum + (last.refIdc > 0 ? 1 : 0)) % 2 ** log2MaxFrameNum;
      const back = this.#backFrom(frameNum, 2 ** log2MaxFrameNum);
      const still = stillPicture(active, {
        pictureParameterSetId: last.pictureParameterSetId,
        frameNum,
        picOrderCntLsb: (this.#shownLastLsb + 1) % 2 ** pictureOrder.log2MaxLsb,
        back: back <= maxReferenceFrames ? back : 1,
      });
      return still === null ? this.#repeated(last) : { nalUnits: [still], isIdr: false };
    } catch (error) {
      if (error instanceof CodecError) return null;
      throw error;
    }
  }

  /** From a frame number to that of the reference picture that is shown last, 1 at least. */
  #backFrom(frameNum: number, frameNumbers: number): number {
    const reference = this.#shownLastReference;
    return reference === null ? 1 : (frameNum - reference + frameNumbers) % frameNumbers || frameNumbers;
  }

  /** Where nothing can be referred to: the last picture once more, if it stands for itself. */
  #repeated(last: SliceHeader): StillPicture | null {
    if (this.#idr === null) return null;
    this.#repeats += 1;
    const idrPicId = (last.idrPicId + this.#repeats) % 2 ** 16;
    const repeat = (nalUnit: Uint8Array) =>
      hasSliceHeader(nalTypeOf(nalUnit)) ? idrSlice(nalUnit, this.#sets, idrPicId) : nalUnit;
    return { nalUnits: this.#idr.map(repeat), isIdr: true };
  }

  #headerIn(nalUnits: readonly Uint8Array[]): SliceHeader | null {
    const slice = nalUnits.findLast((nalUnit) => hasSliceHeader(nalTypeOf(nalUnit)));
    return slice === undefined ? null : sliceHeaderOf(slice, this.#sets);
  }

  #showLast({ isIdr, refIdc, frameNum, picOrderCntLsb, pictureParameterSetId }: SliceHeader): void {
    const values = 2 ** this.#sets.of(pictureParameterSetId).sequence.pictureOrder.log2MaxLsb;
    const ahead = (picOrderCntLsb - this.#shownLastLsb + values) % values;
    if (!isIdr && ahead >= values / 2) return;
    this.#shownLastLsb = picOrderCntLsb;
    if (refIdc > 0) this.#shownLastReference = frameNum;
  }
}

function isOfOneSlice(nalUnits: readonly Uint8Array[]): boolean {
  let slices = 0;
  for (const nalUnit of nalUnits) if (hasSliceHeader(nalTypeOf(nalUnit))) slices += 1;
  return slices === 1;
}

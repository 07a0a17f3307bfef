// Which pictures decoding can begin with; in streams without IDR pictures, recovery points are made into such from time to time.

import { CodecError } from "#media/codecs/codec-error.ts";
import { idrSlice, type Renumbering, renumberedSlice } from "./idr-conversion.ts";
import { hasSliceHeader, nalTypeOf } from "./nal-unit-type.ts";
import type { ParameterSets } from "./parameter-sets.ts";
import type { Picture } from "./picture-assembler.ts";
import { withoutEarlierReferences } from "./reference-marking.ts";
import { parseSliceHeader, type SliceHeader, sliceHeaderOf } from "./slice-header.ts";

/**
 * Each conversion costs the pictures that are shown before it and need what came before it, one to three of them; without
 * one nobody can begin. They are no closer than this.
 */
const CONVERSION_SECONDS = 3;

/** After so many pictures none that came before is referred to: decoders keep no more than 16 (ITU-T H.264 §A.3.1), of which one is new. */
const MAX_REFERENCE_FRAMES = 15;

/** No picture is reordered this far. */
const MAX_LEADING_SECONDS = 10;

export interface PlacedPicture {
  /** As it goes on, the same list where nothing was changed; null where it is left out. */
  readonly nalUnits: readonly Uint8Array[] | null;
  /** It is an IDR picture, by now. */
  readonly isSync: boolean;
  /** All its slices are of I macroblocks, as far as somebody says that it could be begun with. */
  readonly isIntra: boolean;
  /** What is shown after it becomes right, by its own word. */
  readonly heals: boolean;
  readonly isOpenGop: boolean;
}

export class OpenGops {
  readonly #sets: ParameterSets;
  readonly #timescale: number;
  /** Of the pictures since a converted one; null since an IDR picture of the encoder's own. */
  #renumbering: Renumbering | null = null;
  /** When the converted picture is shown whose leading pictures come; null once one after it came. */
  #leadingUntil: number | null = null;
  /** Pictures that went on since the converted one. */
  #sinceConversion = 0;
  #syncDts: number | null = null;
  #idrPicId = 0;

  /** `timescale`: ticks a second of what {@link place} is given. */
  constructor(sets: ParameterSets, timescale: number) {
    this.#sets = sets;
    this.#timescale = timescale;
  }

  /** In decoding order. `dts` and `pts`: ticks. `isKeyFrame`: its container says so. */
  place(picture: Picture<unknown>, dts: number, pts: number, isKeyFrame: boolean): PlacedPicture {
    const { header, isIdr, recoveryPoint } = picture;
    if (isIdr) return this.#idr(picture, dts);
    // Asked only where the answer may matter: it takes reading the head of each slice once more.
    const isAsked = recoveryPoint !== null || isKeyFrame;
    const isIntra = isAsked && header !== null && this.#isIntra(picture, header);
    const isExact = isIntra && recoveryPoint?.frameCount === 0 && header.refIdc > 0;
    if (isExact && this.#isDue(dts, recoveryPoint.isBrokenLink)) {
      const converted = this.#converted(picture, header);
      if (converted !== null) return this.#begin(converted, header, dts, pts);
    }
    const heals = recoveryPoint !== null && !isExact;
    const isLeading = this.#isLeading(pts);
    if (!isLeading) this.#leadingUntil = null;
    const nalUnits = isLeading ? null : this.#renumbered(picture.nalUnits);
    return { nalUnits, isSync: false, isIntra, heals, isOpenGop: isExact };
  }

  #idr({ nalUnits, header }: Picture<unknown>, dts: number): PlacedPicture {
    this.#renumbering = null;
    this.#leadingUntil = null;
    this.#syncDts = dts;
    this.#idrPicId = header?.idrPicId ?? this.#idrPicId;
    return { nalUnits, isSync: true, isIntra: true, heals: false, isOpenGop: false };
  }

  #begin(
    nalUnits: readonly Uint8Array[],
    { frameNum, picOrderCntLsb }: SliceHeader,
    dts: number,
    pts: number,
  ): PlacedPicture {
    this.#renumbering = { frameNum, picOrderCntLsb };
    this.#sinceConversion = 0;
    this.#leadingUntil = pts;
    this.#syncDts = dts;
    return { nalUnits, isSync: true, isIntra: true, heals: false, isOpenGop: true };
  }

  /** Shown before the converted picture; by more than that is a clock that started over. */
  #isLeading(pts: number): boolean {
    if (this.#leadingUntil === null) return false;
    const aheadTicks = this.#leadingUntil - pts;
    return aheadTicks > 0 && aheadTicks <= MAX_LEADING_SECONDS * this.#timescale;
  }

  #isDue(dts: number, isBrokenLink: boolean): boolean {
    if (this.#syncDts === null || isBrokenLink) return true;
    const ticks = dts - this.#syncDts;
    return ticks < 0 || ticks >= CONVERSION_SECONDS * this.#timescale;
  }

  /** The slices of its first field or its frame become those of an IDR picture; null where they do not allow it. */
  #converted({ nalUnits }: Picture<unknown>, { isBottomField, ...first }: SliceHeader): Uint8Array[] | null {
    const idrPicId = (this.#idrPicId + 1) % 2 ** 16;
    const by = { frameNum: first.frameNum, picOrderCntLsb: first.picOrderCntLsb };
    try {
      const converted = nalUnits.map((nalUnit) => {
        if (!hasSliceHeader(nalTypeOf(nalUnit))) return nalUnit;
        const isOfFirst = parseSliceHeader(nalUnit, this.#sets).isBottomField === isBottomField;
        if (isOfFirst) return idrSlice(nalUnit, this.#sets, idrPicId);
        return withoutEarlierReferences(renumberedSlice(nalUnit, this.#sets, by), this.#sets);
      });
      this.#idrPicId = idrPicId;
      return converted;
    } catch (error) {
      if (error instanceof CodecError) return null;
      throw error;
    }
  }

  #isIntra({ nalUnits }: Picture<unknown>, { isBottomField }: SliceHeader): boolean {
    return nalUnits.every((nalUnit) => {
      if (!hasSliceHeader(nalTypeOf(nalUnit))) return true;
      const header = sliceHeaderOf(nalUnit, this.#sets);
      return header !== null && (header.sliceType === "I" || header.isBottomField !== isBottomField);
    });
  }

  #renumbered(nalUnits: readonly Uint8Array[]): readonly Uint8Array[] {
    const by = this.#renumbering;
    if (by === null) return nalUnits;
    const mayReferToEarlier = this.#sinceConversion < MAX_REFERENCE_FRAMES;
    this.#sinceConversion += 1;
    return nalUnits.map((nalUnit) => {
      if (!hasSliceHeader(nalTypeOf(nalUnit))) return nalUnit;
      try {
        const renumbered = renumberedSlice(nalUnit, this.#sets, by);
        return mayReferToEarlier ? withoutEarlierReferences(renumbered, this.#sets) : renumbered;
      } catch (error) {
        if (error instanceof CodecError) return nalUnit; // Its decoder will not read it either.
        throw error;
      }
    });
  }
}

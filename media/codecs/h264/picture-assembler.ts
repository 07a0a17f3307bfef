// NAL units as they come → whole pictures: slices and fields that are sent apart are put together by what the bitstream says.

import { CodecError } from "#media/codecs/codec-error.ts";
import { hasSliceHeader, NAL_TYPE, nalTypeOf, precedesPicture } from "./nal-unit-type.ts";
import type { ParameterSets } from "./parameter-sets.ts";
import { type RecoveryPoint, recoveryPointOf } from "./recovery-point.ts";
import { isSamePicture, isSecondField, type SliceHeader, sliceHeaderOf } from "./slice-header.ts";

/** NAL units that came together. */
export interface NalUnits<Timing> {
  readonly nalUnits: readonly Uint8Array[];
  readonly timing: Timing;
}

/** A frame, both fields of one, or a field without its partner. */
export interface Picture<Timing> extends NalUnits<Timing> {
  /** Its first slice; null where that could not be read. */
  readonly header: SliceHeader | null;
  readonly isIdr: boolean;
  readonly recoveryPoint: RecoveryPoint | null;
  /** All NAL units of one push, and nothing else. */
  readonly isOnePush: boolean;
}

/** A picture has ended at the latest when it would be longer; no level allows one of this size. */
const MAX_PICTURE_BYTES = 16 * 1024 * 1024;

/** What precedes a picture: more is dropped, the oldest first. */
const MAX_AHEAD = 64;

/**
 * An encoder that sent a picture in pieces is believed to send whole ones after a minute of them: where slices are of a limited
 * size, key frames alone may be of several, and those are further apart than most.
 */
const WHOLE_PICTURES = 1500;

/** What precedes a picture, in bytes. */
const MAX_AHEAD_BYTES = 1024 * 1024;

interface OpenPicture<Timing> {
  readonly timing: Timing;
  readonly header: SliceHeader | null;
  readonly isIdr: boolean;
  /** In the push that it began in, it stands first. */
  readonly isAtStart: boolean;
  readonly nalUnits: Uint8Array[];
  byteLength: number;
  /** The field that its slices are of now. */
  lastHeader: SliceHeader | null;
  hasBothFields: boolean;
  /** In how many pushes it came, and which was the last of them. */
  pushes: number;
  lastPush: number;
}

/**
 * Whether a picture is whole shows with the first slice of the next one. Pictures of an encoder that has sent whole ones so far
 * do not wait for that; the first picture does, and a field without its partner, and pictures of encoders that send slices apart.
 */
export class PictureAssembler<Timing> {
  readonly #sets: ParameterSets;
  #open: OpenPicture<Timing> | null = null;
  /** What belongs to the picture to come. */
  #ahead: Uint8Array[] = [];
  /** The last slice of the picture that went on last. */
  #sent: SliceHeader | null = null;
  #aheadBytes = 0;
  /** Null before the second picture. */
  #comesWhole: boolean | null = null;
  #wholeInARow = 0;
  /** Ordinal of the push that goes on. */
  #push = 0;

  constructor(sets: ParameterSets) {
    this.#sets = sets;
  }

  /** A picture waits for what comes next. */
  get waiting(): Timing | null {
    return this.#open?.timing ?? null;
  }

  /** Its last pictures came in pieces: what waits is most likely not whole. */
  get comesInPieces(): boolean {
    return this.#comesWhole === false;
  }

  /** The pictures that are complete with it, in order. Parameter sets among it are taken. */
  push({ nalUnits, timing }: NalUnits<Timing>): readonly Picture<Timing>[] {
    const complete: Picture<Timing>[] = [];
    const isAlone = this.#open === null && this.#ahead.length === 0;
    this.#push += 1;
    let hadSlice = false;
    for (const nalUnit of nalUnits) {
      const type = nalTypeOf(nalUnit);
      if (hasSliceHeader(type)) {
        this.#slice(nalUnit, timing, isAlone && !hadSlice, complete);
        hadSlice = true;
      } else if (precedesPicture(type)) this.#precede(nalUnit, type, complete);
      else if (this.#open !== null && this.#open.byteLength <= MAX_PICTURE_BYTES) add(this.#open, nalUnit);
    }
    if (this.#open !== null && this.#isWhole(this.#open)) complete.push(...this.#close(nalUnits.length));
    return complete;
  }

  /** Nothing more comes for the picture that waits. */
  flush(): readonly Picture<Timing>[] {
    if (this.#open === null) return [];
    this.#learn(this.#open);
    return this.#close(0);
  }

  #slice(nalUnit: Uint8Array, timing: Timing, isAtStart: boolean, complete: Picture<Timing>[]): void {
    const header = sliceHeaderOf(nalUnit, this.#sets);
    const open = this.#open;
    if (open !== null && this.#continues(open, header)) {
      for (const ahead of this.#takeAhead()) add(open, ahead);
      add(open, nalUnit);
      if (open.lastPush !== this.#push) open.pushes += 1;
      open.lastPush = this.#push;
      return;
    }
    if (open !== null) {
      this.#learn(open);
      complete.push(...this.#close(0));
    } else if (this.#isLate(header)) {
      this.#comesWhole = false;
      this.#wholeInARow = 0;
      return;
    }
    const begun: OpenPicture<Timing> = {
      timing,
      header,
      isIdr: nalTypeOf(nalUnit) === NAL_TYPE.idrSlice,
      isAtStart,
      nalUnits: this.#takeAhead(),
      byteLength: 0,
      lastHeader: header,
      hasBothFields: false,
      pushes: 1,
      lastPush: this.#push,
    };
    this.#open = begun;
    add(begun, nalUnit);
  }

  /** A slice of the picture that waits: of the same field or frame, or of the other field. */
  #continues(open: OpenPicture<Timing>, header: SliceHeader | null): boolean {
    const { lastHeader } = open;
    if (header === null || lastHeader === null) return open.lastPush === this.#push;
    if (open.byteLength > MAX_PICTURE_BYTES) return false;
    if (isSamePicture(lastHeader, header))
      return header.firstMacroblock !== 0 || open.lastPush === this.#push;
    if (open.hasBothFields || !isSecondField(lastHeader, header)) return false;
    open.hasBothFields = true;
    open.lastHeader = header;
    return true;
  }

  /** A slice of the picture that went on without it. */
  #isLate(header: SliceHeader | null): boolean {
    if (header === null || this.#sent === null || header.firstMacroblock === 0) return false;
    return isSamePicture(this.#sent, header);
  }

  /** Parameter sets end the picture that waits (§7.4.1.2.3), and are not of force for it. */
  #precede(nalUnit: Uint8Array, type: number, complete: Picture<Timing>[]): void {
    if (type === NAL_TYPE.sequenceParameterSet || type === NAL_TYPE.pictureParameterSet) {
      complete.push(...this.flush());
      try {
        this.#sets.take(nalUnit);
      } catch (error) {
        if (!(error instanceof CodecError)) throw error; // A damaged set is left out: the one before it stands.
        return;
      }
    }
    this.#ahead.push(nalUnit);
    this.#aheadBytes += nalUnit.byteLength;
    while (this.#ahead.length > MAX_AHEAD || this.#aheadBytes > MAX_AHEAD_BYTES)
      this.#aheadBytes -= this.#ahead.shift()?.byteLength ?? 0;
  }

  #takeAhead(): Uint8Array[] {
    const ahead = this.#ahead;
    this.#ahead = [];
    this.#aheadBytes = 0;
    return ahead;
  }

  #isWhole({ lastHeader, hasBothFields }: OpenPicture<Timing>): boolean {
    if (lastHeader === null) return true;
    return this.#comesWhole === true && (!lastHeader.isField || hasBothFields);
  }

  /** The next picture begins, or nothing comes: it shows whether the last one came in pieces. */
  #learn({ pushes, hasBothFields, lastHeader }: OpenPicture<Timing>): void {
    if (lastHeader?.isField === true && !hasBothFields) return;
    const isWhole = pushes <= (hasBothFields ? 2 : 1);
    this.#wholeInARow = isWhole ? this.#wholeInARow + 1 : 0;
    if (!isWhole) this.#comesWhole = false;
    else if (this.#comesWhole === null || this.#wholeInARow >= WHOLE_PICTURES) this.#comesWhole = true;
  }

  /** `pushedNow`: NAL units of the push that it ends with; 0 where it ended before. */
  #close(pushedNow: number): readonly Picture<Timing>[] {
    const open = this.#open;
    if (open === null) return [];
    this.#open = null;
    this.#sent = open.lastHeader;
    const { nalUnits, timing, header, isIdr } = open;
    const isOnePush = open.isAtStart && open.pushes === 1 && nalUnits.length === pushedNow;
    return [{ nalUnits, timing, header, isIdr, recoveryPoint: recoveryPointIn(nalUnits), isOnePush }];
  }
}

function add(open: OpenPicture<unknown>, nalUnit: Uint8Array): void {
  open.nalUnits.push(nalUnit);
  open.byteLength += nalUnit.byteLength;
}

function recoveryPointIn(nalUnits: readonly Uint8Array[]): RecoveryPoint | null {
  for (const nalUnit of nalUnits) {
    if (nalTypeOf(nalUnit) !== NAL_TYPE.supplemental) continue;
    const recoveryPoint = recoveryPointOf(nalUnit);
    if (recoveryPoint !== null) return recoveryPoint;
  }
  return null;
}

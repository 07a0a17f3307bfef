// The length-prefixed NAL units of one frame: whether a decoder can walk them, and what the frame is to other frames.

import { CodecError } from "#media/codecs/codec-error.ts";

/** A slice for each row of macroblocks of the largest picture, and as much again beside them. */
const MAX_NAL_UNITS = 1024;

/**
 * One after the other, without their lengths, as views of the frame; none of no bytes, which decoders take for damage.
 * `isDense`: there was none of that kind. The lengths must fill the frame exactly (ISO/IEC 14496-15 §5.3.2). Throws {@link CodecError}.
 */
export function nalUnitsOf(
  frame: Uint8Array,
  lengthSize: 1 | 2 | 4,
): { readonly nalUnits: Uint8Array[]; readonly isDense: boolean } {
  const end = frame.byteLength;
  const nalUnits: Uint8Array[] = [];
  let isDense = true;
  for (let offset = 0; offset < end; ) {
    const begin = offset + lengthSize;
    if (begin > end) throw new CodecError(`NAL unit length cut off, ${end - offset} of ${lengthSize} bytes`);
    const length = readLength(frame, offset, lengthSize);
    if (length > end - begin) throw new CodecError(`NAL unit of ${length} bytes where ${end - begin} remain`);
    offset = begin + length;
    if (length === 0) isDense = false;
    else nalUnits.push(frame.subarray(begin, offset));
    if (nalUnits.length > MAX_NAL_UNITS)
      throw new CodecError(`more than ${MAX_NAL_UNITS} NAL units in a frame`);
  }
  return { nalUnits, isDense };
}

/** With their lengths before them. Throws {@link CodecError} where one is too long for that. */
export function joinNalUnits(nalUnits: readonly Uint8Array[], lengthSize: 1 | 2 | 4): Uint8Array {
  const byteLength = nalUnits.reduce((sum, nalUnit) => sum + lengthSize + nalUnit.byteLength, 0);
  const frame = new Uint8Array(byteLength);
  let offset = 0;
  for (const nalUnit of nalUnits) {
    const length = nalUnit.byteLength;
    if (length >= 2 ** (8 * lengthSize))
      throw new CodecError(`NAL unit of ${length} bytes where lengths are of ${lengthSize}`);
    for (let index = 0; index < lengthSize; index += 1)
      frame[offset + index] = Math.floor(length / 2 ** (8 * (lengthSize - 1 - index))) & 0xff;
    frame.set(nalUnit, offset + lengthSize);
    offset += lengthSize + length;
  }
  return frame;
}

/** nal_unit_type of slices and slice data partitions (ITU-T H.264 table 7-1). */
const FIRST_SLICE_TYPE = 1;
const LAST_SLICE_TYPE = 5;

/** No other frame is predicted from it: decoders may leave it out (nal_ref_idc 0, ITU-T H.264 §7.4.1). */
export function isDisposable(frame: Uint8Array, lengthSize: 1 | 2 | 4): boolean {
  const header = firstHeader(frame, lengthSize, (type) => isBetween(type, FIRST_SLICE_TYPE, LAST_SLICE_TYPE));
  return header !== null && (header & 0x60) === 0;
}

/** The first byte of the first NAL unit of a type that is looked for, null without. */
function firstHeader(
  frame: Uint8Array,
  lengthSize: 1 | 2 | 4,
  isLookedFor: (type: number) => boolean,
): number | null {
  for (let offset = 0; offset + lengthSize < frame.byteLength; ) {
    const header = frame[offset + lengthSize] ?? 0;
    if (isLookedFor(header & 0x1f)) return header;
    offset += lengthSize + readLength(frame, offset, lengthSize);
  }
  return null;
}

function isBetween(value: number, first: number, last: number): boolean {
  return value >= first && value <= last;
}

function readLength(frame: Uint8Array, offset: number, lengthSize: 1 | 2 | 4): number {
  let length = 0;
  for (let index = 0; index < lengthSize; index += 1) length = length * 256 + (frame[offset + index] ?? 0);
  return length;
}

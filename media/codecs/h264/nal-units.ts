// The length-prefixed NAL units of one frame: whether a decoder can walk them, and what the frame is to other frames.

import { CodecError } from "#media/codecs/codec-error.ts";

/**
 * The frame itself, or, where it has NAL units of no bytes, which decoders take for damage, a copy without them. The lengths
 * must fill the frame exactly (ISO/IEC 14496-15 §5.3.2). Throws {@link CodecError}.
 */
export function wholeNalUnits(frame: Uint8Array, lengthSize: 1 | 2 | 4): Uint8Array {
  const end = frame.byteLength;
  let offset = 0;
  let emptyUnits = 0;
  while (offset < end) {
    const begin = offset + lengthSize;
    if (begin > end) throw new CodecError(`NAL unit length cut off, ${end - offset} of ${lengthSize} bytes`);
    const length = readLength(frame, offset, lengthSize);
    if (length > end - begin) throw new CodecError(`NAL unit of ${length} bytes where ${end - begin} remain`);
    if (length === 0) emptyUnits += 1;
    offset = begin + length;
  }
  return emptyUnits === 0 ? frame : withoutEmptyUnits(frame, lengthSize, end - emptyUnits * lengthSize);
}

function withoutEmptyUnits(frame: Uint8Array, lengthSize: 1 | 2 | 4, byteLength: number): Uint8Array {
  const copy = new Uint8Array(byteLength);
  let length = 0;
  for (let offset = 0; offset < frame.byteLength; ) {
    const next = offset + lengthSize + readLength(frame, offset, lengthSize);
    if (next > offset + lengthSize) {
      copy.set(frame.subarray(offset, next), length);
      length += next - offset;
    }
    offset = next;
  }
  return copy;
}

/** One after the other, without their lengths, as views of the frame. Throws {@link CodecError} as above. */
export function nalUnitsOf(frame: Uint8Array, lengthSize: 1 | 2 | 4): Uint8Array[] {
  const whole = wholeNalUnits(frame, lengthSize);
  const nalUnits: Uint8Array[] = [];
  for (let offset = 0; offset < whole.byteLength; ) {
    const begin = offset + lengthSize;
    offset = begin + readLength(whole, offset, lengthSize);
    nalUnits.push(whole.subarray(begin, offset));
  }
  return nalUnits;
}

/** nal_unit_type of slices and slice data partitions (ITU-T H.264 table 7-1). */
const FIRST_SLICE_TYPE = 1;
const IDR_SLICE_TYPE = 5;
const LAST_SLICE_TYPE = IDR_SLICE_TYPE;

/** From SEI over parameter sets and delimiters to the extension of a sequence parameter set: no picture (table 7-1). */
const FIRST_NON_PICTURE_TYPE = 6;
const LAST_NON_PICTURE_TYPE = 13;

/**
 * What the frame is by its first NAL unit of a picture: one that decoding can begin with (IDR), another one, or none at all:
 * some encoders send parameter sets or SEI as frames of their own.
 */
export function pictureOf(frame: Uint8Array, lengthSize: 1 | 2 | 4): "idr" | "other" | null {
  const header = firstHeader(
    frame,
    lengthSize,
    (type) => !isBetween(type, FIRST_NON_PICTURE_TYPE, LAST_NON_PICTURE_TYPE),
  );
  if (header === null) return null;
  return (header & 0x1f) === IDR_SLICE_TYPE ? "idr" : "other";
}

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

// The length-prefixed NAL units of one frame: whether a decoder can walk them, and what the frame is to other frames.

import { CodecError } from "#media/codecs/codec-error.ts";

/** The lengths must fill the frame exactly (ISO/IEC 14496-15 §5.3.2). Throws {@link CodecError}. */
export function requireWholeNalUnits(frame: Uint8Array, lengthSize: 1 | 2 | 4): void {
  const end = frame.byteLength;
  let offset = 0;
  while (offset < end) {
    const begin = offset + lengthSize;
    if (begin > end) throw new CodecError(`NAL unit length cut off, ${end - offset} of ${lengthSize} bytes`);
    const length = readLength(frame, offset, lengthSize);
    if (length > end - begin) throw new CodecError(`NAL unit of ${length} bytes where ${end - begin} remain`);
    offset = begin + length;
  }
}

/** nal_unit_type of slices and slice data partitions (ITU-T H.264 table 7-1). */
const FIRST_SLICE_TYPE = 1;
const LAST_SLICE_TYPE = 5;

/** Whether there is a slice in it: some encoders send parameter sets, SEI or nothing at all as frames of their own. */
export function holdsPicture(frame: Uint8Array, lengthSize: 1 | 2 | 4): boolean {
  return firstSliceHeader(frame, lengthSize) !== null;
}

/** No other frame is predicted from it: decoders may leave it out (nal_ref_idc 0, ITU-T H.264 §7.4.1). */
export function isDisposable(frame: Uint8Array, lengthSize: 1 | 2 | 4): boolean {
  const header = firstSliceHeader(frame, lengthSize);
  return header !== null && (header & 0x60) === 0;
}

/** The first byte of the first NAL unit that is one, null without. */
function firstSliceHeader(frame: Uint8Array, lengthSize: 1 | 2 | 4): number | null {
  for (let offset = 0; offset + lengthSize < frame.byteLength; ) {
    const length = readLength(frame, offset, lengthSize);
    const header = length === 0 ? 0 : (frame[offset + lengthSize] ?? 0);
    const type = header & 0x1f;
    if (type >= FIRST_SLICE_TYPE && type <= LAST_SLICE_TYPE) return header;
    offset += lengthSize + length;
  }
  return null;
}

function readLength(frame: Uint8Array, offset: number, lengthSize: 1 | 2 | 4): number {
  let length = 0;
  for (let index = 0; index < lengthSize; index += 1) length = length * 256 + (frame[offset + index] ?? 0);
  return length;
}

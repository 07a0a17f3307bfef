// Walks the length-prefixed NAL units of one frame, to know before it is stored that a decoder can walk them too.

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

function readLength(frame: Uint8Array, offset: number, lengthSize: 1 | 2 | 4): number {
  let length = 0;
  for (let index = 0; index < lengthSize; index += 1) length = length * 256 + (frame[offset + index] ?? 0);
  return length;
}

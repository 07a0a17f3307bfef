// NAL units in a stream of bytes, told apart by start codes (ITU-T H.264 annex B): read, and a key frame written.

import { ByteReader } from "#media/bytes/byte-reader.ts";
import { parsing } from "#media/codecs/codec-error.ts";
import { readParameterSets } from "./decoder-configuration-record.ts";
import { nalUnitsOf } from "./nal-units.ts";

/** The start code of ITU-T H.264 §B.1.1. */
const START_CODE = Uint8Array.of(0, 0, 0, 1);

/**
 * `record` is the AVCDecoderConfigurationRecord, `frame` the length-prefixed NAL units of a key frame. The pieces, to be
 * sent one after another, are views of both. Throws {@link CodecError}.
 */
export function annexBKeyFrame(record: Uint8Array, frame: Uint8Array): Uint8Array[] {
  return parsing("key frame", () => {
    const { nalUnitLengthSize, sequenceParameterSets, pictureParameterSets } = readParameterSets(
      new ByteReader(record),
    );
    const { nalUnits } = nalUnitsOf(frame, nalUnitLengthSize);
    return [...sequenceParameterSets, ...pictureParameterSets, ...nalUnits].flatMap((nalUnit) => [
      START_CODE,
      nalUnit,
    ]);
  });
}

/** It begins with a start code, of three bytes or of four. */
export function isAnnexB(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0 || bytes[1] !== 0) return false;
  return bytes[2] === 1 || (bytes[2] === 0 && bytes[3] === 1);
}

/** The NAL units between start codes, as views, without the zeros that may follow one; none that is empty. */
export function nalUnitsOfAnnexB(bytes: Uint8Array): Uint8Array[] {
  const nalUnits: Uint8Array[] = [];
  let begin = -1;
  for (let at = bytes.indexOf(1, 2); at !== -1; at = bytes.indexOf(1, at + 1)) {
    if (bytes[at - 1] !== 0 || bytes[at - 2] !== 0) continue;
    if (begin !== -1) addNalUnit(nalUnits, bytes.subarray(begin, at - 2));
    begin = at + 1;
  }
  if (begin !== -1) addNalUnit(nalUnits, bytes.subarray(begin));
  return nalUnits;
}

/** No NAL unit ends with a zero: what does is trailing_zero_8bits. */
function addNalUnit(nalUnits: Uint8Array[], bytes: Uint8Array): void {
  let end = bytes.byteLength;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  if (end > 0) nalUnits.push(bytes.subarray(0, end));
}

// A key frame as a decoder takes it that knows nothing but a stream of bytes: start codes, parameter sets before the picture.

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
    const nalUnits = nalUnitsOf(frame, nalUnitLengthSize);
    return [...sequenceParameterSets, ...pictureParameterSets, ...nalUnits].flatMap((nalUnit) => [
      START_CODE,
      nalUnit,
    ]);
  });
}

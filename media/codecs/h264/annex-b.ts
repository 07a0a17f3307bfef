// A key frame as a decoder takes it that knows nothing but a stream of bytes: start codes, parameter sets before the picture.

import { ByteReader } from "#media/bytes/byte-reader.ts";
import { CodecError, parsing } from "#media/codecs/codec-error.ts";

/** The start code of ITU-T H.264 §B.1.1. */
const START_CODE = Uint8Array.of(0, 0, 0, 1);

/**
 * `record` is the AVCDecoderConfigurationRecord, `frame` the length-prefixed NAL units of a key frame. The pieces, to be
 * sent one after another, are views of both. Throws {@link CodecError}.
 */
export function annexBKeyFrame(record: Uint8Array, frame: Uint8Array): Uint8Array[] {
  return parsing("key frame", () => {
    const { parameterSets, lengthSize } = readRecord(new ByteReader(record));
    return [...parameterSets, ...nalUnitsOf(frame, lengthSize)].flatMap((nalUnit) => [START_CODE, nalUnit]);
  });
}

/** ISO/IEC 14496-15 §5.3.3.1. */
function readRecord(reader: ByteReader): { parameterSets: Uint8Array[]; lengthSize: number } {
  reader.skip(4); // configurationVersion, AVCProfileIndication, profile_compatibility, AVCLevelIndication
  const lengthSize = (reader.u8() & 3) + 1; // lengthSizeMinusOne
  const sequenceParameterSets = readParameterSets(reader, reader.u8() & 0x1f);
  const pictureParameterSets = readParameterSets(reader, reader.u8());
  return { parameterSets: [...sequenceParameterSets, ...pictureParameterSets], lengthSize };
}

function readParameterSets(reader: ByteReader, count: number): Uint8Array[] {
  return Array.from({ length: count }, () => reader.view(reader.u16()));
}

function nalUnitsOf(frame: Uint8Array, lengthSize: number): Uint8Array[] {
  const reader = new ByteReader(frame);
  const nalUnits: Uint8Array[] = [];
  while (reader.remaining > 0) nalUnits.push(reader.view(readLength(reader, lengthSize)));
  return nalUnits;
}

function readLength(reader: ByteReader, lengthSize: number): number {
  switch (lengthSize) {
    case 1:
      return reader.u8();
    case 2:
      return reader.u16();
    case 4:
      return reader.u32();
    default:
      throw new CodecError(`NAL unit lengths of ${lengthSize} bytes`);
  }
}

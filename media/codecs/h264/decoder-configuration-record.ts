// The AVCDecoderConfigurationRecord: parameter sets and the length size of NAL units, as FLV and MP4 carry them.

import { ByteReader } from "#media/bytes/byte-reader.ts";
import { CodecError, parsing } from "#media/codecs/codec-error.ts";
import { parseSequenceParameterSet, type SequenceParameterSet } from "./sequence-parameter-set.ts";

export interface AvcDecoderConfiguration {
  readonly nalUnitLengthSize: 1 | 2 | 4;
  /** The first of the record: the one a stream of one resolution uses. */
  readonly sequenceParameterSet: SequenceParameterSet;
  /** RFC 6381, for example `avc1.64001f`. */
  readonly codecString: string;
}

/** What of a record a decoder is told: how NAL units say their length, and the parameter sets, views of the record. */
export interface AvcParameterSets {
  readonly nalUnitLengthSize: 1 | 2 | 4;
  readonly sequenceParameterSets: readonly Uint8Array[];
  readonly pictureParameterSets: readonly Uint8Array[];
}

/** Throws {@link CodecError}. */
export function parseAvcDecoderConfigurationRecord(record: Uint8Array): AvcDecoderConfiguration {
  return parsing("AVCDecoderConfigurationRecord", () => {
    const { nalUnitLengthSize, sequenceParameterSets } = readParameterSets(new ByteReader(record));
    const [sps] = sequenceParameterSets;
    if (sps === undefined)
      throw new CodecError("AVCDecoderConfigurationRecord without a sequence parameter set");
    const sequenceParameterSet = parseSequenceParameterSet(sps);
    return { nalUnitLengthSize, sequenceParameterSet, codecString: avcCodecString(sequenceParameterSet) };
  });
}

/** ISO/IEC 14496-15 §5.3.3.1. Throws {@link CodecError}, or that the bytes ended. */
export function readParameterSets(reader: ByteReader): AvcParameterSets {
  const configurationVersion = reader.u8();
  if (configurationVersion !== 1) {
    throw new CodecError(`AVCDecoderConfigurationRecord of version ${configurationVersion}`);
  }
  reader.skip(3); // AVCProfileIndication, profile_compatibility, AVCLevelIndication
  const nalUnitLengthSize = lengthSize((reader.u8() & 3) + 1); // lengthSizeMinusOne
  const sequenceParameterSets = readNalUnits(reader, reader.u8() & 0x1f); // numOfSequenceParameterSets
  const pictureParameterSets = readNalUnits(reader, reader.u8()); // numOfPictureParameterSets
  return { nalUnitLengthSize, sequenceParameterSets, pictureParameterSets };
}

function lengthSize(size: number): 1 | 2 | 4 {
  if (size === 1 || size === 2 || size === 4) return size;
  throw new CodecError(`NAL unit lengths of ${size} bytes`);
}

function readNalUnits(reader: ByteReader, count: number): Uint8Array[] {
  const nalUnits: Uint8Array[] = [];
  for (let index = 0; index < count; index += 1) nalUnits.push(reader.view(reader.u16()));
  return nalUnits;
}

function avcCodecString({ profileIdc, constraintFlags, levelIdc }: SequenceParameterSet): string {
  return `avc1.${hexByte(profileIdc)}${hexByte(constraintFlags)}${hexByte(levelIdc)}`;
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

// The parameter sets of a sample entry, as they stand before a picture.

import { ByteReader } from "#media/bytes/byte-reader.ts";
import { readParameterSets } from "#media/codecs/h264/decoder-configuration-record.ts";
import { joinNalUnits } from "#media/codecs/h264/nal-units.ts";
import { avcRecordIn } from "#media/fmp4/avc-record.ts";

/** NAL units with their lengths; null of what is not H.264. */
export function parameterSetsIn(sampleEntry: Uint8Array): Uint8Array | null {
  const record = avcRecordIn(sampleEntry);
  if (record === null) return null;
  const { nalUnitLengthSize, sequenceParameterSets, pictureParameterSets } = readParameterSets(
    new ByteReader(record),
  );
  return joinNalUnits([...sequenceParameterSets, ...pictureParameterSets], nalUnitLengthSize);
}

// The header of an ADTS frame: the fields of an AudioSpecificConfig, and how long the frame is.

import { BitReader } from "#media/bytes/bit-reader.ts";
import { BitWriter } from "#media/bytes/bit-writer.ts";
import { parsing } from "#media/codecs/codec-error.ts";
import { copyProgramConfig } from "./program-config-element.ts";

export interface AdtsHeader {
  /** Of MPEG-4: profile_ObjectType and one. */
  readonly objectType: number;
  readonly samplingFrequencyIndex: number;
  /** 0 where the raw_data_block lists the channels. */
  readonly channelConfiguration: number;
  /** 7 bytes, or 9 with a CRC. */
  readonly headerLength: number;
  /** In bytes, header and CRC included, as it says: it may be less than the header. */
  readonly frameLength: number;
  /** One more than number_of_raw_data_blocks_in_frame. */
  readonly rawDataBlocks: number;
}

/** adts_fixed_header and adts_variable_header. */
const HEADER_BYTES = 7;
const CRC_BYTES = 2;

/** Sampling frequency indices from here on are reserved, or an escape that ADTS does not have. */
const SAMPLING_FREQUENCY_INDICES = 13;

/** ISO/IEC 13818-7 §6.2, ISO/IEC 14496-3 §1.A.2.2; null where the bytes do not begin with a header. */
export function parseAdtsHeader(bytes: Uint8Array): AdtsHeader | null {
  if (bytes.byteLength < HEADER_BYTES) return null;
  const bits = new BitReader(bytes);
  const syncword = bits.bits(12);
  bits.skip(1); // ID: MPEG-2 or MPEG-4
  const layer = bits.bits(2);
  const hasCrc = !bits.flag(); // protection_absent
  const objectType = bits.bits(2) + 1; // profile_ObjectType
  const samplingFrequencyIndex = bits.bits(4);
  bits.skip(1); // private_bit
  const channelConfiguration = bits.bits(3);
  bits.skip(2 + 2); // original_copy, home, copyright_identification_bit and _start
  const frameLength = bits.bits(13); // aac_frame_length
  bits.skip(11); // adts_buffer_fullness
  const rawDataBlocks = bits.bits(2) + 1; // number_of_raw_data_blocks_in_frame
  if (syncword !== 0xfff || layer !== 0 || samplingFrequencyIndex >= SAMPLING_FREQUENCY_INDICES) return null;
  const headerLength = HEADER_BYTES + (hasCrc ? CRC_BYTES : 0);
  return {
    ...{ objectType, samplingFrequencyIndex, channelConfiguration },
    ...{ headerLength, frameLength, rawDataBlocks },
  };
}

/**
 * The AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1) that a header stands for. Channel configuration 0 needs the
 * raw_data_block behind the header too, for the program_config_element that it begins with; null where it does not.
 * Throws {@link CodecError} for an element that is cut off.
 */
export function configOfHeader(header: AdtsHeader, rawDataBlock: Uint8Array): Uint8Array | null {
  const { objectType, samplingFrequencyIndex, channelConfiguration } = header;
  const config = new BitWriter(2);
  config.bits(objectType, 5).bits(samplingFrequencyIndex, 4).bits(channelConfiguration, 4);
  config.flag(false).flag(false).flag(false); // frameLengthFlag, dependsOnCoreCoder, extensionFlag
  const isWhole =
    channelConfiguration !== 0 ||
    parsing("program_config_element", () => copyProgramConfig(rawDataBlock, config));
  return isWhole ? config.take() : null;
}

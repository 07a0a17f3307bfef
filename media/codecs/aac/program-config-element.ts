// The program_config_element that lists channels one by one where no channelConfiguration fits.

import { BitReader } from "#media/bytes/bit-reader.ts";
import type { BitWriter } from "#media/bytes/bit-writer.ts";

/** id_syn_ele of the element in a raw_data_block (ISO/IEC 14496-3 table 4.85). */
const ID_PCE = 5;

/** ISO/IEC 14496-3 §4.5.2.1: how many channels it lists; read to its end. Positions are relative to the config's start. */
export function readChannelsOfProgramConfig(bits: BitReader): number {
  const channels = readChannels(bits);
  bits.alignToByte();
  bits.skip(bits.bits(8) * 8); // comment_field_data
  return channels;
}

/**
 * Copies the element that a raw_data_block begins with to the end of `config`. Both align its comment to their own bytes,
 * so it is no copy of bytes. False, and nothing is written, where the block begins with another element.
 * Throws `EndOfBytesError` for an element that is cut off.
 */
export function copyProgramConfig(rawDataBlock: Uint8Array, config: BitWriter): boolean {
  const bits = new BitReader(rawDataBlock);
  if (bits.remaining < 3 || bits.bits(3) !== ID_PCE) return false;
  const measured = new BitReader(rawDataBlock);
  measured.skip(3);
  readChannels(measured);
  while (bits.remaining > measured.remaining) config.flag(bits.flag());
  bits.alignToByte();
  const commentLength = bits.bits(8);
  config.alignToByte().bits(commentLength, 8);
  for (let written = 0; written < commentLength; written += 1) config.bits(bits.bits(8), 8);
  return true;
}

/** Up to where the element is aligned. */
function readChannels(bits: BitReader): number {
  bits.skip(4 + 2 + 4); // element_instance_tag, object_type, sampling_frequency_index
  const fronts = bits.bits(4);
  const sides = bits.bits(4);
  const backs = bits.bits(4);
  const lowFrequencyEffects = bits.bits(2);
  const associatedData = bits.bits(3);
  const coupling = bits.bits(4);
  if (bits.flag()) bits.skip(4); // mono_mixdown
  if (bits.flag()) bits.skip(4); // stereo_mixdown
  if (bits.flag()) bits.skip(3); // matrix_mixdown
  let channels = lowFrequencyEffects;
  for (let element = 0; element < fronts + sides + backs; element += 1) {
    channels += bits.flag() ? 2 : 1; // element_is_cpe
    bits.skip(4); // element_tag_select
  }
  bits.skip(lowFrequencyEffects * 4 + associatedData * 4 + coupling * 5);
  return channels;
}

// The program_config_element that lists channels one by one where no channelConfiguration fits.

import type { BitReader } from "#media/bytes/bit-reader.ts";

/** ISO/IEC 14496-3 §4.5.2.1: how many channels it lists; read to its end. Positions are relative to the config's start. */
export function readChannelsOfProgramConfig(bits: BitReader): number {
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
  bits.alignToByte();
  bits.skip(bits.bits(8) * 8); // comment_field_data
  return channels;
}

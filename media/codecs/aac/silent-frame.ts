// A frame of AAC in which nothing is heard, for the time in which an encoder sent no sound.

import { BitWriter } from "#media/bytes/bit-writer.ts";

type Element = keyof typeof ID_SYN_ELE;

/** ISO/IEC 14496-3 table 4.85: a channel, a pair of them, low frequencies, and the end of the frame. */
const ID_SYN_ELE = { SCE: 0, CPE: 1, LFE: 3, END: 7 } as const;

/** ISO/IEC 14496-3 table 1.19, by channelConfiguration: the elements of every frame, in their order. */
const ELEMENTS: readonly (readonly Element[])[] = [
  [], // a program_config_element lists them
  ["SCE"],
  ["CPE"],
  ["SCE", "CPE"],
  ["SCE", "CPE", "SCE"],
  ["SCE", "CPE", "CPE"],
  ["SCE", "CPE", "CPE", "LFE"],
  ["SCE", "CPE", "CPE", "CPE", "LFE"],
];

/** A scale of 1, which nothing is scaled by where there are no scale factor bands. */
const GLOBAL_GAIN = 100;

/**
 * A raw_data_block (ISO/IEC 14496-3 §4.4.2.1) for the channelConfigurations 1 to 7, null for others. It is right at any
 * sampling rate, for frames of 960 and of 1024 samples, for AAC Main, LC, SSR and LTP, and without SBR or PS data where
 * these extend it: their decoder then doubles the rate of silence.
 */
export function silentFrame(channelConfiguration: number): Uint8Array | null {
  const elements = ELEMENTS[channelConfiguration] ?? [];
  if (elements.length === 0) return null;
  const bits = new BitWriter(32);
  for (const [index, element] of elements.entries()) {
    const instance = elements.slice(0, index).filter((before) => before === element).length;
    bits.bits(ID_SYN_ELE[element], 3); // id_syn_ele
    bits.bits(instance, 4); // element_instance_tag
    if (element === "CPE") writeChannelPair(bits);
    else writeChannel(bits);
  }
  bits.bits(ID_SYN_ELE.END, 3); // id_syn_ele
  return bits.take(); // byte_alignment
}

/** single_channel_element and lfe_channel_element after their tag: an individual_channel_stream. */
function writeChannel(bits: BitWriter): void {
  bits.bits(GLOBAL_GAIN, 8); // global_gain
  writeIcsInfo(bits);
  writeNoTools(bits);
}

/** channel_pair_element after its tag: what both share, then two individual_channel_streams. */
function writeChannelPair(bits: BitWriter): void {
  bits.flag(true); // common_window
  writeIcsInfo(bits);
  bits.bits(0, 2); // ms_mask_present
  for (let channel = 0; channel < 2; channel += 1) {
    bits.bits(GLOBAL_GAIN, 8); // global_gain
    writeNoTools(bits);
  }
}

/** ics_info: no scale factor band, and so no spectrum. */
function writeIcsInfo(bits: BitWriter): void {
  bits.flag(false); // ics_reserved_bit
  bits.bits(0, 2); // window_sequence: ONLY_LONG_SEQUENCE
  bits.flag(false); // window_shape: sine
  bits.bits(0, 6); // max_sfb
  bits.flag(false); // predictor_data_present
}

/** The rest of an individual_channel_stream: section_data, scale_factor_data and spectral_data are of no bits. */
function writeNoTools(bits: BitWriter): void {
  bits.flag(false); // pulse_data_present
  bits.flag(false); // tns_data_present
  bits.flag(false); // gain_control_data_present
}

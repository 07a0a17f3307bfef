// The AudioSpecificConfig: which AAC this is, at what rate, how many channels, and whether SBR or PS extend it.

import { BitReader } from "#media/bytes/bit-reader.ts";
import { CodecError, parsing } from "#media/codecs/codec-error.ts";
import { readChannelsOfProgramConfig } from "./program-config-element.ts";

export interface AudioSpecificConfig {
  /** RFC 6381: `mp4a.40.2`; `.5` and `.29` only where SBR and PS are signalled. */
  readonly codecString: string;
  /** Hz, of the core coder. */
  readonly sampleRate: number;
  /** ISO/IEC 14496-3 table 1.19, of the core coder; 0 where a program_config_element lists its channels. */
  readonly channelConfiguration: number;
  /** How many are heard: parametric stereo makes two of one. */
  readonly channels: number;
  /** At the core coder's rate. */
  readonly samplesPerFrame: 960 | 1024;
}

const AAC_LTP = 4;
const SBR = 5;
const ER_BSAC = 22;
const PS = 29;
const ESCAPE = 31;

/** ISO/IEC 14496-3 table 1.18, by samplingFrequencyIndex. */
const SAMPLE_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
];
const EXPLICIT_RATE = 15;

/** The table ends at 96 kHz; an explicit rate may go beyond, within reason. */
const MAX_SAMPLE_RATE = 192_000;

/** ISO/IEC 14496-3 table 1.19, by channelConfiguration; 0 stands for a reserved one. */
const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 0, 8];

const SBR_SYNC = 0x2b7;
const PS_SYNC = 0x548;

interface Extension {
  readonly isSbr: boolean;
  readonly isPs: boolean;
}

/** ISO/IEC 14496-3 §1.6.2.1. Throws {@link CodecError}, also for object types other than AAC Main, LC, SSR and LTP. */
export function parseAudioSpecificConfig(record: Uint8Array): AudioSpecificConfig {
  return parsing("AudioSpecificConfig", () => {
    const bits = new BitReader(record);
    const signalled = readObjectType(bits);
    const sampleRate = readSampleRate(bits);
    const channelConfiguration = bits.bits(4);
    const isHierarchical = signalled === SBR || signalled === PS;
    const objectType = isHierarchical ? readExtendedObjectType(bits) : signalled;
    if (objectType < 1 || objectType > AAC_LTP)
      throw new CodecError(`MPEG-4 audio object type ${objectType}`);
    const samplesPerFrame = bits.flag() ? 960 : 1024; // frameLengthFlag
    if (bits.flag()) bits.skip(14); // dependsOnCoreCoder: coreCoderDelay
    bits.skip(1); // extensionFlag, 0 for these object types
    const coreChannels =
      channelConfiguration === 0 ? readChannelsOfProgramConfig(bits) : (CHANNELS[channelConfiguration] ?? 0);
    if (coreChannels === 0) throw new CodecError(`AAC channel configuration ${channelConfiguration}`);
    const extension = isHierarchical ? { isSbr: true, isPs: signalled === PS } : readSyncExtension(bits);
    return {
      codecString: `mp4a.40.${codecNumber(objectType, extension)}`,
      sampleRate,
      channelConfiguration,
      channels: extension.isPs && coreChannels === 1 ? 2 : coreChannels,
      samplesPerFrame,
    };
  });
}

function codecNumber(objectType: number, { isSbr, isPs }: Extension): number {
  if (isPs) return PS;
  return isSbr ? SBR : objectType;
}

function readObjectType(bits: BitReader): number {
  const objectType = bits.bits(5);
  return objectType === ESCAPE ? 32 + bits.bits(6) : objectType;
}

function readSampleRate(bits: BitReader): number {
  const index = bits.bits(4);
  const rate = index === EXPLICIT_RATE ? bits.bits(24) : (SAMPLE_RATES[index] ?? 0);
  if (rate === 0 || rate > MAX_SAMPLE_RATE) throw new CodecError(`AAC sample rate ${rate}, index ${index}`);
  return rate;
}

/** SBR or PS came first: the rate they make, then the object type they extend. */
function readExtendedObjectType(bits: BitReader): number {
  readSampleRate(bits); // extensionSamplingFrequency
  const objectType = readObjectType(bits);
  if (objectType === ER_BSAC) bits.skip(4); // extensionChannelConfiguration
  return objectType;
}

/** The backward compatible way: SBR and PS told after the core's configuration, where an old decoder does not look. */
function readSyncExtension(bits: BitReader): Extension {
  const none = { isSbr: false, isPs: false };
  if (bits.remaining < 17 || bits.bits(11) !== SBR_SYNC) return none;
  if (readObjectType(bits) !== SBR || !bits.flag()) return none; // sbrPresentFlag
  readSampleRate(bits); // extensionSamplingFrequency
  const isPs = bits.remaining >= 12 && bits.bits(11) === PS_SYNC && bits.flag(); // psPresentFlag
  return { isSbr: true, isPs };
}

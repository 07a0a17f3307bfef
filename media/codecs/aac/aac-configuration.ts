// AAC as FLV and MP4 carry it: raw frames, the AudioSpecificConfig beside them.

import { type AudioSpecificConfig, parseAudioSpecificConfig } from "./audio-specific-config.ts";

export interface AacConfiguration extends AudioSpecificConfig {
  readonly codec: "aac";
  /** AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1), byte for byte as the encoder sent it. */
  readonly record: Uint8Array;
}

/** The record is copied. Throws a `CodecError` for one that is malformed. */
export function aacConfiguration(record: Uint8Array): AacConfiguration {
  return { codec: "aac", record: record.slice(), ...parseAudioSpecificConfig(record) };
}

// The AAC of one publish: audio tags → its track and its frames, be they bare or in ADTS.

import { ByteReader } from "#media/bytes/byte-reader.ts";
import { sameBytes } from "#media/bytes/same-bytes.ts";
import { type AacConfiguration, aacConfiguration } from "#media/codecs/aac/aac-configuration.ts";
import { audioSpecificConfigOfAdts, isAdts, isAdtsHeader, readAdtsFrames } from "#media/codecs/aac/adts.ts";
import { silentFrame } from "#media/codecs/aac/silent-frame.ts";
import type { EncodedUnit } from "#media/track/track.ts";
import { readAudioTag } from "./audio-tag.ts";
import type { DemuxedItem } from "./demuxed-item.ts";
import { RTMP_CLOCK } from "./rtmp-clock.ts";

export const AUDIO_TRACK_ID = 2;

export class AudioDemuxer {
  #configuration: AacConfiguration | null = null;
  /** The AudioSpecificConfig that came last, as it was sent or as an ADTS header stands for it. */
  #record: Uint8Array | null = null;

  /** How long a frame is heard; null before there is a configuration. */
  get frameMs(): number | null {
    const configuration = this.#configuration;
    return configuration === null ? null : (configuration.samplesPerFrame * 1000) / configuration.sampleRate;
  }

  /** Throws a `FlvError` or a `CodecError`, or that the bytes ended; and is as it was before. */
  push(payload: Uint8Array, timestampMs: number): readonly DemuxedItem[] {
    const packet = readAudioTag(new ByteReader(payload));
    if (packet === null || packet.body.byteLength === 0) return [];
    const { body } = packet;
    if (packet.type === "configuration")
      return this.#configure(isAdtsHeader(body) ? audioSpecificConfigOfAdts(body) : body);
    if (isAdts(body)) return this.#adts(body, timestampMs);
    if (this.#configuration === null)
      return [{ type: "undecodable", kind: "audio", form: "no-configuration" }];
    return [{ type: "unit", unit: unitOf(body, timestampMs) }];
  }

  /** A frame of silence that is heard at this time of the encoder's clock; null where none can be made. */
  silence(timestampMs: number): EncodedUnit | null {
    if (this.#configuration === null) return null;
    const data = silentFrame(this.#configuration.channelConfiguration);
    return data === null ? null : { ...unitOf(data, timestampMs), hints: { isFiller: true } };
  }

  /** Frames of one tag are heard one after the other. Their headers say again what the configuration says, but not all of it. */
  #adts(body: Uint8Array, timestampMs: number): DemuxedItem[] {
    const listed = this.#configuration?.channelConfiguration === 0 ? this.#record : null;
    return readAdtsFrames(body, listed).flatMap(({ frame, audioSpecificConfig }, index): DemuxedItem[] => {
      const items = this.#isOf(audioSpecificConfig) ? [] : this.#configure(audioSpecificConfig);
      const heardAtMs = timestampMs + Math.round(index * (this.frameMs ?? 0));
      return [...items, { type: "unit", unit: unitOf(frame, heardAtMs) }];
    });
  }

  /** ADTS cannot say that SBR or PS extend it: the same core is the same configuration. */
  #isOf(audioSpecificConfig: Uint8Array): boolean {
    if (this.#configuration === null) return false;
    const { sampleRate, channelConfiguration } = aacConfiguration(audioSpecificConfig);
    const { sampleRate: rate, channelConfiguration: channels } = this.#configuration;
    return sampleRate === rate && channelConfiguration === channels;
  }

  #configure(record: Uint8Array): DemuxedItem[] {
    if (this.#record !== null && sameBytes(this.#record, record)) return [];
    const configuration = aacConfiguration(record);
    this.#configuration = configuration;
    this.#record = configuration.record;
    const { sampleRate: timescale } = configuration;
    return [{ type: "track", track: { id: AUDIO_TRACK_ID, kind: "audio", timescale, configuration } }];
  }
}

function unitOf(data: Uint8Array, timestampMs: number): EncodedUnit {
  return {
    trackId: AUDIO_TRACK_ID,
    clock: RTMP_CLOCK,
    sentDts: timestampMs,
    compositionTime: 0,
    isSync: true,
    data,
  };
}

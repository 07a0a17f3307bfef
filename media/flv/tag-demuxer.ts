// Turns one publish's FLV messages into its tracks and their coded frames.

import { ByteReader, EndOfBytesError } from "#media/bytes/byte-reader.ts";
import { sameBytes } from "#media/bytes/same-bytes.ts";
import { aacConfiguration } from "#media/codecs/aac/aac-configuration.ts";
import { CodecError } from "#media/codecs/codec-error.ts";
import { h264Configuration } from "#media/codecs/h264/h264-configuration.ts";
import { pictureOf, wholeNalUnits } from "#media/codecs/h264/nal-units.ts";
import type { SourceClock } from "#media/track/source-clock.ts";
import type { AudioConfiguration, EncodedUnit, Track, VideoConfiguration } from "#media/track/track.ts";
import { readAudioTag } from "./audio-tag.ts";
import { FlvError } from "./flv-error.ts";
import { readVideoTag } from "./video-tag.ts";

/** The body of an FLV tag, as RTMP carries it in a message of its own. */
export interface FlvMessage {
  readonly kind: "audio" | "video" | "data";
  /** On the encoder's clock, milliseconds modulo 2^32. */
  readonly timestampMs: number;
  /** Units that come of it are views of it: it must not be written to afterwards. */
  readonly payload: Uint8Array;
}

export type DemuxedItem =
  | { readonly type: "track"; readonly track: Track }
  | { readonly type: "unit"; readonly unit: EncodedUnit };

const VIDEO_TRACK_ID = 1;
const AUDIO_TRACK_ID = 2;
const VIDEO_TIMESCALE = 90_000;

/** Milliseconds; 32 bits by the specification (RTMP 1.0 §5.3.1), of which OBS and FFmpeg keep 31. */
export const RTMP_CLOCK: SourceClock = { timescale: 1000, wrapBits: [31, 32] };

export class TagDemuxer {
  #video: VideoConfiguration | null = null;
  #audio: AudioConfiguration | null = null;

  /**
   * A track where its configuration is new or changed, a unit where the message holds a frame of a known track, else null:
   * data messages are hints that nothing here depends on, a frame before its configuration cannot be decoded, and
   * one without a picture decodes to nothing.
   * Throws {@link FlvError} for a tag that is malformed or of another codec, and is as it was before.
   */
  push(message: FlvMessage): DemuxedItem | null {
    if (message.kind === "data" || message.payload.byteLength === 0) return null;
    try {
      return message.kind === "video" ? this.#pushVideo(message) : this.#pushAudio(message);
    } catch (error) {
      if (!(error instanceof EndOfBytesError || error instanceof CodecError)) throw error;
      throw new FlvError(`${message.kind} tag: ${error.message}`, { cause: error });
    }
  }

  #pushVideo({ payload, timestampMs }: FlvMessage): DemuxedItem | null {
    const packet = readVideoTag(new ByteReader(payload));
    if (packet === null || packet.body.byteLength === 0) return null;
    const { body, isKeyFrame, compositionTimeMs } = packet;
    if (packet.type === "configuration") return this.#configureVideo(body);
    if (this.#video === null) return null;
    const data = wholeNalUnits(body, this.#video.nalUnitLengthSize);
    const picture = pictureOf(data, this.#video.nalUnitLengthSize);
    if (picture === null) return null;
    const isSync = isKeyFrame || picture === "idr";
    return {
      type: "unit",
      unit: {
        trackId: VIDEO_TRACK_ID,
        clock: RTMP_CLOCK,
        sentDts: timestampMs,
        compositionTime: compositionTimeMs,
        isSync,
        data,
      },
    };
  }

  #pushAudio({ payload, timestampMs }: FlvMessage): DemuxedItem | null {
    const packet = readAudioTag(new ByteReader(payload));
    if (packet === null || packet.body.byteLength === 0) return null;
    if (packet.type === "configuration") return this.#configureAudio(packet.body);
    if (this.#audio === null) return null;
    return {
      type: "unit",
      unit: {
        trackId: AUDIO_TRACK_ID,
        clock: RTMP_CLOCK,
        sentDts: timestampMs,
        compositionTime: 0,
        isSync: true,
        data: packet.body,
      },
    };
  }

  #configureVideo(record: Uint8Array): DemuxedItem | null {
    if (this.#video !== null && sameBytes(this.#video.record, record)) return null;
    const configuration = h264Configuration(record);
    this.#video = configuration;
    return {
      type: "track",
      track: { id: VIDEO_TRACK_ID, kind: "video", timescale: VIDEO_TIMESCALE, configuration },
    };
  }

  #configureAudio(record: Uint8Array): DemuxedItem | null {
    if (this.#audio !== null && sameBytes(this.#audio.record, record)) return null;
    const configuration = aacConfiguration(record);
    this.#audio = configuration;
    return {
      type: "track",
      track: { id: AUDIO_TRACK_ID, kind: "audio", timescale: configuration.sampleRate, configuration },
    };
  }
}

// An encoder made of arithmetic: FLV messages with true headers and timing, and payloads that say where they come from.

import { ByteWriter } from "#media/bytes/byte-writer.ts";
import type { FlvMessage } from "#media/flv/tag-demuxer.ts";

export interface SyntheticEncoderOptions {
  readonly framesPerSecond?: number;
  readonly gopFrames?: number;
  /** Encoder clock of the first frame, milliseconds. */
  readonly startMs?: number;
  /** First payload byte of every frame, so that a test can tell two encoders apart. */
  readonly mark?: number;
  readonly video?: boolean;
  readonly audio?: boolean;
  /** SPS level, so that two encoders can differ in their configuration. */
  readonly level?: number;
  readonly frameBytes?: number;
}

const AUDIO_RATE = 48_000;
const AUDIO_FRAME_SAMPLES = 1024;

export class SyntheticEncoder {
  readonly #options: Required<SyntheticEncoderOptions>;
  /** Bytes of every picture from now on. */
  frameBytes: number;
  #frame = 0;
  #audioFrame = 0;

  constructor(options: SyntheticEncoderOptions = {}) {
    this.#options = {
      framesPerSecond: 25,
      gopFrames: 50,
      startMs: 0,
      mark: 1,
      video: true,
      audio: true,
      level: 30,
      frameBytes: 400,
      ...options,
    };
    this.frameBytes = this.#options.frameBytes;
  }

  /** Sequence headers, as an encoder sends them before the first frame. */
  headers(): FlvMessage[] {
    const { video, audio, startMs, level } = this.#options;
    const messages: FlvMessage[] = [];
    if (video) messages.push({ kind: "video", timestampMs: startMs, payload: videoHeader(level) });
    if (audio)
      messages.push({ kind: "audio", timestampMs: startMs, payload: Uint8Array.of(0xaf, 0, 0x11, 0x90) });
    return messages;
  }

  /** The next `seconds` of frames, audio and video in the order of their times. */
  *play(seconds: number): Generator<FlvMessage> {
    const { framesPerSecond, video, audio, startMs } = this.#options;
    const videoEnd = this.#frame + Math.round(seconds * framesPerSecond);
    const untilMs = this.#videoMs(videoEnd);
    while (this.#frame < videoEnd || this.#audioMs() < untilMs) {
      const isVideoNext = this.#frame < videoEnd && this.#videoMs(this.#frame) <= this.#audioMs();
      if (isVideoNext) {
        if (video)
          yield {
            kind: "video",
            timestampMs: startMs + this.#videoMs(this.#frame),
            payload: this.#videoFrame(),
          };
        this.#frame += 1;
      } else {
        if (audio)
          yield { kind: "audio", timestampMs: startMs + this.#audioMs(), payload: this.#audioFrameBytes() };
        this.#audioFrame += 1;
      }
    }
  }

  #videoMs(frame: number): number {
    return Math.round((frame * 1000) / this.#options.framesPerSecond);
  }

  #audioMs(): number {
    return Math.round((this.#audioFrame * AUDIO_FRAME_SAMPLES * 1000) / AUDIO_RATE);
  }

  #videoFrame(): Uint8Array {
    const { gopFrames, mark } = this.#options;
    const { frameBytes } = this;
    const isKeyFrame = this.#frame % gopFrames === 0;
    const nalUnit = new Uint8Array(frameBytes).fill(mark);
    nalUnit[0] = isKeyFrame ? 0x65 : 0x41; // NAL unit header: IDR slice, or non-IDR slice
    return new ByteWriter(frameBytes + 16)
      .u8(isKeyFrame ? 0x17 : 0x27) // frame type and codec id 7, AVC
      .u8(1) // AVCPacketType: NAL units
      .u24(0) // composition time
      .u32(nalUnit.byteLength)
      .bytes(nalUnit)
      .take();
  }

  #audioFrameBytes(): Uint8Array {
    return Uint8Array.of(0xaf, 1, 0x21, this.#options.mark, 0x00, 0x49, 0x90, 0x02, 0x19, 0x00, 0x23, 0x80);
  }
}

/** 640 × 360 baseline; the level is the one byte that two encoders may differ in. */
function videoHeader(level: number): Uint8Array {
  const sps = Uint8Array.of(
    0x67,
    0x42,
    0xc0,
    level,
    0xda,
    0x02,
    0x80,
    0xbf,
    0xe5,
    0xc0,
    0x44,
    0x00,
    0x00,
    0x03,
    0x00,
    0x04,
    0x00,
    0x00,
    0x03,
    0x00,
    0xc8,
    0x3c,
    0x58,
    0xba,
    0x80,
  );
  const pps = Uint8Array.of(0x68, 0xce, 0x3c, 0x80);
  return new ByteWriter()
    .u8(0x17) // key frame, AVC
    .u8(0) // AVCPacketType: sequence header
    .u24(0)
    .bytes(Uint8Array.of(1, 0x42, 0xc0, level, 0xff)) // version, profile, compatibility, level, 4-byte lengths
    .u8(0xe1) // one SPS
    .u16(sps.byteLength)
    .bytes(sps)
    .u8(1) // one PPS
    .u16(pps.byteLength)
    .bytes(pps)
    .take();
}

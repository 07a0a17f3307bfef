// An encoder on a fake clock that sends what a story says of it: well at first, then starved, frozen, stalled or gone.

import type { AudioTrack, EncodedUnit, VideoTrack } from "#media/track/track.ts";
import type { Publisher } from "#server/instances/instance.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

export interface FakeEncoderOptions {
  /** Of its clock when it connects, milliseconds; by default the clock of the story, as encoders have that share one. */
  readonly clockMs?: number;
  /** How long what it sends is on its way. */
  readonly delayMs?: number;
  readonly gopFrames?: number;
  /** Frames by which its key frames come after those of another. */
  readonly gopOffsetFrames?: number;
  readonly hasVideo?: boolean;
  readonly hasAudio?: boolean;
  /** Pictures of another size than those of other encoders. */
  readonly width?: number;
}

/** Pictures come 25 times a second, sounds 50 times: each has a whole number of milliseconds. */
export const PICTURE_MS = 40;
const SOUND_MS = 20;
const SOUND_SAMPLES = 960;
const MILLISECONDS = { timescale: 1000, wrapBits: [32] } as const;

export class FakeEncoder {
  /** What it sends from now on; a story changes it as it goes. */
  pictureBytes = 4000;
  soundBytes = 200;
  hasCamera = true;
  hasMicrophone = true;
  sendsKeyFrames = true;
  /** In the place of its key frames, with which what is shown becomes right after a while: a rolling refresh. */
  sendsRecoveryPoints = false;
  /** One picture of so many is sent, the others are left out. */
  pictureEvery = 1;
  /** Its pictures no longer say when they were made. */
  hasBrokenClock = false;
  readonly #publisher: Publisher;
  readonly #mark: number;
  readonly #options: Required<FakeEncoderOptions>;
  readonly #tracks: { readonly video: VideoTrack; readonly audio: AudioTrack };
  readonly #connectedAtMs: number;
  #stalledUntilMs: number;
  #isDead = false;
  #onTheWay: { readonly arrivalMs: number; readonly unit: EncodedUnit }[] = [];

  /** `mark`: the byte that all of its pictures are made of, so that a programme tells whose they are. */
  constructor(publisher: Publisher, mark: number, nowMs: number, options: FakeEncoderOptions = {}) {
    this.#publisher = publisher;
    this.#mark = mark;
    this.#connectedAtMs = nowMs;
    this.#stalledUntilMs = nowMs;
    this.#options = {
      clockMs: nowMs,
      delayMs: 0,
      gopFrames: 50,
      gopOffsetFrames: 0,
      hasVideo: true,
      hasAudio: true,
      width: videoTrack.configuration.width,
      ...options,
    };
    const { width, hasVideo, hasAudio } = this.#options;
    const record = Uint8Array.of(...videoTrack.configuration.record, width >> 8, width & 255);
    this.#tracks = {
      video: { ...videoTrack, configuration: { ...videoTrack.configuration, width, record, frameRate: 25 } },
      audio: {
        ...audioTrack,
        configuration: { ...audioTrack.configuration, samplesPerFrame: SOUND_SAMPLES },
      },
    };
    if (hasVideo) publisher.setTrack(this.#tracks.video);
    if (hasAudio) publisher.setTrack(this.#tracks.audio);
  }

  /** The cable is pulled: nothing comes any more, and nobody is told. */
  dies(): void {
    this.#isDead = true;
  }

  /** What died goes on as if nothing had been. */
  revives(): void {
    this.#isDead = false;
  }

  /** What it sends from now on is late, and comes all at once after this. */
  stalls(seconds: number, nowMs: number): void {
    this.#stalledUntilMs = nowMs + seconds * 1000;
  }

  /** It ends its publish. */
  closes(): void {
    this.#isDead = true;
    this.#publisher.end();
  }

  starves(): void {
    this.pictureBytes = 400;
  }

  freezes(): void {
    this.pictureBytes = 30;
  }

  recovers(): void {
    this.pictureBytes = 4000;
  }

  /** Called every millisecond. */
  tick(nowMs: number): void {
    if (!this.#isDead) this.#make(nowMs);
    while (this.#onTheWay[0] !== undefined && this.#onTheWay[0].arrivalMs <= nowMs) {
      const arrived = this.#onTheWay.shift();
      if (arrived !== undefined && !this.#isDead) this.#publisher.push(arrived.unit);
    }
  }

  #make(nowMs: number): void {
    const { hasVideo, hasAudio } = this.#options;
    const sinceMs = nowMs - this.#connectedAtMs;
    if (hasVideo && this.hasCamera && sinceMs % PICTURE_MS === 0) this.#makePicture(nowMs);
    if (hasAudio && this.hasMicrophone && sinceMs % SOUND_MS === 0) this.#makeSound(nowMs);
  }

  #makePicture(nowMs: number): void {
    const { clockMs, gopFrames, gopOffsetFrames } = this.#options;
    const atMs = nowMs - this.#connectedAtMs + clockMs;
    const number = Math.floor(atMs / PICTURE_MS);
    const isFirst = (number - gopOffsetFrames) % gopFrames === 0;
    const isSync = this.sendsKeyFrames && isFirst;
    if (!isFirst && number % this.pictureEvery !== 0) return;
    const data = pictureData(isSync, this.pictureBytes, this.#mark, number);
    const isRecoveryPoint = !isSync && isFirst && this.sendsRecoveryPoints;
    const hints = isRecoveryPoint ? { hints: { isRecoveryPoint } as const } : {};
    const sent = sentAt(this.hasBrokenClock ? clockMs : atMs);
    this.#send(nowMs, { ...sent, trackId: 1, isSync, ...hints, data });
  }

  #makeSound(nowMs: number): void {
    const atMs = nowMs - this.#connectedAtMs + this.#options.clockMs;
    this.#send(nowMs, { ...sentAt(atMs), trackId: 2, isSync: true, data: new Uint8Array(this.soundBytes) });
  }

  #send(nowMs: number, unit: EncodedUnit): void {
    const arrivalMs = Math.max(nowMs + this.#options.delayMs, this.#stalledUntilMs);
    this.#onTheWay.push({ arrivalMs, unit });
  }
}

function sentAt(sentDts: number): Pick<EncodedUnit, "clock" | "sentDts" | "compositionTime"> {
  return { clock: MILLISECONDS, sentDts, compositionTime: 0 };
}

/** One slice that another picture needs: its mark, and which picture of the encoder's clock it is. */
export function pictureData(isSync: boolean, byteLength: number, mark: number, number: number): Uint8Array {
  const data = new Uint8Array(byteLength).fill(mark);
  const view = new DataView(data.buffer);
  view.setUint32(0, byteLength - 4);
  view.setUint8(4, isSync ? 0x65 : 0x41); // NAL unit header: IDR slice, or non-IDR slice
  view.setUint32(12, number);
  return data;
}

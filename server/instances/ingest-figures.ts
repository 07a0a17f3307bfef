// What one publisher sends, measured as it passes: bitrates, frame rate, key frame interval.

import { FrameRate } from "#media/track/frame-rate.ts";

/** Figures are of the last ten seconds, the one that is not over included, kept in buckets of one. */
const WINDOW_SECONDS = 10;

interface Bucket {
  readonly second: number;
  videoBytes: number;
  audioBytes: number;
  hasPictures: boolean;
}

export class IngestFigures {
  #buckets: readonly Bucket[] = [];
  readonly #startedAtMs: number;
  #frames = new FrameRate(null);
  #lastKeyFrameSeconds: number | null = null;
  #keyFrameIntervalSeconds: number | null = null;

  constructor(nowMs: number) {
    this.#startedAtMs = nowMs;
  }

  /** `decodedAtSeconds` is the frame's decoding time on the encoder's clock. */
  video(byteLength: number, isKeyFrame: boolean, decodedAtSeconds: number, nowMs: number): void {
    const bucket = this.#bucketAt(nowMs);
    bucket.videoBytes += byteLength;
    bucket.hasPictures = true;
    this.#frames.push(decodedAtSeconds * 1000);
    if (isKeyFrame) this.#keyFrame(decodedAtSeconds);
  }

  audio(byteLength: number, nowMs: number): void {
    this.#bucketAt(nowMs).audioBytes += byteLength;
  }

  /** From now on its pictures are of another configuration, which says `declaredRate` of them, or nothing. */
  pictureChanged(declaredRate: number | null): void {
    this.#frames = new FrameRate(declaredRate);
  }

  /** The encoder's clock jumped: times before and after say nothing together. */
  clockJumped(): void {
    this.#frames.clear();
    this.#lastKeyFrameSeconds = null;
  }

  /** Distance of the last two key frames, null before the second. */
  get keyFrameIntervalSeconds(): number | null {
    return this.#keyFrameIntervalSeconds;
  }

  videoBitrateKbps(nowMs: number): number {
    return this.#kilobitsPerSecond(nowMs, (bucket) => bucket.videoBytes);
  }

  audioBitrateKbps(nowMs: number): number {
    return this.#kilobitsPerSecond(nowMs, (bucket) => bucket.audioBytes);
  }

  /** The rate of the newest pictures there were, by the encoder's own timestamps; null before the second. */
  get frameRate(): number | null {
    return this.#frames.perSecond;
  }

  /** Like {@link frameRate}, but null where no picture came in the window. */
  frameRateAt(nowMs: number): number | null {
    return this.#recentBuckets(nowMs).some(({ hasPictures }) => hasPictures) ? this.frameRate : null;
  }

  #keyFrame(decodedAtSeconds: number): void {
    if (this.#lastKeyFrameSeconds !== null && decodedAtSeconds > this.#lastKeyFrameSeconds) {
      this.#keyFrameIntervalSeconds = decodedAtSeconds - this.#lastKeyFrameSeconds;
    }
    this.#lastKeyFrameSeconds = decodedAtSeconds;
  }

  #kilobitsPerSecond(nowMs: number, bytesOf: (bucket: Bucket) => number): number {
    const bytes = this.#recentBuckets(nowMs).reduce((total, bucket) => total + bytesOf(bucket), 0);
    const sinceMs = Math.max(oldestSecond(nowMs) * 1000, this.#startedAtMs);
    const spanMs = Math.max(1000, nowMs - sinceMs);
    return Math.round((bytes * 8) / spanMs);
  }

  #recentBuckets(nowMs: number): readonly Bucket[] {
    return this.#buckets.filter(({ second }) => second >= oldestSecond(nowMs));
  }

  #bucketAt(nowMs: number): Bucket {
    const second = Math.floor(nowMs / 1000);
    const newest = this.#buckets.at(-1);
    if (newest?.second === second) return newest;
    const fresh = { second, videoBytes: 0, audioBytes: 0, hasPictures: false };
    this.#buckets = [...this.#buckets, fresh].slice(-WINDOW_SECONDS);
    return fresh;
  }
}

function oldestSecond(nowMs: number): number {
  return Math.floor(nowMs / 1000) - WINDOW_SECONDS + 1;
}

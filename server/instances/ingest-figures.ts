// What one publisher sends, measured as it passes: bitrates, frame rate, key frame interval.

import { FrameRate } from "#media/track/frame-rate.ts";

/** Figures are of the last ten seconds, kept in buckets of one. */
const WINDOW_SECONDS = 10;

interface Bucket {
  second: number;
  videoBytes: number;
  audioBytes: number;
  frames: number;
}

export class IngestFigures {
  readonly #buckets: Bucket[] = Array.from({ length: WINDOW_SECONDS }, emptyBucket);
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
    bucket.frames += 1;
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

  /** Of the newest pictures there were, by the encoder's own timestamps; null before the second. */
  get frameRate(): number | null {
    return this.#frames.perSecond;
  }

  /** As {@link frameRate}, null where no picture came in the window. */
  frameRateAt(nowMs: number): number | null {
    for (const { frames } of this.#recentBuckets(nowMs)) if (frames > 0) return this.frameRate;
    return null;
  }

  #keyFrame(decodedAtSeconds: number): void {
    if (this.#lastKeyFrameSeconds !== null && decodedAtSeconds > this.#lastKeyFrameSeconds) {
      this.#keyFrameIntervalSeconds = decodedAtSeconds - this.#lastKeyFrameSeconds;
    }
    this.#lastKeyFrameSeconds = decodedAtSeconds;
  }

  #kilobitsPerSecond(nowMs: number, bytesOf: (bucket: Bucket) => number): number {
    let bytes = 0;
    for (const bucket of this.#recentBuckets(nowMs)) bytes += bytesOf(bucket);
    const oldestMs = (Math.floor(nowMs / 1000) - WINDOW_SECONDS + 1) * 1000;
    const spanMs = Math.max(1000, nowMs - Math.max(oldestMs, this.#startedAtMs));
    return Math.round((bytes * 8) / spanMs);
  }

  *#recentBuckets(nowMs: number): Generator<Bucket> {
    const oldest = Math.floor(nowMs / 1000) - WINDOW_SECONDS + 1;
    for (const bucket of this.#buckets) if (bucket.second >= oldest) yield bucket;
  }

  #bucketAt(nowMs: number): Bucket {
    const second = Math.floor(nowMs / 1000);
    const index = second % WINDOW_SECONDS;
    const bucket = this.#buckets[index];
    if (bucket !== undefined && bucket.second === second) return bucket;
    const fresh = { ...emptyBucket(), second };
    this.#buckets[index] = fresh;
    return fresh;
  }
}

function emptyBucket(): Bucket {
  return { second: -1, videoBytes: 0, audioBytes: 0, frames: 0 };
}

// What one publisher sends, measured as it passes: bitrates, frame rate, key frame interval.

/** Figures are of the last ten seconds, kept in buckets of one. */
const WINDOW_SECONDS = 10;

interface Bucket {
  second: number;
  videoBytes: number;
  audioBytes: number;
  frames: number;
  firstFrameSeconds: number;
  lastFrameSeconds: number;
}

export class IngestFigures {
  readonly #buckets: Bucket[] = Array.from({ length: WINDOW_SECONDS }, emptyBucket);
  readonly #startedAtMs: number;
  #lastKeyFrameSeconds: number | null = null;
  #keyFrameIntervalSeconds: number | null = null;

  constructor(nowMs: number) {
    this.#startedAtMs = nowMs;
  }

  /** `decodedAtSeconds` is the frame's decoding time on the encoder's clock. */
  video(byteLength: number, isKeyFrame: boolean, decodedAtSeconds: number, nowMs: number): void {
    const bucket = this.#bucketAt(nowMs);
    bucket.videoBytes += byteLength;
    if (bucket.frames === 0) bucket.firstFrameSeconds = decodedAtSeconds;
    bucket.lastFrameSeconds = decodedAtSeconds;
    bucket.frames += 1;
    if (isKeyFrame) this.#keyFrame(decodedAtSeconds);
  }

  audio(byteLength: number, nowMs: number): void {
    this.#bucketAt(nowMs).audioBytes += byteLength;
  }

  /** The encoder's clock jumped: times before and after say nothing together. */
  clockJumped(): void {
    for (const bucket of this.#buckets) bucket.frames = 0;
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

  /** Frames a second by the encoder's own timestamps, null until two frames passed in the window. */
  frameRate(nowMs: number): number | null {
    let frames = 0;
    let first = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    for (const bucket of this.#recentBuckets(nowMs)) {
      if (bucket.frames === 0) continue;
      frames += bucket.frames;
      first = Math.min(first, bucket.firstFrameSeconds);
      last = Math.max(last, bucket.lastFrameSeconds);
    }
    return frames < 2 || last <= first ? null : (frames - 1) / (last - first);
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
  return { second: -1, videoBytes: 0, audioBytes: 0, frames: 0, firstFrameSeconds: 0, lastFrameSeconds: 0 };
}

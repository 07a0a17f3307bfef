// Where a segment ends: at key frames, at the target, and never beyond what the playlist promised.

/** A first segment without a second key frame is cut here: the playlist's target duration is fixed by it for good. */
const FIRST_SEGMENT_MAX_SECONDS = 10;

/** A segment is held in memory while it is listed: whatever the encoder does, it is cut at this size. */
const MAX_SEGMENT_BYTES = 32 * 1024 * 1024;

/** A first segment this much longer than a whole second does not raise the target duration by one: EXTINF is rounded. */
const ROUNDING_SLACK_SECONDS = 0.1;

/** A key frame is worth an early cut only where it leaves a segment of at least this share of the target. */
const EARLY_CUT_MIN_SHARE = 0.25;

/** The open segment as the next frame finds it. */
export interface Progress {
  /** From the segment's first frame to the next one. */
  readonly elapsedSeconds: number;
  /** What the next frame is expected to last. */
  readonly frameSeconds: number;
  readonly byteLength: number;
  /** Between the last two key frames, null before there were two. */
  readonly keyFrameIntervalSeconds: number | null;
}

export class CutRule {
  readonly #targetSeconds: number;
  #targetDurationSeconds: number | null;

  /** `targetDurationSeconds`: what the playlist already promised, null while it promised nothing. */
  constructor(targetSeconds: number, targetDurationSeconds: number | null) {
    this.#targetSeconds = targetSeconds;
    this.#targetDurationSeconds = targetDurationSeconds;
  }

  /** The playlist promised a target duration. */
  get hasPromised(): boolean {
    return this.#targetDurationSeconds !== null;
  }

  /** No frame may last longer than this within a segment. */
  get maxFrameSeconds(): number {
    return this.#targetDurationSeconds ?? FIRST_SEGMENT_MAX_SECONDS;
  }

  /** The next frame is a key frame: does a segment begin with it? */
  cutsAtKeyFrame(progress: Progress): boolean {
    const { elapsedSeconds, frameSeconds, keyFrameIntervalSeconds } = progress;
    if (elapsedSeconds >= this.#targetSeconds - frameSeconds / 2) return true;
    if (keyFrameIntervalSeconds === null || elapsedSeconds < this.#targetSeconds * EARLY_CUT_MIN_SHARE)
      return false;
    const promised = this.#targetDurationSeconds ?? this.#targetDurationFor(keyFrameIntervalSeconds);
    return elapsedSeconds + keyFrameIntervalSeconds >= promised + 0.5;
  }

  /** The segment must end before the next frame, whatever kind of frame that is. */
  mustCut({ elapsedSeconds, frameSeconds, byteLength }: Progress): boolean {
    return byteLength >= MAX_SEGMENT_BYTES || this.exceeds(elapsedSeconds + frameSeconds);
  }

  /** A segment of this length would break EXT-X-TARGETDURATION: EXTINF is rounded to compare (RFC 8216 §4.3.3.1). */
  exceeds(durationSeconds: number): boolean {
    if (this.#targetDurationSeconds === null) return durationSeconds > FIRST_SEGMENT_MAX_SECONDS;
    return durationSeconds >= this.#targetDurationSeconds + 0.5;
  }

  /**
   * A segment is complete. Whole seconds, fixed by the first one for the playlist's life; that one may be shorter than
   * those to come, which span `keyFrameIntervalSeconds` at least where that is known.
   */
  targetDurationAfter(durationSeconds: number, keyFrameIntervalSeconds: number | null): number {
    this.#targetDurationSeconds ??= this.#targetDurationFor(
      Math.max(durationSeconds, keyFrameIntervalSeconds ?? durationSeconds),
    );
    return this.#targetDurationSeconds;
  }

  /** Before the first segment is complete: its key frames, and all to come, are this far apart; null where none are needed. */
  promise(keyFrameIntervalSeconds: number | null): void {
    this.targetDurationAfter(0, keyFrameIntervalSeconds);
  }

  #targetDurationFor(segmentSeconds: number): number {
    const longest = Math.min(segmentSeconds - ROUNDING_SLACK_SECONDS, FIRST_SEGMENT_MAX_SECONDS);
    return Math.max(Math.ceil(this.#targetSeconds), Math.ceil(longest));
  }
}

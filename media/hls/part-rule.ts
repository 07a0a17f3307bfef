// Where a part ends: at the frame before which it is full, and never beyond what the playlist promised.

/** Parts are at least this share of the part target, but for those that end a segment (rfc8216bis §4.4.4.9). */
const LEAST_SHARE = 0.85;

/** A frame that lasts longer does not make parts longer: they would be no use to anybody who waits for them. */
const MAX_TARGET_SECONDS = 1;

/** What adding up times of different scales leaves. */
const TOLERANCE_SECONDS = 1e-7;

export interface PartRuleOptions {
  /** What parts are to last, about; 0: a part is a whole segment. */
  readonly wantedSeconds: number;
  /** No target is beyond this. */
  readonly maxTargetSeconds: number;
  /** What the playlist already promised, null while it promised nothing. */
  readonly targetSeconds: number | null;
}

export class PartRule {
  readonly #wantedSeconds: number;
  readonly #maxTargetSeconds: number;
  #targetSeconds: number | null;

  constructor({ wantedSeconds, maxTargetSeconds, targetSeconds }: PartRuleOptions) {
    this.#wantedSeconds = wantedSeconds;
    this.#maxTargetSeconds = Math.min(maxTargetSeconds, Math.max(wantedSeconds, MAX_TARGET_SECONDS));
    this.#targetSeconds = wantedSeconds === 0 ? null : targetSeconds;
  }

  /** The part target, whole milliseconds; null while nobody knows how long frames are, and where there are no parts. */
  get targetSeconds(): number | null {
    return this.#targetSeconds;
  }

  /**
   * What is there of a part lasts this long, of frames that last `frameSeconds`: by the first part that is as long as wanted, the
   * target is chosen for good. It is filled by whole frames, whose times are whole milliseconds, or rounded to them.
   */
  choose(elapsedSeconds: number, frameSeconds: number): void {
    if (this.#targetSeconds !== null || this.#wantedSeconds === 0) return;
    if (elapsedSeconds + frameSeconds <= this.#wantedSeconds) return;
    this.#targetSeconds = Math.min(this.#maxTargetSeconds, targetFor(this.#wantedSeconds, frameSeconds));
  }

  /** As {@link choose}, before there is anything of a part. */
  chooseNow(frameSeconds: number): void {
    this.choose(this.#wantedSeconds, frameSeconds);
  }

  /** A part of this length would be longer than promised. */
  exceeds(durationSeconds: number): boolean {
    return this.#targetSeconds !== null && durationSeconds > this.#targetSeconds + TOLERANCE_SECONDS;
  }

  /** A part of this length is long enough. */
  isFull(durationSeconds: number): boolean {
    return durationSeconds >= this.leastSeconds - TOLERANCE_SECONDS;
  }

  get leastSeconds(): number {
    return (this.#targetSeconds ?? Number.POSITIVE_INFINITY) * LEAST_SHARE;
  }
}

function targetFor(wantedSeconds: number, frameSeconds: number): number {
  const frames = Math.max(1, Math.round(wantedSeconds / frameSeconds));
  return Math.ceil(frames * frameSeconds * 1000 - TOLERANCE_SECONDS) / 1000;
}

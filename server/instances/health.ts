// How fit a publish is to be on air, read off its units as they pass, without decoding any.

/** Every constant of the judgement. Penalties are points off 100. */
export const HEALTH = {
  /** Encoders send at least audio 40 times a second: a second without any unit is an encoder or a cable gone. */
  silentMs: 1000,
  silentPenalty: 100,
  /** Sound alone goes on: a capture card or a camera is gone. Slide shows of one frame a second stay under it. */
  videoMissingMs: 2000,
  videoMissingPenalty: 80,
  /** Without key frames nobody can join and no failure heals: three times the usual distance, at least this long. */
  keyFrameOverdueMs: 10_000,
  keyFrameOverdueFactor: 3,
  keyFrameOverduePenalty: 40,
  /** An encoder that starves sends a small share of what it did: a fifth is outside any rate control's swing. */
  bitrateCollapseShare: 0.2,
  bitrateCollapsePenalty: 35,
  /** Skipped macroblocks only: a 1080p inter frame of a still scene costs a few dozen bytes. */
  frozenFrameBytes: 200,
  /** And only where the picture moved before: a still slide was never more than this share smaller than itself. */
  frozenShare: 0.1,
  frozenPenalty: 25,
  /** Half the frames are missing: an overloaded encoder, or a link that drops. */
  frameRateShare: 0.5,
  frameRatePenalty: 30,
  audioMissingMs: 1000,
  audioMissingPenalty: 35,
  /** Digital silence costs an AAC encoder some ten bytes a frame, speech and room noise a hundred and more. */
  silentAudioFrameBytes: 24,
  silentAudioShare: 0.25,
  silentAudioPenalty: 20,
  /** Repairs in the last ten seconds: now and then one is harmless, this many are a broken clock. */
  repairs: 5,
  repairsPenalty: 20,
} as const;

export type Fault =
  | "silent"
  | "video-missing"
  | "key-frame-overdue"
  | "bitrate-collapsed"
  | "frozen"
  | "frame-rate-dropped"
  | "audio-missing"
  | "audio-silent"
  | "timestamps-broken";

/** `score` is 100 for a faultless publish and 0 for one that is not fit at all. */
export interface Judgement {
  readonly score: number;
  readonly faults: readonly Fault[];
}

/** Seconds kept; the latest complete ones are held against the ones before. */
const HISTORY_SECONDS = 32;
const RECENT_SECONDS = 2;
/** Before this many seconds of history there is no past to compare with. */
const MIN_PAST_SECONDS = 5;

interface Second {
  at: number;
  frames: number;
  interFrames: number;
  interBytes: number;
  largestInterFrame: number;
  audioFrames: number;
  audioBytes: number;
  repairs: number;
}

export class Health {
  readonly #seconds: Second[] = Array.from({ length: HISTORY_SECONDS }, () => emptySecond(-1));
  #lastMediaAtMs: number;
  #lastVideoAtMs: number | null = null;
  #lastAudioAtMs: number | null = null;
  #lastKeyFrameAtMs: number | null = null;
  #longestKeyFrameGapMs = 0;

  constructor(nowMs: number) {
    this.#lastMediaAtMs = nowMs;
  }

  video(byteLength: number, isKeyFrame: boolean, nowMs: number): void {
    const second = this.#secondAt(nowMs);
    second.frames += 1;
    this.#lastVideoAtMs = nowMs;
    this.#lastMediaAtMs = nowMs;
    if (isKeyFrame) {
      this.#keyFrame(nowMs);
      return;
    }
    second.interFrames += 1;
    second.interBytes += byteLength;
    second.largestInterFrame = Math.max(second.largestInterFrame, byteLength);
  }

  audio(byteLength: number, nowMs: number): void {
    const second = this.#secondAt(nowMs);
    second.audioFrames += 1;
    second.audioBytes += byteLength;
    this.#lastAudioAtMs = nowMs;
    this.#lastMediaAtMs = nowMs;
  }

  repaired(nowMs: number): void {
    this.#secondAt(nowMs).repairs += 1;
  }

  /** Milliseconds since the last unit of any kind. */
  mediaAgeMs(nowMs: number): number {
    return nowMs - this.#lastMediaAtMs;
  }

  judge(nowMs: number): Judgement {
    const faults: Fault[] = [];
    let score = 100;
    const found = (fault: Fault, penalty: number): void => {
      faults.push(fault);
      score -= penalty;
    };
    if (this.mediaAgeMs(nowMs) >= HEALTH.silentMs) found("silent", HEALTH.silentPenalty);
    if (isOlder(this.#lastVideoAtMs, HEALTH.videoMissingMs, nowMs)) {
      found("video-missing", HEALTH.videoMissingPenalty);
    }
    if (isOlder(this.#lastAudioAtMs, HEALTH.audioMissingMs, nowMs)) {
      found("audio-missing", HEALTH.audioMissingPenalty);
    }
    if (isOlder(this.#lastKeyFrameAtMs, this.#keyFrameOverdueMs(), nowMs)) {
      found("key-frame-overdue", HEALTH.keyFrameOverduePenalty);
    }
    this.#compareWithPast(nowMs, found);
    return { score: Math.max(0, score), faults };
  }

  #compareWithPast(nowMs: number, found: (fault: Fault, penalty: number) => void): void {
    const current = Math.floor(nowMs / 1000);
    const recentFrom = current - RECENT_SECONDS;
    const recent = emptySecond(0);
    const past = emptySecond(0);
    let pastSeconds = 0;
    for (const second of this.#seconds) {
      if (second.at < 0 || second.at >= current || second.at <= current - HISTORY_SECONDS) continue;
      if (second.at < recentFrom) pastSeconds += 1;
      add(second.at < recentFrom ? past : recent, second);
    }
    const repairs = this.#repairsSince(current - 10);
    if (repairs > HEALTH.repairs) found("timestamps-broken", HEALTH.repairsPenalty);
    if (pastSeconds < MIN_PAST_SECONDS) return;
    const expected = (total: number): number => (total / pastSeconds) * RECENT_SECONDS;
    if (recent.frames < expected(past.frames) * HEALTH.frameRateShare) {
      found("frame-rate-dropped", HEALTH.frameRatePenalty);
    }
    if (recent.interBytes < expected(past.interBytes) * HEALTH.bitrateCollapseShare) {
      found("bitrate-collapsed", HEALTH.bitrateCollapsePenalty);
    }
    if (
      recent.interFrames > 0 &&
      recent.largestInterFrame < HEALTH.frozenFrameBytes &&
      recent.interBytes < expected(past.interBytes) * HEALTH.frozenShare
    ) {
      found("frozen", HEALTH.frozenPenalty);
    }
    if (
      recent.audioFrames > 0 &&
      recent.audioBytes / recent.audioFrames < HEALTH.silentAudioFrameBytes &&
      recent.audioBytes < expected(past.audioBytes) * HEALTH.silentAudioShare
    ) {
      found("audio-silent", HEALTH.silentAudioPenalty);
    }
  }

  #repairsSince(second: number): number {
    let repairs = 0;
    for (const { at, repairs: count } of this.#seconds) if (at >= second) repairs += count;
    return repairs;
  }

  #keyFrame(nowMs: number): void {
    if (this.#lastKeyFrameAtMs !== null) {
      this.#longestKeyFrameGapMs = Math.max(this.#longestKeyFrameGapMs, nowMs - this.#lastKeyFrameAtMs);
    }
    this.#lastKeyFrameAtMs = nowMs;
  }

  #keyFrameOverdueMs(): number {
    return Math.max(HEALTH.keyFrameOverdueMs, HEALTH.keyFrameOverdueFactor * this.#longestKeyFrameGapMs);
  }

  #secondAt(nowMs: number): Second {
    const at = Math.floor(nowMs / 1000);
    const index = at % HISTORY_SECONDS;
    const kept = this.#seconds[index];
    if (kept !== undefined && kept.at === at) return kept;
    const fresh = emptySecond(at);
    this.#seconds[index] = fresh;
    return fresh;
  }
}

/** False for what never came: a publish without sound does not miss it. */
function isOlder(atMs: number | null, limitMs: number, nowMs: number): boolean {
  return atMs !== null && nowMs - atMs >= limitMs;
}

function emptySecond(at: number): Second {
  return {
    at,
    frames: 0,
    interFrames: 0,
    interBytes: 0,
    largestInterFrame: 0,
    audioFrames: 0,
    audioBytes: 0,
    repairs: 0,
  };
}

function add(sum: Second, second: Second): void {
  sum.frames += second.frames;
  sum.interFrames += second.interFrames;
  sum.interBytes += second.interBytes;
  sum.largestInterFrame = Math.max(sum.largestInterFrame, second.largestInterFrame);
  sum.audioFrames += second.audioFrames;
  sum.audioBytes += second.audioBytes;
}

// How fit a publish is to be on air, read off its units as they pass, without decoding any.

import { JoinPoints } from "#media/track/join-points.ts";
import type { AccessUnit, TrackKind } from "#media/track/track.ts";
import { RECENT_SECONDS, UsualLevel } from "./usual-level.ts";

/** Every constant of the judgement. Penalties are points off 100, of which silence leaves none. */
export const HEALTH = {
  /** Encoders send at least audio 40 times a second: a second without any unit is an encoder or a cable gone. */
  silentMs: 1000,
  /**
   * Sound alone goes on: a capture card or a camera is gone. Slides come as seldom as they do: where the last three pictures were
   * all further apart, the next one is missing after half as long again as the closest of them.
   */
  videoMissingMs: 2000,
  videoMissingFactor: 1.5,
  slideGaps: 3,
  videoMissingPenalty: 80,
  /** Without key frames nobody can join and no failure heals: three times the longest distance, at least this long. */
  keyFrameOverdueMs: 10_000,
  keyFrameOverdueFactor: 3,
  keyFrameOverduePenalty: 40,
  /** Nobody can come later and see: any other source is better, and a fault like no key frame at all. */
  noJoinPointPenalty: 45,
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
  /** Now and then a repaired timestamp is harmless; this many in such a time are a broken clock. */
  repairs: 5,
  repairsMs: 10_000,
  repairsPenalty: 20,
} as const;

export type Fault =
  | "silent"
  | "video-missing"
  | "key-frame-overdue"
  | "no-join-point"
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

/** What one second brought. */
interface Second {
  readonly at: number;
  /** False where the publish, or the configuration of a track, began within it. */
  readonly isWhole: boolean;
  frames: number;
  interBytes: number;
  /** 0 where none came. */
  largestInterFrame: number;
  audioFrames: number;
  audioBytes: number;
}

const NO_GAPS: readonly number[] = [];

export class Health {
  #open: Second;
  /** The newest complete ones. */
  #recent: readonly Second[] = [];
  #frames = new UsualLevel(HEALTH.frameRateShare);
  #interBytes = new UsualLevel(HEALTH.bitrateCollapseShare);
  #audioBytes = new UsualLevel(HEALTH.silentAudioShare);
  /** The newest ones, no more than it takes to tell a broken clock. */
  #repairsAtMs: readonly number[] = [];
  #lastMediaAtMs: number;
  #lastVideoAtMs: number | null = null;
  /** Of the newest pictures, all of them slides. */
  #slideGapsMs: readonly number[] = NO_GAPS;
  #lastAudioAtMs: number | null = null;
  #lastKeyFrameAtMs: number | null = null;
  #longestKeyFrameGapMs = 0;
  readonly #joinPoints = new JoinPoints();

  constructor(nowMs: number) {
    this.#lastMediaAtMs = nowMs;
    this.#open = emptySecond(secondOf(nowMs), false);
  }

  video(byteLength: number, picture: Pick<AccessUnit, "isSync" | "hints">, nowMs: number): void {
    this.#completeUntil(nowMs);
    this.#open.frames += 1;
    if (this.#lastVideoAtMs !== null) this.#noteGap(nowMs - this.#lastVideoAtMs);
    this.#lastVideoAtMs = nowMs;
    this.#lastMediaAtMs = nowMs;
    this.#joinPoints.push(picture);
    if (picture.isSync) {
      this.#keyFrame(nowMs);
      return;
    }
    this.#open.interBytes += byteLength;
    this.#open.largestInterFrame = Math.max(this.#open.largestInterFrame, byteLength);
  }

  audio(byteLength: number, nowMs: number): void {
    this.#completeUntil(nowMs);
    this.#open.audioFrames += 1;
    this.#open.audioBytes += byteLength;
    this.#lastAudioAtMs = nowMs;
    this.#lastMediaAtMs = nowMs;
  }

  repaired(nowMs: number): void {
    this.#repairsAtMs = [...this.#repairsAtMs, nowMs].slice(-HEALTH.repairs);
  }

  /** The encoder's clock jumped: what it has to begin with is asked anew. */
  clockJumped(): void {
    this.#joinPoints.reset();
  }

  /** The pictures, or the sound, are of another configuration from now on: what was usual before says nothing of them. */
  trackChanged(kind: TrackKind): void {
    if (kind === "audio") {
      this.#audioBytes = new UsualLevel(HEALTH.silentAudioShare);
      this.#open = { ...this.#open, audioFrames: 0, audioBytes: 0, isWhole: false };
      return;
    }
    this.#frames = new UsualLevel(HEALTH.frameRateShare);
    this.#interBytes = new UsualLevel(HEALTH.bitrateCollapseShare);
    this.#longestKeyFrameGapMs = 0;
    const { at, audioFrames, audioBytes } = this.#open;
    this.#open = { ...emptySecond(at, false), audioFrames, audioBytes };
  }

  /** Milliseconds since the last unit of any kind. */
  mediaAgeMs(nowMs: number): number {
    return nowMs - this.#lastMediaAtMs;
  }

  judge(nowMs: number): Judgement {
    this.#completeUntil(nowMs);
    const isSilent = this.mediaAgeMs(nowMs) >= HEALTH.silentMs;
    const faults: Fault[] = isSilent ? ["silent"] : [];
    let score = 100;
    const found = (fault: Fault, penalty: number): void => {
      faults.push(fault);
      score -= penalty;
    };
    if (isOlder(this.#lastVideoAtMs, this.#videoMissingMs(), nowMs)) {
      found("video-missing", HEALTH.videoMissingPenalty);
    }
    if (isOlder(this.#lastAudioAtMs, HEALTH.audioMissingMs, nowMs)) {
      found("audio-missing", HEALTH.audioMissingPenalty);
    }
    if (this.#joinPoints.areMissing) {
      found("no-join-point", HEALTH.noJoinPointPenalty);
    } else if (isOlder(this.#lastKeyFrameAtMs, this.#keyFrameOverdueMs(), nowMs)) {
      found("key-frame-overdue", HEALTH.keyFrameOverduePenalty);
    }
    if (this.#isClockBroken(nowMs)) found("timestamps-broken", HEALTH.repairsPenalty);
    if (this.#frames.isLow) found("frame-rate-dropped", HEALTH.frameRatePenalty);
    if (this.#interBytes.isLow) found("bitrate-collapsed", HEALTH.bitrateCollapsePenalty);
    if (this.#isFrozen()) found("frozen", HEALTH.frozenPenalty);
    if (this.#isAudioSilent()) found("audio-silent", HEALTH.silentAudioPenalty);
    return { score: isSilent ? 0 : Math.max(0, score), faults };
  }

  #isClockBroken(nowMs: number): boolean {
    const [first] = this.#repairsAtMs;
    const areEnough = this.#repairsAtMs.length >= HEALTH.repairs;
    return areEnough && first !== undefined && nowMs - first < HEALTH.repairsMs;
  }

  #isFrozen(): boolean {
    const share = this.#interBytes.recentShare;
    const largest = Math.max(...this.#recent.map(({ largestInterFrame }) => largestInterFrame));
    return share !== null && share < HEALTH.frozenShare && largest > 0 && largest < HEALTH.frozenFrameBytes;
  }

  #isAudioSilent(): boolean {
    const frames = this.#recentTotal(({ audioFrames }) => audioFrames);
    const bytes = this.#recentTotal(({ audioBytes }) => audioBytes);
    return this.#audioBytes.isLow && bytes < frames * HEALTH.silentAudioFrameBytes;
  }

  #recentTotal(amountOf: (second: Second) => number): number {
    return this.#recent.reduce((total, second) => total + amountOf(second), 0);
  }

  #keyFrame(nowMs: number): void {
    if (this.#lastKeyFrameAtMs !== null) {
      this.#longestKeyFrameGapMs = Math.max(this.#longestKeyFrameGapMs, nowMs - this.#lastKeyFrameAtMs);
    }
    this.#lastKeyFrameAtMs = nowMs;
  }

  /** Only what slides are far apart by is kept: of pictures that move each one ends it. */
  #noteGap(gapMs: number): void {
    if (gapMs < HEALTH.videoMissingMs) this.#slideGapsMs = NO_GAPS;
    else this.#slideGapsMs = [...this.#slideGapsMs, gapMs].slice(-HEALTH.slideGaps);
  }

  #videoMissingMs(): number {
    if (this.#slideGapsMs.length < HEALTH.slideGaps) return HEALTH.videoMissingMs;
    return HEALTH.videoMissingFactor * Math.min(...this.#slideGapsMs);
  }

  #keyFrameOverdueMs(): number {
    return Math.max(HEALTH.keyFrameOverdueMs, HEALTH.keyFrameOverdueFactor * this.#longestKeyFrameGapMs);
  }

  /** The seconds that are over by now; no more of those in which nothing came than are looked at. */
  #completeUntil(nowMs: number): void {
    const now = secondOf(nowMs);
    if (this.#open.at === now) return;
    this.#complete(this.#open);
    for (let at = Math.max(this.#open.at + 1, now - RECENT_SECONDS); at < now; at += 1) {
      this.#complete(emptySecond(at, true));
    }
    this.#open = emptySecond(now, true);
  }

  #complete(second: Second): void {
    const isUsual = second.isWhole && second.frames + second.audioFrames > 0;
    this.#recent = [...this.#recent, second].slice(-RECENT_SECONDS);
    this.#frames.add(second.frames, isUsual);
    this.#interBytes.add(second.interBytes, isUsual);
    this.#audioBytes.add(second.audioBytes, isUsual);
  }
}

/** False for what never came: a publish without sound does not miss it. */
function isOlder(atMs: number | null, limitMs: number, nowMs: number): boolean {
  return atMs !== null && nowMs - atMs >= limitMs;
}

function secondOf(nowMs: number): number {
  return Math.floor(nowMs / 1000);
}

function emptySecond(at: number, isWhole: boolean): Second {
  return {
    at,
    isWhole,
    frames: 0,
    interBytes: 0,
    largestInterFrame: 0,
    audioFrames: 0,
    audioBytes: 0,
  };
}

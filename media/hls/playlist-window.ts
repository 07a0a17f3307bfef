// What the playlist of one rendition lists now: fed with cuts, asked by whoever renders it.

import { RateMeter, type Rates } from "./rate-meter.ts";
import { type RenditionFacts, renditionFacts } from "./rendition.ts";
import type { Cut, Segment } from "./segment.ts";

/** Apple's authoring guide and the contract: no live playlist lists fewer. */
export const MIN_LISTED_SEGMENTS = 6;

/** A live window is never shorter than this many target durations (RFC 8216 §6.2.2). */
const MIN_LISTED_TARGET_DURATIONS = 3;

/** What went before, read back from a recording. */
export interface WindowHistory {
  readonly segments: readonly Segment[];
  readonly targetDurationSeconds: number;
  /** What the last initialization says. */
  readonly facts: RenditionFacts;
}

export class PlaylistWindow {
  /** EXT-X-PLAYLIST-TYPE:EVENT: nothing ever leaves the playlist. */
  readonly isEvent: boolean;
  readonly #keepsRemoved: boolean;
  readonly #listed: Segment[] = [];
  /** Segments that left the playlist and can still be asked for, oldest first. */
  readonly #removed: Segment[] = [];
  #version = 0;
  #mediaSequence = 0;
  #discontinuitySequence: number;
  #targetDurationSeconds: number | null = null;
  #areAllIndependent = true;
  #hasEnded = false;
  #facts: RenditionFacts | null = null;
  readonly #rates = new RateMeter();

  /**
   * `discontinuitySequence`: of discontinuities that left a playlist nothing else is known of. `keepsRemoved`: there is no
   * recording to read from what left the playlist, so it is needed for as long as players may ask for it (RFC 8216 §6.2.2).
   */
  constructor(options: {
    isEvent: boolean;
    history?: WindowHistory | null;
    discontinuitySequence?: number;
    keepsRemoved?: boolean;
  }) {
    const { isEvent, history, discontinuitySequence = 0, keepsRemoved = false } = options;
    this.isEvent = isEvent;
    this.#keepsRemoved = keepsRemoved;
    this.#discontinuitySequence = discontinuitySequence;
    if (history !== undefined && history !== null) this.#restore(history);
  }

  /** Rises with every change that a rendered playlist shows. */
  get version(): number {
    return this.#version;
  }

  /** Complete segments, oldest first. */
  get segments(): readonly Segment[] {
    return [...this.#listed];
  }

  /** EXT-X-MEDIA-SEQUENCE: of the first segment listed. */
  get mediaSequence(): number {
    return this.#mediaSequence;
  }

  /** EXT-X-DISCONTINUITY-SEQUENCE: discontinuities that left the playlist. */
  get discontinuitySequence(): number {
    return this.#discontinuitySequence;
  }

  /** Null until the first segment is complete: there is no playlist before. */
  get targetDurationSeconds(): number | null {
    return this.#targetDurationSeconds;
  }

  /** EXT-X-INDEPENDENT-SEGMENTS may be said: every segment so far began with a key frame. */
  get areAllIndependent(): boolean {
    return this.#areAllIndependent;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Null before the first initialization. */
  get facts(): RenditionFacts | null {
    return this.#facts;
  }

  /** What a multivariant playlist says of the segments. */
  get rates(): Rates {
    return this.#rates;
  }

  /** The oldest segment whose bytes must be at hand where none are recorded; null before the first one. */
  get oldestNeeded(): Segment | null {
    return this.#removed[0] ?? this.#listed[this.#spareSegments()] ?? null;
  }

  push(cut: Cut): void {
    if (cut.type === "initialization") this.#facts = renditionFacts(cut.initialization.tracks);
    else if (cut.type === "segment") this.#list(cut.segment, cut.targetDurationSeconds);
  }

  /** The playlist gets its EXT-X-ENDLIST. */
  end(): void {
    this.#hasEnded = true;
    this.#version += 1;
  }

  #restore({ segments, targetDurationSeconds, facts }: WindowHistory): void {
    for (const segment of segments) this.#list(segment, targetDurationSeconds);
    this.#facts = facts;
  }

  #list(segment: Segment, targetDurationSeconds: number): void {
    if (this.#listed.length === 0) this.#mediaSequence = segment.msn;
    this.#targetDurationSeconds = targetDurationSeconds;
    this.#areAllIndependent &&= segment.independent;
    this.#listed.push(segment);
    this.#rates.push(segment, targetDurationSeconds);
    if (!this.isEvent) this.#remove(this.#listed.splice(0, this.#spareSegments()));
    this.#version += 1;
  }

  #remove(removed: readonly Segment[]): void {
    for (const { msn, discontinuity } of removed) {
      this.#mediaSequence = msn + 1;
      if (discontinuity) this.#discontinuitySequence += 1;
    }
    if (this.#keepsRemoved) this.#keepRemoved(removed);
  }

  /** A playlist that listed it may be as old as the playlist is long, and its reader as slow as the segment is long. */
  #keepRemoved(removed: readonly Segment[]): void {
    this.#removed.push(...removed);
    const listedSeconds = secondsOf(this.#listed);
    let seconds = secondsOf(this.#removed);
    for (const { durationSeconds } of [...this.#removed]) {
      if (seconds - 2 * durationSeconds <= listedSeconds) return;
      seconds -= durationSeconds;
      this.#removed.shift();
    }
  }

  /** How many of the oldest segments a live window does not need. */
  #spareSegments(): number {
    const minSeconds = (this.#targetDurationSeconds ?? 0) * MIN_LISTED_TARGET_DURATIONS;
    let seconds = 0;
    const newestSpare = this.#listed.findLastIndex(({ durationSeconds }, index) => {
      const isNeeded = this.#listed.length - index <= MIN_LISTED_SEGMENTS || seconds < minSeconds;
      seconds += durationSeconds;
      return !isNeeded;
    });
    return newestSpare + 1;
  }
}

function secondsOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
}

// What a playlist lists now, and the bytes behind it: fed with cuts, asked by whoever renders or serves.

import { concat } from "#media/bytes/concat.ts";
import { RateMeter, type Rates } from "./rate-meter.ts";
import { type Rendition, renditionOf } from "./rendition.ts";
import type { Cut, Initialization, Part, Segment, SegmentStart } from "./segment.ts";

/** Apple's authoring guide and the contract: no live playlist lists fewer. */
const MIN_LISTED_SEGMENTS = 6;

/** A live window is never shorter than this many target durations (RFC 8216 §6.2.2). */
const MIN_LISTED_TARGET_DURATIONS = 3;

/** What went before, read back from a recording: all of it is served from there. */
export interface WindowHistory {
  readonly segments: readonly Segment[];
  readonly targetDurationSeconds: number;
  /** Of the last initialization. */
  readonly rendition: Rendition;
}

interface OpenSegment extends SegmentStart {
  readonly parts: Part[];
}

/** A segment that is listed, and its bytes as long as they are in memory: joined once somebody asks for them. */
interface ListedSegment {
  readonly segment: Segment;
  parts: readonly Uint8Array[] | null;
}

/** Bytes of one thing: in memory, or to be read from the recording. */
export type Held = Uint8Array | "recorded";

export class PlaylistWindow {
  /** EXT-X-PLAYLIST-TYPE:EVENT: nothing ever leaves the playlist. */
  readonly isEvent: boolean;
  readonly #keepsRemoved: boolean;
  #listed: ListedSegment[] = [];
  /** Segments that left the playlist and can still be asked for, oldest first. */
  #removed: ListedSegment[] = [];
  #open: OpenSegment | null = null;
  #version = 0;
  #mediaSequence = 0;
  #discontinuitySequence = 0;
  #targetDurationSeconds: number | null = null;
  #areAllIndependent = true;
  #hasEnded = false;
  #rendition: Rendition | null = null;
  readonly #initializations = new Map<number, Initialization>();
  #oldestInitializationId = 0;
  #nextInitializationId = 0;
  readonly #rates = new RateMeter();

  /**
   * `discontinuitySequence`: of discontinuities that left a playlist nothing else is known of. `keepsRemoved`: there is no
   * recording to read from what left the playlist, so it is kept for as long as players may ask for it (RFC 8216 §6.2.2).
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
    return this.#listed.map(({ segment }) => segment);
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
  get rendition(): Rendition | null {
    return this.#rendition;
  }

  /** What a multivariant playlist says of the segments. */
  get rates(): Rates {
    return this.#rates;
  }

  push(cut: Cut): void {
    switch (cut.type) {
      case "initialization":
        this.#addInitialization(cut.initialization);
        return;
      case "segment-start":
        this.#open = { ...cut.start, parts: [] };
        return;
      case "part":
        this.#open?.parts.push(cut.part);
        return;
      case "segment":
        this.#addSegment(cut.segment, cut.targetDurationSeconds);
    }
  }

  /** The playlist gets its EXT-X-ENDLIST. */
  end(): void {
    this.#hasEnded = true;
    this.#version += 1;
  }

  /** Undefined when there never was one of this id. */
  initialization(id: number): Held | undefined {
    const initialization = this.#initializations.get(id);
    if (initialization !== undefined) return initialization.bytes;
    return id >= 0 && id < this.#nextInitializationId ? "recorded" : undefined;
  }

  /** Undefined when there is no complete segment of this number; one that left the playlist is still recorded. */
  segment(msn: number): Held | undefined {
    const last = this.#listed.at(-1);
    if (last === undefined || msn > last.segment.msn || msn < 0) return undefined;
    const listed =
      this.#listed[msn - this.#mediaSequence] ?? this.#removed.find(({ segment }) => segment.msn === msn);
    return listed === undefined || listed.parts === null ? "recorded" : joined(listed, listed.parts);
  }

  /** Forgets the bytes of listed segments that are recorded, which happens in their order: they are read there. */
  release(isRecorded: (msn: number) => boolean): void {
    for (let index = this.#listed.length - 1; index >= 0; index -= 1) {
      const listed = this.#listed[index];
      if (listed === undefined || listed.parts === null) return;
      if (isRecorded(listed.segment.msn)) listed.parts = null;
    }
  }

  #restore({ segments, targetDurationSeconds, rendition }: WindowHistory): void {
    for (const segment of segments) {
      this.#nextInitializationId = Math.max(this.#nextInitializationId, segment.initializationId + 1);
      this.#list({ segment, parts: null }, targetDurationSeconds);
    }
    this.#oldestInitializationId = this.#nextInitializationId;
    this.#rendition = rendition;
  }

  #addInitialization(initialization: Initialization): void {
    if (this.#initializations.size === 0) this.#oldestInitializationId = initialization.id;
    this.#initializations.set(initialization.id, initialization);
    this.#nextInitializationId = initialization.id + 1;
    this.#rendition = renditionOf(initialization.tracks);
  }

  #addSegment(segment: Segment, targetDurationSeconds: number): void {
    const parts = this.#open?.parts ?? [];
    this.#open = null;
    this.#list({ segment, parts: parts.map(({ bytes }) => bytes) }, targetDurationSeconds);
  }

  #list(listed: ListedSegment, targetDurationSeconds: number): void {
    const { segment } = listed;
    if (this.#listed.length === 0) this.#mediaSequence = segment.msn;
    this.#targetDurationSeconds = targetDurationSeconds;
    this.#areAllIndependent &&= segment.independent;
    this.#listed.push(listed);
    this.#rates.push(segment, targetDurationSeconds);
    this.#forget();
    this.#version += 1;
  }

  /** Of an event playlist only bytes leave, of a sliding one the segments themselves: the recording has both. */
  #forget(): void {
    const spare = this.#spareSegments();
    if (this.isEvent) {
      for (let index = spare - 1; index >= 0 && this.#listed[index]?.parts !== null; index -= 1) {
        const listed = this.#listed[index];
        if (listed !== undefined) listed.parts = null;
      }
    } else {
      const removed = this.#listed.splice(0, spare);
      this.#remove(removed);
      for (const { segment } of removed) {
        this.#mediaSequence = segment.msn + 1;
        if (segment.discontinuity) this.#discontinuitySequence += 1;
      }
    }
    const [oldestKept] = [...this.#removed, ...this.#listed.slice(this.isEvent ? spare : 0)];
    this.#forgetInitializations(oldestKept?.segment.initializationId);
  }

  /** A playlist that listed it may be as old as the playlist is long, and its reader as slow as the segment is long. */
  #remove(removed: readonly ListedSegment[]): void {
    if (!this.#keepsRemoved) return;
    this.#removed.push(...removed);
    const listedSeconds = secondsOf(this.#listed.map(({ segment }) => segment));
    let seconds = secondsOf(this.#removed.map(({ segment }) => segment));
    while (
      this.#removed[0] !== undefined &&
      seconds - 2 * this.#removed[0].segment.durationSeconds > listedSeconds
    ) {
      seconds -= this.#removed[0].segment.durationSeconds;
      this.#removed.shift();
    }
  }

  #forgetInitializations(oldestNeeded: number | undefined): void {
    if (oldestNeeded === undefined) return;
    for (; this.#oldestInitializationId < oldestNeeded; this.#oldestInitializationId += 1) {
      this.#initializations.delete(this.#oldestInitializationId);
    }
  }

  /** How many of the oldest segments a live window does not need. */
  #spareSegments(): number {
    const minSeconds = (this.#targetDurationSeconds ?? 0) * MIN_LISTED_TARGET_DURATIONS;
    let seconds = 0;
    for (let index = this.#listed.length - 1; index >= 0; index -= 1) {
      const isNeeded = this.#listed.length - index <= MIN_LISTED_SEGMENTS || seconds < minSeconds;
      if (!isNeeded) return index + 1;
      seconds += this.#listed[index]?.segment.durationSeconds ?? 0;
    }
    return 0;
  }
}

function joined(listed: ListedSegment, parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  const bytes = parts.length === 1 && first !== undefined ? first : concat(parts);
  listed.parts = [bytes];
  return bytes;
}

function secondsOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
}

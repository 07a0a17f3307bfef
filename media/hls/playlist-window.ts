// What the playlist of one rendition lists now: fed with cuts, asked by whoever renders it.

import { endLines, linesWithParts, serverControlLines, skipBoundarySeconds } from "./edge-lines.ts";
import { EdgeParts } from "./edge-parts.ts";
import { EventLines, textOf } from "./event-lines.ts";
import type { LiveLines } from "./media-playlist.ts";
import type { ListedRendition } from "./multivariant-playlist.ts";
import { openingGapLines } from "./opening-gap.ts";
import { RateMeter, type Rates } from "./rate-meter.ts";
import { type RenditionFacts, renditionFacts } from "./rendition.ts";
import type { Cut, PlaylistTargets, Segment, SegmentStart } from "./segment.ts";

/** Apple's authoring guide and the contract: no live playlist lists fewer. */
export const MIN_LISTED_SEGMENTS = 6;

/** A live window is never shorter than this many target durations (RFC 8216 §6.2.2). */
const MIN_LISTED_TARGET_DURATIONS = 3;

/** What went before, read back from a recording. */
export interface WindowHistory {
  readonly segments: readonly Segment[];
  readonly targetDurationSeconds: number;
  /** Null or left out where it listed no parts. */
  readonly partTargetSeconds?: number | null;
  /** What the last initialization says. */
  readonly facts: RenditionFacts;
}

/** Where a segment's bytes will be found: in the recording, or only in memory, for now, or nowhere any more. */
export type SegmentPlace = "recorded" | "in-memory" | "lost";

export class PlaylistWindow {
  /** EXT-X-PLAYLIST-TYPE:EVENT: nothing ever leaves the playlist. */
  readonly isEvent: boolean;
  readonly #keepsRemoved: boolean;
  readonly #listed: Segment[] = [];
  /** Segments that left the playlist and can still be asked for, oldest first. */
  readonly #removed: Segment[] = [];
  /** Empty but for an event. */
  readonly #eventLines = new EventLines(({ targetDurationSeconds }) =>
    skipBoundarySeconds(targetDurationSeconds),
  );
  readonly #edge = new EdgeParts();
  #version = 0;
  #mediaSequence = 0;
  #discontinuitySequence: number;
  #targetDurationSeconds: number | null = null;
  #partTargetSeconds: number | null = null;
  #areAllIndependent = true;
  #hasEnded = false;
  #openingGapMsn: number | null = null;
  #others: () => readonly ListedRendition[] = () => [];
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

  /** Complete segments, oldest first; of an event those that are not settled. */
  get segments(): readonly Segment[] {
    return [...this.#listed];
  }

  /** EXT-X-MEDIA-SEQUENCE: of the first of {@link segments}. */
  get mediaSequence(): number {
    return this.#mediaSequence;
  }

  /** EXT-X-DISCONTINUITY-SEQUENCE: discontinuities before the first of {@link segments}. */
  get discontinuitySequence(): number {
    return this.#discontinuitySequence;
  }

  /** Null until the first segment, or a part that can be listed, is complete: there is no playlist before. */
  get targetDurationSeconds(): number | null {
    return this.#targetDurationSeconds;
  }

  /** PART-TARGET of EXT-X-PART-INF; null where parts are not listed. */
  get partTargetSeconds(): number | null {
    return this.#partTargetSeconds;
  }

  /** The other renditions of the programme, which come and go on with this one. */
  get others(): readonly ListedRendition[] {
    return this.#others();
  }

  reportOn(others: () => readonly ListedRendition[]): void {
    this.#others = others;
  }

  /** The newest parts, which are listed where there is a part target. */
  get edge(): EdgeParts {
    return this.#edge;
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
    return this.#listed.length === 0 && this.#rates.averageBitsPerSecond === 0
      ? this.#edge.openRates
      : this.#rates;
  }

  /** The oldest segment whose bytes must be at hand where none are recorded; null before the first one. */
  get oldestNeeded(): Segment | null {
    return this.#removed[0] ?? this.#listed[this.#spareSegments()] ?? null;
  }

  /** Of what is listed before the first segment, and is not there; null where nothing is, or no more. */
  get openingGapMsn(): number | null {
    return this.#openingGapMsn;
  }

  /** How much there is of the segment that is not complete. */
  get openSeconds(): number {
    return this.#partTargetSeconds === null ? 0 : this.#edge.openSeconds;
  }

  /** Of an event, as it is listed; null of another one, and until there is something to list. */
  get eventLines(): LiveLines | null {
    if (!this.isEvent || this.#targetDurationSeconds === null) return null;
    const { head, recent, open, segmentCount } = this.#eventLines;
    return {
      head,
      segments: [...recent, ...linesWithParts(this, open)],
      segmentCount,
      end: endLines(this, (start) => this.#eventLines.ofOpen(start)),
    };
  }

  /** The text of an event from where it was taken last to its end; null until there is something to list. */
  get eventText(): string | null {
    if (this.#targetDurationSeconds === null) return null;
    const { settled, open } = this.#eventLines;
    const lines = linesWithParts(this, open).flatMap((segment) => segment.lines);
    return settled + textOf([...lines, ...endLines(this, (start) => this.#eventLines.ofOpen(start))]);
  }

  /**
   * Of an event, which grows for as long as the broadcast lasts: segments that a live window does not need are let go of, and
   * their lines written for good. What is only in memory stays; what is lost stays listed, at its place and with its duration,
   * since nothing may be removed from an event (RFC 8216 §4.3.3.5), but as an EXT-X-GAP.
   */
  settle(placeOf: (segment: Segment) => SegmentPlace): void {
    const settled = this.#listed.splice(0, this.#settleable(placeOf));
    for (const segment of settled) {
      const isLost = placeOf(segment) === "lost";
      this.#eventLines.settle(isLost);
      if (isLost) this.#version += 1;
    }
    this.#remove(settled);
  }

  /** The lines of an event that were settled since they were taken last, from its first line on: for an owner who keeps them. */
  takeSettled(): string {
    return this.#eventLines.take();
  }

  push(cut: Cut): void {
    this.#edge.push(cut);
    if (cut.type === "initialization") this.#facts = renditionFacts(cut.initialization.tracks);
    else if (cut.type === "segment") this.#list(cut.segment, cut);
    else if (cut.type !== "segment-start") this.#listPart();
  }

  /** The playlist gets its EXT-X-ENDLIST. */
  end(): void {
    this.#hasEnded = true;
    this.#version += 1;
  }

  #restore({ segments, targetDurationSeconds, partTargetSeconds, facts }: WindowHistory): void {
    const listsParts = partTargetSeconds !== null && partTargetSeconds !== undefined;
    const targets = { targetDurationSeconds, ...(listsParts ? { partTargetSeconds } : {}) };
    for (const segment of segments) {
      const { promised: _, ...plain } = segment;
      this.#list(listsParts ? segment : plain, targets);
      this.#edge.restore(segment.msn);
    }
    this.#facts = facts;
  }

  #list(segment: Segment, targets: PlaylistTargets): void {
    this.#begin(segment, segment.promised ?? targets);
    if (this.#listed.length === 0) this.#mediaSequence = segment.msn;
    if (this.isEvent) this.#eventLines.write(segment);
    this.#areAllIndependent &&= segment.independent;
    this.#listed.push(segment);
    this.#rates.push(segment, targets.targetDurationSeconds);
    if (!this.isEvent) this.#remove(this.#listed.splice(0, this.#spareSegments()));
    this.#version += 1;
  }

  #listPart(): void {
    const { open } = this.#edge;
    if (open?.start.promised !== undefined) this.#begin(open.start, open.start.promised);
    if (this.#partTargetSeconds !== null) this.#version += 1;
  }

  /** The first that is listed: what is promised with it is promised for good. */
  #begin(start: SegmentStart, targets: PlaylistTargets): void {
    if (this.#targetDurationSeconds !== null) return;
    const { targetDurationSeconds, partTargetSeconds = null } = targets;
    this.#targetDurationSeconds = targetDurationSeconds;
    this.#partTargetSeconds = partTargetSeconds;
    const hasGap = start.promised !== undefined && partTargetSeconds !== null && start.msn > 0;
    this.#openingGapMsn = hasGap ? start.msn - 1 : null;
    this.#mediaSequence = start.msn;
    if (!this.isEvent) return;
    const promises = serverControlLines(this);
    const mediaSequence = this.#openingGapMsn ?? start.msn;
    const { discontinuitySequence } = this;
    const gap = hasGap ? openingGapLines(mediaSequence) : null;
    this.#eventLines.begin({ targetDurationSeconds, promises, mediaSequence, discontinuitySequence }, gap);
  }

  /** How many of the oldest segments can be settled. */
  #settleable(placeOf: (segment: Segment) => SegmentPlace): number {
    const spare = this.#listed.slice(0, this.#spareSegments());
    const waiting = spare.findIndex((segment) => placeOf(segment) === "in-memory");
    return waiting === -1 ? spare.length : waiting;
  }

  #remove(removed: readonly Segment[]): void {
    if (removed.length > 0) this.#openingGapMsn = null;
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

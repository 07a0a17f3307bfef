// The lines of an EVENT playlist: each is written once, and stays (RFC 8216 §4.3.3.5).

import { gapLines, playlistVersion, SegmentLines } from "./playlist-lines.ts";
import type { Segment, SegmentStart } from "./segment.ts";

/** What an event says of itself before its first segment, for good. */
export interface EventHead {
  readonly targetDurationSeconds: number;
  /** The lines of low latency. */
  readonly promises: readonly string[];
  readonly mediaSequence: number;
  readonly discontinuitySequence: number;
}

/** A segment as it is listed. */
export interface ListedLines {
  readonly lines: readonly string[];
  readonly durationSeconds: number;
}

export class EventLines {
  readonly #segmentLines = new SegmentLines("", "sparse");
  readonly #recentSeconds: (head: EventHead) => number;
  #head: readonly string[] = [];
  #keptSeconds = 0;
  /** Of each segment that may yet be lost, oldest first. */
  readonly #open: ListedLines[] = [];
  /** Listed ones that delta updates may list, oldest first. */
  readonly #recent: ListedLines[] = [];
  #segmentCount = 0;
  /** Written for good, and not taken. */
  #settled = "";

  /** `recentSeconds`: how much of what is settled can still be asked for one by one. */
  constructor(recentSeconds: (head: EventHead) => number) {
    this.#recentSeconds = recentSeconds;
  }

  /** `gap`: of what is listed before the first segment. Whether all segments are independent nobody knows before the last one: nothing is said of it. */
  begin(head: EventHead, gap: ListedLines | null): void {
    const { targetDurationSeconds, promises, mediaSequence, discontinuitySequence } = head;
    this.#head = [
      "#EXTM3U",
      `#EXT-X-VERSION:${playlistVersion(promises.length > 0)}`,
      `#EXT-X-TARGETDURATION:${targetDurationSeconds}`,
      ...promises,
      `#EXT-X-MEDIA-SEQUENCE:${mediaSequence}`,
      `#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuitySequence}`,
      "#EXT-X-PLAYLIST-TYPE:EVENT",
    ];
    this.#keptSeconds = this.#recentSeconds(head);
    this.#settled = textOf(this.#head);
    if (gap === null) return;
    this.#segmentCount = 1;
    this.#settled += textOf(gap.lines);
    this.#recent.push(gap);
  }

  /** The next segment. */
  write(segment: Segment): void {
    this.#segmentCount += 1;
    this.#open.push({ lines: this.#segmentLines.next(segment), durationSeconds: segment.durationSeconds });
  }

  /** The oldest segment that is not settled is. */
  settle(isLost: boolean): void {
    const segment = this.#open.shift();
    if (segment === undefined) return;
    const lines = isLost ? gapLines(segment.lines) : segment.lines;
    this.#settled += textOf(lines);
    this.#recent.push({ ...segment, lines });
    let seconds = this.#recent.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
    while (seconds > this.#keptSeconds) seconds -= this.#recent.shift()?.durationSeconds ?? seconds;
  }

  get head(): readonly string[] {
    return this.#head;
  }

  /** How many there are, settled or not. */
  get segmentCount(): number {
    return this.#segmentCount;
  }

  /** The newest that are settled, oldest first. */
  get recent(): readonly ListedLines[] {
    return this.#recent;
  }

  /** Of each segment that is not settled. */
  get open(): readonly ListedLines[] {
    return this.#open;
  }

  /** The lines before the parts of the segment that is next. */
  ofOpen(start: SegmentStart): readonly string[] {
    return this.#segmentLines.ofOpen(start);
  }

  /** What was settled since it was taken last. */
  get settled(): string {
    return this.#settled;
  }

  /** As {@link settled}, which begins anew then. */
  take(): string {
    const settled = this.#settled;
    this.#settled = "";
    return settled;
  }
}

export function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

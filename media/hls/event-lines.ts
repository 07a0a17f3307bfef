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

export class EventLines {
  readonly #segmentLines = new SegmentLines("", "sparse");
  /** Of each segment that may yet be lost, oldest first. */
  readonly #open: (readonly string[])[] = [];
  /** Written for good, and not taken. */
  #settled = "";

  /** Whether all segments are independent nobody knows before the last one: nothing is said of it. */
  begin({ targetDurationSeconds, promises, mediaSequence, discontinuitySequence }: EventHead): void {
    this.#settled = textOf([
      "#EXTM3U",
      `#EXT-X-VERSION:${playlistVersion(promises.length > 0)}`,
      `#EXT-X-TARGETDURATION:${targetDurationSeconds}`,
      ...promises,
      `#EXT-X-MEDIA-SEQUENCE:${mediaSequence}`,
      `#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuitySequence}`,
      "#EXT-X-PLAYLIST-TYPE:EVENT",
    ]);
  }

  /** The next segment. */
  write(segment: Segment): void {
    this.#open.push(this.#segmentLines.next(segment));
  }

  /** The oldest segment that is not settled is. */
  settle(isLost: boolean): void {
    const lines = this.#open.shift() ?? [];
    this.#settled += textOf(isLost ? gapLines(lines) : lines);
  }

  /** The lines before the parts of the segment that is next. */
  ofOpen(start: SegmentStart): readonly string[] {
    return this.#segmentLines.ofOpen(start);
  }

  /** Of each segment that is not settled. */
  get open(): readonly (readonly string[])[] {
    return this.#open;
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

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

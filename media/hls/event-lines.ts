// The lines of an EVENT playlist: each is written once, and stays (RFC 8216 §4.3.3.5).

import { gapLines, PLAYLIST_VERSION, SegmentLines } from "./playlist-lines.ts";
import type { Segment } from "./segment.ts";

/** What an event says of itself before its first segment, for good. */
export interface EventHead {
  readonly targetDurationSeconds: number;
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
  begin({ targetDurationSeconds, mediaSequence, discontinuitySequence }: EventHead): void {
    this.#settled = textOf([
      "#EXTM3U",
      `#EXT-X-VERSION:${PLAYLIST_VERSION}`,
      `#EXT-X-TARGETDURATION:${targetDurationSeconds}`,
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

  /** From where it was taken last to its end. */
  get text(): string {
    return this.#settled + textOf(this.#open.flat());
  }

  /** What was settled since it was taken last. */
  take(): string {
    const settled = this.#settled;
    this.#settled = "";
    return settled;
  }
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

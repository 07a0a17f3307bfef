// One rendition's samples on their way into fragments: cut where the segmenter says, and nowhere else.

import { encodeInitialization } from "#media/fmp4/fmp4-muxer.ts";
import type { Track } from "#media/track/track.ts";
import { OpenSegment } from "./open-segment.ts";
import type { RenditionName } from "./rendition.ts";
import { SampleQueue } from "./sample-queue.ts";
import type { Cut, PlaylistTargets, SegmentStart } from "./segment.ts";

export class RenditionWriter {
  readonly #name: RenditionName;
  readonly #tracks: readonly Track[];
  readonly #queues: readonly SampleQueue[];
  #segment: OpenSegment | null = null;

  /** `tracks`: of its initialization; at most one of a kind. */
  constructor(name: RenditionName, tracks: readonly Track[]) {
    this.#name = name;
    this.#tracks = tracks;
    this.#queues = tracks.map((track, index) => new SampleQueue(track, index + 1));
  }

  get queues(): readonly SampleQueue[] {
    return this.#queues;
  }

  /** Null between two segments. */
  get segment(): OpenSegment | null {
    return this.#segment;
  }

  initialize(id: number): Cut {
    const initialization = { id, bytes: encodeInitialization(this.#tracks), tracks: this.#tracks };
    return { type: "initialization", rendition: this.#name, initialization };
  }

  /** The segment's first sample is decoded at `startSeconds`. `frameRate`: where it is listed before it is complete. */
  begin(start: SegmentStart, startSeconds: number, frameRate?: number | null): Cut {
    this.#segment = new OpenSegment(start, startSeconds, this.#queues);
    const rates = frameRate === undefined ? {} : { frameRate: this.#hasPictures ? frameRate : null };
    return { type: "segment-start", rendition: this.#name, start, ...rates };
  }

  get #hasPictures(): boolean {
    return this.#tracks.some(({ kind }) => kind === "video");
  }

  /** What in the queues begins `beforeSeconds` becomes a part that ends at `endSeconds`; nothing where that is nothing. */
  endPart(endSeconds: number, beforeSeconds?: number): readonly Cut[] {
    const rendition = this.#name;
    const parts = this.#segment?.endPart(endSeconds, beforeSeconds) ?? [];
    return parts.map((part) =>
      "bytes" in part ? { type: "part", rendition, part } : { type: "gap", rendition, gap: part },
    );
  }

  /** The open segment, whose last part has ended; null when it has none. `frameRate`: of its pictures, if it has any. */
  complete(frameRate: number | null, targetsAfter: (durationSeconds: number) => PlaylistTargets): Cut | null {
    const segment = this.#segment?.complete(frameRate) ?? null;
    this.#segment = null;
    if (segment === null) return null;
    return { type: "segment", rendition: this.#name, segment, ...targetsAfter(segment.durationSeconds) };
  }

  /** Samples whose duration is not known yet get the one that their predecessors had. */
  release(): void {
    for (const queue of this.#queues) queue.release();
  }
}

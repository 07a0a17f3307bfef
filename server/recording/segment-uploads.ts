// The segments of a broadcast on their way to the object store, each as it closes: what the machine loses with its disk is the
// segment that is open. The disk is the queue: while the store is away they are read from there later.

import type { Cut } from "#media/hls/segment.ts";
import { Backoff } from "#server/common/backoff.ts";
import type { Delay } from "#server/common/delay.ts";
import { messageOf } from "#server/common/failure.ts";
import type { Log } from "#server/common/log.ts";
import type { HeldBytes } from "./held-bytes.ts";
import { gatherPieces, type Piece } from "./piece.ts";
import { recordedTrack } from "./recorder.ts";
import type { Recording } from "./recording.ts";
import {
  type InitializationFacts,
  type ObjectFacts,
  objectNameOf,
  type SegmentFacts,
} from "./segment-facts.ts";

/** After a try that failed; twice as long after each, up to half a minute. */
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;

/** Ten days of segments of 2 s; numbers only are kept of them. */
const MAX_WAITING = 432_000;

/** What is uploaded, with what a journal says of it. */
export interface Upload {
  readonly facts: ObjectFacts;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface Waiting {
  readonly facts: ObjectFacts;
  readonly pieces: () => readonly Piece[] | null;
}

type CaughtUp = Pick<Recording, "renditions" | "targetDurationSeconds" | "partTargetSeconds">;

export interface SegmentUploadsOptions {
  readonly livestreamId: string;
  readonly held: Pick<HeldBytes, "initialization" | "segment">;
  /** What the store has already, by name. */
  readonly byteLengths: () => Promise<ReadonlyMap<string, number>>;
  /** Resolves once the store has it. */
  readonly put: (upload: Upload) => Promise<void>;
  readonly delay: Delay;
  readonly log: Log;
}

export class SegmentUploads {
  readonly #options: SegmentUploadsOptions;
  readonly #abort = new AbortController();
  readonly #waiting: Waiting[] = [];
  /** What the store had before; null while it has to be asked. */
  #known: ReadonlyMap<string, number> | null = new Map();
  #isWorking = false;
  /** Resolves once what waits is uploaded, or given up. */
  #work: Promise<void> = Promise.resolve();

  constructor(options: SegmentUploadsOptions) {
    this.#options = options;
  }

  /** Number of those that the store does not have. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** What a process before this one has recorded, before anything else. */
  catchUp({ renditions, targetDurationSeconds, partTargetSeconds }: CaughtUp): void {
    this.#known = null;
    const targets = {
      targetDurationSeconds: targetDurationSeconds ?? 1,
      ...(partTargetSeconds === null ? {} : { partTargetSeconds }),
    };
    for (const { name: rendition, initializations, segments } of renditions) {
      for (const { id, tracks } of initializations) this.#addInitialization({ rendition, id, tracks });
      for (const { offset: _, rendition: __, ...segment } of segments)
        this.#addSegment({ rendition, segment, ...targets });
    }
  }

  /** In order. Initializations and complete segments are uploaded; nobody waits for it. */
  follow(cut: Cut): void {
    const { rendition } = cut;
    if (cut.type === "initialization") {
      const { id, tracks } = cut.initialization;
      this.#addInitialization({ rendition, id, tracks: tracks.map(recordedTrack) });
    } else if (cut.type === "segment") {
      const { segment, targetDurationSeconds, partTargetSeconds } = cut;
      const parts = partTargetSeconds === undefined ? {} : { partTargetSeconds };
      this.#addSegment({ rendition, segment, targetDurationSeconds, ...parts });
    }
  }

  /** What is not uploaded yet is not uploaded any more. */
  async stop(): Promise<void> {
    this.#abort.abort(new Error("the broadcast is over"));
    await this.#work;
  }

  #addInitialization(facts: Omit<InitializationFacts, "type">): void {
    const { rendition, id } = facts;
    const pieces = () => this.#options.held.initialization(rendition, id);
    this.#add({ facts: { type: "initialization", ...facts }, pieces });
  }

  #addSegment(facts: Omit<SegmentFacts, "type">): void {
    const { rendition, segment } = facts;
    const pieces = () => this.#options.held.segment(rendition, segment.msn);
    this.#add({ facts: { type: "segment", ...facts }, pieces });
  }

  #add(waiting: Waiting): void {
    if (this.#abort.signal.aborted || this.#waiting.length === MAX_WAITING) return;
    this.#waiting.push(waiting);
    if (!this.#isWorking) this.#work = this.#workOff(); // Says itself what fails.
  }

  async #workOff(): Promise<void> {
    const { byteLengths, put, delay, log, livestreamId } = this.#options;
    const { signal } = this.#abort;
    const backoff = new Backoff({ firstMs: FIRST_RETRY_MS, mostMs: MAX_RETRY_MS, delay });
    this.#isWorking = true;
    for (let next = this.#waiting[0]; next !== undefined && !signal.aborted; next = this.#waiting[0]) {
      try {
        this.#known ??= await byteLengths();
        const pieces = next.pieces();
        // What was not recorded, and is in no playlist any more, is nowhere.
        if (pieces !== null && this.#known.get(objectNameOf(next.facts)) !== byteLengthOf(pieces))
          await put({ facts: next.facts, bytes: await (await gatherPieces(pieces)).bytes() });
        this.#waiting.shift();
        backoff.wentWell();
      } catch (error) {
        log.warn("segment_upload_waits", { livestreamId, message: messageOf(error) });
        await backoff.failed(signal);
      }
    }
    this.#isWorking = false;
  }
}

function byteLengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

// The segments of a broadcast on their way to the object store, each as it closes: what the machine loses with its disk is the
// segment that is open. The disk is the queue: while the store is away they are read from there later.

import type { RenditionName } from "#media/hls/rendition.ts";
import type { Cut, Segment } from "#media/hls/segment.ts";
import { messageOf } from "#server/common/failure.ts";
import type { Log } from "#server/common/log.ts";
import type { HeldBytes } from "./held-bytes.ts";
import { gatherPieces, type Piece } from "./piece.ts";
import type { Recording } from "./recording.ts";

/** After a try that failed; twice as long after each, up to half a minute. */
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;

/** Ten days of segments of 2 s; numbers only are kept of them. */
const MAX_WAITING = 432_000;

/** What is uploaded under a name of its own, with what a journal says of it. */
export interface Upload {
  /** `0-init-<id>.mp4` or `0-<msn>.m4s`: the number before it is the epoch of its writer, which one node does not change. */
  readonly name: string;
  readonly facts: object;
}

interface Waiting extends Upload {
  readonly pieces: () => readonly Piece[] | null;
}

export interface SegmentUploadsOptions {
  readonly livestreamId: string;
  readonly held: Pick<HeldBytes, "initialization" | "segment">;
  /** Of what the store has already. */
  readonly names: () => Promise<ReadonlySet<string>>;
  /** Resolves once the store has it. */
  readonly put: (upload: Upload, bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
  readonly delay: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly log: Log;
}

export class SegmentUploads {
  readonly #options: SegmentUploadsOptions;
  readonly #abort = new AbortController();
  readonly #waiting: Waiting[] = [];
  /** Names that the store had before; null while it has to be asked. */
  #known: ReadonlySet<string> | null = new Set();
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
  catchUp({
    renditions,
    targetDurationSeconds,
  }: Pick<Recording, "renditions" | "targetDurationSeconds">): void {
    this.#known = null;
    for (const { name: rendition, initializations, segments } of renditions) {
      for (const { id } of initializations) this.#addInitialization(rendition, id);
      for (const { offset: _, rendition: __, ...segment } of segments)
        this.#addSegment(rendition, segment, targetDurationSeconds);
    }
  }

  /** In order. Initializations and complete segments are uploaded; nobody waits for it. */
  follow(cut: Cut): void {
    if (cut.type === "initialization") this.#addInitialization(cut.rendition, cut.initialization.id);
    else if (cut.type === "segment") this.#addSegment(cut.rendition, cut.segment, cut.targetDurationSeconds);
  }

  /** What is not uploaded yet is not uploaded any more. */
  async stop(): Promise<void> {
    this.#abort.abort(new Error("the broadcast is over"));
    await this.#work;
  }

  #addInitialization(rendition: RenditionName, id: number): void {
    const { held } = this.#options;
    this.#add({
      name: `0-init-${id}.mp4`,
      facts: { rendition, id },
      pieces: () => held.initialization(rendition, id),
    });
  }

  #addSegment(rendition: RenditionName, segment: Segment, targetDurationSeconds: number | null): void {
    const { held } = this.#options;
    this.#add({
      name: `0-${segment.msn}.m4s`,
      facts: { rendition, targetDurationSeconds, segment },
      pieces: () => held.segment(rendition, segment.msn),
    });
  }

  #add(waiting: Waiting): void {
    if (this.#abort.signal.aborted || this.#waiting.length === MAX_WAITING) return;
    this.#waiting.push(waiting);
    if (!this.#isWorking) this.#work = this.#workOff(); // Says itself what fails.
  }

  async #workOff(): Promise<void> {
    const { names, put, delay, log, livestreamId } = this.#options;
    const { signal } = this.#abort;
    let retryMs = FIRST_RETRY_MS;
    this.#isWorking = true;
    for (let next = this.#waiting[0]; next !== undefined && !signal.aborted; next = this.#waiting[0]) {
      try {
        this.#known ??= await names();
        const pieces = this.#known.has(next.name) ? null : next.pieces();
        // What was not recorded, and is in no playlist any more, is nowhere.
        if (pieces !== null) await put(next, await (await gatherPieces(pieces)).bytes());
        this.#waiting.shift();
        retryMs = FIRST_RETRY_MS;
      } catch (error) {
        log.warn("segment_upload_waits", { livestreamId, message: messageOf(error) });
        await delay(retryMs, signal);
        retryMs = Math.min(2 * retryMs, MAX_RETRY_MS);
      }
    }
    this.#isWorking = false;
  }
}

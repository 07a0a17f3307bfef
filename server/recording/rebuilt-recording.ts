// The two files of a recording as they are put together from what is left of it: segments are written one after the other, and it
// is kept what is missing between them.

import { mkdir } from "node:fs/promises";
import { ObjectMissingError, type ObjectStore } from "#server/store/object-store.ts";
import { NOT_UPLOADED, type RecordedGap } from "./journal.ts";
import { OwnRecording } from "./own-recording.ts";
import { readPiece } from "./piece.ts";
import { FIRST_MSN, type Recording } from "./recording.ts";
import { recordingPaths } from "./recording-files.ts";
import {
  type InitializationFacts,
  OBJECT_NAMES,
  type ObjectFacts,
  objectNameOf,
  parseFacts,
  type SegmentFacts,
} from "./segment-facts.ts";

/** So many stretches are told one by one. */
const MAX_TOLD = 3;

/** A segment as the store has it. */
export interface FoundSegment {
  readonly facts: SegmentFacts;
  readonly bytes: Uint8Array;
}

/** Segments written one after the other; what cannot be used is missing before the next. */
export class RebuiltRecording {
  readonly #folder: string;
  readonly #livestreamId: string;
  readonly #store: Pick<ObjectStore, "readWhole">;
  readonly #initializations = new Set<number>();
  readonly #holes: { readonly atSeconds: number; readonly seconds: number }[] = [];
  #own: OwnRecording | null = null;
  #last: SegmentFacts | null = null;
  #targetDurationSeconds = 1;
  #seconds = 0;
  /** Segments that the store had. */
  storedCount = 0;
  #storedSeconds = 0;
  #isAll = true;
  /** It does not begin with the broadcast. */
  #isCut = false;

  constructor(folder: string, livestreamId: string, store: Pick<ObjectStore, "readWhole">) {
    this.#folder = folder;
    this.#livestreamId = livestreamId;
    this.#store = store;
  }

  get message(): string {
    const { storedCount } = this;
    const lost = this.#isAll ? "nothing of it" : `nothing of its first ${this.#storedSeconds.toFixed(1)} s`;
    const behind = this.#isAll ? "; what came behind them and was not uploaded is missing" : "";
    const before = this.#isCut ? "; its beginning is missing" : "";
    const told = this.#holes
      .slice(0, MAX_TOLD)
      .map(({ atSeconds, seconds }) => `${seconds.toFixed(1)} s are missing at ${atSeconds.toFixed(1)} s`);
    const more = this.#holes.length - told.length;
    const holes = [...told, ...(more > 0 ? [`and ${more} stretches more`] : [])].join(", ");
    return (
      `The disk had ${lost}: it is put together from the ${storedCount} segment${storedCount === 1 ? "" : "s"} that the object store had` +
      `${before}${behind}${holes === "" ? "" : `; ${holes}`}.`
    );
  }

  /** Null where there is no such segment, or it is not as it was written. */
  async read(key: string): Promise<FoundSegment | null> {
    const found = await this.#find(key);
    return found?.facts.type === "segment" ? { ...found, facts: found.facts } : null;
  }

  /** Nothing is written where its initialization is not there. */
  async addStored({ facts, bytes }: FoundSegment): Promise<void> {
    const { rendition, segment, targetDurationSeconds } = facts;
    if (!(await this.#hasInitialization(segment.initializationId, rendition))) return;
    await this.#write(facts, bytes, targetDurationSeconds);
    this.storedCount += 1;
    this.#storedSeconds = this.#seconds;
  }

  /** What the disk has, behind that. */
  async addAll(onDisk: Recording, signal: AbortSignal): Promise<void> {
    const [rendition] = onDisk.renditions;
    if (rendition === undefined || rendition.segments.length === 0) return;
    this.#isAll = false;
    const { media, targetDurationSeconds, partTargetSeconds } = onDisk;
    for (const { offset, rendition: name, ...segment } of rendition.segments) {
      signal.throwIfAborted();
      const id = segment.initializationId;
      const initialization = rendition.initializations.find((each) => each.id === id);
      if (initialization === undefined) continue;
      if (!this.#initializations.has(id)) {
        const { byteLength, tracks } = initialization;
        const bytes = await readPiece({ ...media, offset: initialization.offset, byteLength });
        await this.#writeInitialization({ type: "initialization", rendition: name, id, tracks }, bytes);
      }
      const facts: SegmentFacts = {
        ...{ type: "segment", rendition: name, segment },
        targetDurationSeconds: targetDurationSeconds ?? 1,
        ...(partTargetSeconds === null ? {} : { partTargetSeconds }),
      };
      const bytes = await readPiece({ ...media, offset, byteLength: segment.byteLength });
      await this.#write(facts, bytes, facts.targetDurationSeconds);
    }
  }

  /** Resolves once all of it is on the disk for good. */
  async end(): Promise<void> {
    await this.#own?.end();
  }

  async #hasInitialization(id: number, rendition: string): Promise<boolean> {
    if (this.#initializations.has(id)) return true;
    const found = await this.#find(`${this.#livestreamId}/${OBJECT_NAMES}init-${id}.mp4`);
    if (found?.facts.type !== "initialization" || found.facts.rendition !== rendition) return false;
    await this.#writeInitialization(found.facts, found.bytes);
    return true;
  }

  async #find(key: string): Promise<{ facts: ObjectFacts; bytes: Uint8Array } | null> {
    try {
      const { bytes, facts: said } = await this.#store.readWhole(key);
      const facts = parseFacts(said, bytes);
      const isOfName = facts !== null && key === `${this.#livestreamId}/${objectNameOf(facts)}`;
      return isOfName ? { facts, bytes } : null;
    } catch (error) {
      if (error instanceof ObjectMissingError) return null;
      throw error;
    }
  }

  async #writeInitialization(
    { id, rendition, tracks }: InitializationFacts,
    bytes: Uint8Array,
  ): Promise<void> {
    if (this.#own === null) {
      await mkdir(this.#folder, { recursive: true });
      const of = { rendition, targetDurationSeconds: this.#targetDurationSeconds };
      this.#own = await OwnRecording.begin(recordingPaths(this.#folder), of);
    }
    this.#initializations.add(id);
    await this.#own.initialization({ id, tracks }, bytes);
  }

  async #write(facts: SegmentFacts, bytes: Uint8Array, targetDurationSeconds: number): Promise<void> {
    const { segment, partTargetSeconds } = facts;
    // A playlist's longest segment is no longer than it promises.
    this.#targetDurationSeconds = Math.max(this.#targetDurationSeconds, targetDurationSeconds);
    this.#isCut ||= this.#last === null && segment.msn > FIRST_MSN;
    const gap = this.#gapBefore(segment);
    const isBehindHole = this.#last !== null && this.#last.segment.msn + 1 !== segment.msn;
    await this.#own?.segment(
      { ...segment, ...(gap === null ? {} : { gap }), discontinuity: segment.discontinuity || isBehindHole },
      bytes,
      {
        targetDurationSeconds: this.#targetDurationSeconds,
        ...(partTargetSeconds === undefined ? {} : { partTargetSeconds }),
      },
    );
    this.#last = facts;
    this.#seconds += segment.durationSeconds;
  }

  /** What is missing between the segment before and this one; null where they follow each other. */
  #gapBefore({ msn, programDateTimeMs, gap }: SegmentFacts["segment"]): RecordedGap | null {
    const last = this.#last?.segment;
    if (last === undefined) return msn > FIRST_MSN ? { reason: NOT_UPLOADED, seconds: 0 } : (gap ?? null);
    if (last.msn + 1 === msn) return gap ?? null;
    const endMs = last.programDateTimeMs + last.durationSeconds * 1000;
    const seconds = Math.max(0, programDateTimeMs - endMs) / 1000;
    this.#holes.push({ atSeconds: this.#seconds, seconds });
    return { reason: NOT_UPLOADED, seconds };
  }
}

// A journal whose lines are damaged or gone, made whole again from those that are left and from the fragments themselves, which
// say of which segment they are. No whole part is lost; what is torn at the end of the media file is cut off.

import { stat, truncate } from "node:fs/promises";
import { unlessMissing } from "#server/common/failure.ts";
import {
  type InitializationEntry,
  JOURNAL_VERSION,
  type JournalEntry,
  type RecordedTrack,
  type SegmentEndEntry,
  type SegmentStartEntry,
} from "./journal.ts";
import {
  type Block,
  blocksOf,
  isSegment,
  offsetOf,
  readWholeLines,
  type SegmentBlock,
} from "./journal-blocks.ts";
import type { RecordingPaths } from "./recording.ts";
import { closingEntry, type FoundFragment, holdsFragment, readFragments } from "./unfinished-segment.ts";
import { writeNewJournal } from "./write-journal.ts";

/** As fragments number themselves (media/hls/open-segment.ts). */
const FRAGMENTS_PER_SEGMENT = 1024;
const SEGMENTS_A_ROUND = 2 ** 32 / FRAGMENTS_PER_SEGMENT;

/** Times that are further apart do not follow on each other. */
const MAX_STEP_SECONDS = 0.05;

/** A longer end that holds no fragment is left for somebody to look at. */
const MAX_TAIL_BYTES = 64 * 1024 * 1024;

/**
 * Each thing that was done, in a sentence; nothing is done to a journal of another version, nor where nothing can be. Not while
 * it is being recorded.
 */
export async function mendRecording(paths: RecordingPaths): Promise<readonly string[]> {
  const mediaLength = (await unlessMissing(stat(paths.media)))?.size ?? 0;
  const known = await unlessMissing(readWholeLines(paths.journal));
  if (known === null || known.version !== JOURNAL_VERSION || mediaLength === 0) return [];
  const mending = new Mending(paths.media, mediaLength);
  await mending.run(blocksOf(known.entries));
  const done: string[] = [];
  if (known.brokenLines > 0 || mending.hasChanged) {
    await writeNewJournal(paths.journal, mending.entries);
    const { found, cut } = mending;
    done.push(
      `the journal was written anew: ${known.brokenLines} lines were damaged, ${found} segments were made whole from the media file, of ${cut} the end is lost`,
    );
  }
  const { end } = mending;
  if (end < mediaLength && mediaLength - end <= MAX_TAIL_BYTES) {
    if (await holdsFragment(paths.media, end, mediaLength)) return done;
    await truncate(paths.media, end);
    done.push(`the media file was cut from ${mediaLength} to ${end} bytes: what was behind is no whole part`);
  }
  return done;
}

class Mending {
  readonly entries: JournalEntry[] = [];
  /** Segments whose lines were made from what the file holds. */
  found = 0;
  /** Segments that the media file does not hold to their ends. */
  cut = 0;
  hasChanged = false;
  /** Where the last thing that is listed ends, bytes from the beginning of the file. */
  end = 0;
  readonly #media: string;
  readonly #mediaLength: number;
  #initialization: InitializationEntry | null = null;
  #last: { readonly start: SegmentStartEntry; readonly end: SegmentEndEntry } | null = null;
  /** Of the last segment: where its pictures, or its sound, begin and end; null where that is not known. */
  #lastTimes: Times | null = null;

  constructor(media: string, mediaLength: number) {
    this.#media = media;
    this.#mediaLength = mediaLength;
  }

  async run(blocks: readonly Block[]): Promise<void> {
    const limits = limitsOf(blocks, this.#mediaLength);
    for (const [index, block] of blocks.entries()) {
      const limit = limits[index] ?? this.#mediaLength;
      const offset = offsetOf(block) ?? this.end;
      if (offset >= this.#mediaLength) {
        this.hasChanged = true;
        this.cut += isSegment(block) ? 1 : 0;
        continue;
      }
      await this.#findSegments(offset, isSegment(block) ? block.msn : null);
      if (isSegment(block)) await this.#addSegment(block, limit);
      else this.#addInitialization(block);
    }
    await this.#findSegments(this.#mediaLength, null);
  }

  #addInitialization(entry: InitializationEntry): void {
    if (entry.offset + entry.byteLength > this.#mediaLength) {
      this.hasChanged = true;
      return;
    }
    this.entries.push(entry);
    this.#initialization = entry;
    this.end = entry.offset + entry.byteLength;
  }

  async #addSegment({ start, end }: SegmentBlock, limit: number): Promise<void> {
    if (start !== null && end !== null && start.offset + end.byteLength <= this.#mediaLength) {
      this.#push(start, end);
      this.#lastTimes = null;
      return;
    }
    this.hasChanged = true;
    const offset = start?.offset ?? end?.parts[0]?.[0] ?? this.end;
    const fragments = await readFragments({ file: this.#media }, offset, limit);
    if (start !== null && end !== null) this.cut += 1;
    else if (fragments.length > 0) this.found += 1;
    await this.#close(start ?? (await this.#startOf(fragments, end?.msn ?? null)), fragments, end);
  }

  /** Up to `until`, whole fragments that no line speaks of; `nextMsn`: of the segment behind them. */
  async #findSegments(until: number, nextMsn: number | null): Promise<void> {
    while (this.end < until) {
      const fragments = await readFragments({ file: this.#media }, this.end, until);
      const start = await this.#startOf(fragments, null);
      if (start === null || (nextMsn !== null && start.msn >= nextMsn)) return;
      const before = this.end;
      await this.#close(start, fragments, null);
      if (this.end === before) return;
      this.hasChanged = true;
      this.found += 1;
    }
  }

  /** `known`: the end as its line says it, if that is left and the file has it. */
  async #close(
    start: SegmentStartEntry | null,
    fragments: readonly FoundFragment[],
    known: SegmentEndEntry | null,
  ): Promise<void> {
    if (start === null) return;
    const unfinished = {
      tracks: this.#tracks,
      targetDurationSeconds: this.#last?.end.targetDurationSeconds ?? known?.targetDurationSeconds ?? null,
      partTargetSeconds: this.#last?.end.partTargetSeconds ?? known?.partTargetSeconds ?? null,
      leastTargetDurationSeconds: 1,
    };
    const isThere = known !== null && start.offset + known.byteLength <= this.#mediaLength;
    const end = isThere ? known : closingEntry(start, fragments, unfinished);
    if (end === null) return;
    this.#push(start, end);
    this.#lastTimes = timesOf(fragments, this.#tracks);
  }

  #push(start: SegmentStartEntry, end: SegmentEndEntry): void {
    this.entries.push(start, end);
    this.#last = { start, end };
    this.end = start.offset + end.byteLength;
  }

  /** The line that a segment began with; null where nobody can say. `msn`: where it is known. */
  async #startOf(fragments: readonly FoundFragment[], msn: number | null): Promise<SegmentStartEntry | null> {
    const [first] = fragments;
    const initialization = this.#initialization;
    const times = timesOf(fragments, this.#tracks);
    if (first === undefined || initialization === null || times === null) return null;
    const before = await this.#timesOfLast();
    const goesOn = before !== null && Math.abs(times.fromSeconds - before.untilSeconds) <= MAX_STEP_SECONDS;
    const date = this.#last?.start.programDateTimeMs ?? 0;
    return {
      type: "segment-start",
      rendition: initialization.rendition,
      msn: msn ?? this.#msnOf(first),
      initializationId: initialization.id,
      discontinuity: this.#last !== null && !goesOn,
      independent: isIndependent(first, this.#tracks),
      programDateTimeMs: Math.round(
        date + (times.fromSeconds - (before?.fromSeconds ?? times.fromSeconds)) * 1000,
      ),
      offset: first.offset,
    };
  }

  /** Fragments say it in rounds; it is the next one that is behind the segment before. */
  #msnOf({ sequenceNumber }: FoundFragment): number {
    const inRound = Math.floor(sequenceNumber / FRAGMENTS_PER_SEGMENT);
    const least = (this.#last?.end.msn ?? -1) + 1;
    const rounds = Math.ceil((least - inRound) / SEGMENTS_A_ROUND);
    return inRound + Math.max(0, rounds) * SEGMENTS_A_ROUND;
  }

  async #timesOfLast(): Promise<Times | null> {
    if (this.#last === null) return null;
    const { start, end } = this.#last;
    this.#lastTimes ??= timesOf(
      await readFragments({ file: this.#media }, start.offset, start.offset + end.byteLength),
      this.#tracks,
    );
    return this.#lastTimes;
  }

  get #tracks(): readonly RecordedTrack[] {
    return this.#initialization?.tracks ?? [];
  }
}

/** For each block, where the next one begins of which that is known, or where the file ends. */
function limitsOf(blocks: readonly Block[], mediaLength: number): readonly number[] {
  const limits: number[] = [];
  let limit = mediaLength;
  for (const block of blocks.toReversed()) {
    limits.push(limit);
    limit = Math.min(offsetOf(block) ?? limit, mediaLength);
  }
  return limits.reverse();
}

interface Times {
  readonly fromSeconds: number;
  readonly untilSeconds: number;
}

/** Of the pictures, or of the sound where there are none. */
function timesOf(fragments: readonly FoundFragment[], tracks: readonly RecordedTrack[]): Times | null {
  const runs = fragments.flatMap((fragment) => fragment.runs);
  const present = tracks.filter(({ trackId }) => runs.some((run) => run.trackId === trackId));
  const track = present.find(({ kind }) => kind === "video") ?? present[0];
  const own = runs.filter(({ trackId }) => trackId === track?.trackId);
  const [first, last] = [own[0], own.at(-1)];
  if (track === undefined || first === undefined || last === undefined) return null;
  return {
    fromSeconds: first.baseMediaDecodeTime / track.timescale,
    untilSeconds: (last.baseMediaDecodeTime + last.durationTicks) / track.timescale,
  };
}

function isIndependent({ runs }: FoundFragment, tracks: readonly RecordedTrack[]): boolean {
  const video = tracks.find(({ kind }) => kind === "video");
  if (video === undefined) return true;
  return runs.find(({ trackId }) => trackId === video.trackId)?.samples[0]?.isSync ?? false;
}

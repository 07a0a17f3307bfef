// A recording checked: every line of its journal, and every fragment against what the journal says of it. Nothing is written,
// and memory does not grow with its length.

import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { codeOf, isMissing, messageOf, unlessMissing } from "#server/common/failure.ts";
import { Coverage } from "./coverage.ts";
import type { Finding, FindingKind } from "./finding.ts";
import { FragmentCheck } from "./fragment-check.ts";
import {
  type InitializationEntry,
  JOURNAL_VERSION,
  type JournalEntry,
  type RecordedPart,
  type SegmentEndEntry,
  type SegmentStartEntry,
} from "./journal.ts";
import { type JournalLine, readJournalLines } from "./journal-lines.ts";
import type { PieceFile } from "./piece.ts";
import type { RecordingPaths } from "./recording.ts";
import { readFragments } from "./unfinished-segment.ts";

/**
 * `isGrowing`: it is being recorded, or was when its process ended: whatever is at its end is part of what is being written.
 */
export async function* verifyRecording(
  paths: RecordingPaths,
  { isGrowing }: { readonly isGrowing: boolean },
): AsyncGenerator<Finding> {
  const handle = await unlessMissing(open(paths.media, "r"));
  const media = handle === null ? null : onDisk(paths.media, handle);
  try {
    yield* new RecordingCheck(paths, media, isGrowing).findings();
  } catch (error) {
    const { journal: path } = paths;
    const what = "there is no journal: nothing says what the media file holds";
    if (codeOf(error) === null) throw error;
    if (!isMissing(error)) yield { finding: "damaged", path, what: `it cannot be read: ${messageOf(error)}` };
    else if (!isGrowing || media !== null) yield { finding: "missing", path, what };
  } finally {
    await handle?.close();
  }
}

/** The media file as it is checked: bytes at random, and whatever there is of them. */
export interface CheckedMedia {
  readonly file: PieceFile;
  /** Resolves to how many there were. */
  read(bytes: Uint8Array, byteLength: number, offset: number): Promise<number>;
  size(): Promise<number>;
}

/** As {@link verifyRecording}, of one that is complete and whose media file is elsewhere. */
export function verifyMedia(paths: RecordingPaths, media: CheckedMedia | null): AsyncGenerator<Finding> {
  return new RecordingCheck(paths, media, false).findings();
}

function onDisk(path: string, handle: FileHandle): CheckedMedia {
  return {
    file: { file: path },
    read: async (bytes, byteLength, offset) => (await handle.read(bytes, 0, byteLength, offset)).bytesRead,
    size: async () => (await handle.stat()).size,
  };
}

class RecordingCheck {
  readonly #paths: RecordingPaths;
  readonly #media: CheckedMedia | null;
  readonly #isGrowing: boolean;
  readonly #coverage = new Coverage();
  readonly #fragments = new FragmentCheck();
  #open: SegmentStartEntry | null = null;
  #initialization: InitializationEntry | null = null;
  #lastMsn: number | null = null;
  /** What was read last: one for all, as large as the largest part. */
  #bytes = new Uint8Array(0);
  /** The journal speaks of bytes behind the end of the media file; said once, at the end. */
  #isShort = false;

  constructor(paths: RecordingPaths, media: CheckedMedia | null, isGrowing: boolean) {
    this.#paths = paths;
    this.#media = media;
    this.#isGrowing = isGrowing;
  }

  async *findings(): AsyncGenerator<Finding> {
    for await (const line of readJournalLines(this.#paths.journal)) {
      const { value } = line;
      if (value === null) yield* this.#brokenLine(line);
      else if (value.type !== "journal") yield* this.#entry(value, line.number);
      else if (value.version > JOURNAL_VERSION) {
        const what = `the journal is of version ${value.version}; this version of Tandem knows versions up to ${JOURNAL_VERSION}`;
        yield this.#aboutJournal("damaged", what);
        return;
      }
    }
    yield* this.#end();
  }

  *#brokenLine({ number, isTorn }: JournalLine): Generator<Finding> {
    if (isTorn && this.#isGrowing) return;
    yield this.#aboutJournal("damaged", `line ${number} is ${isTorn ? "torn" : "not what was written"}`);
  }

  async *#entry(entry: JournalEntry, line: number): AsyncGenerator<Finding> {
    switch (entry.type) {
      case "initialization":
        yield* this.#checkInitialization(entry);
        return;
      case "segment-start":
        yield* this.#checkStart(entry, line);
        return;
      case "segment-end":
        yield* this.#checkSegment(entry, line);
    }
  }

  async *#checkInitialization(entry: InitializationEntry): AsyncGenerator<Finding> {
    this.#initialization = entry;
    this.#coverage.add(entry.offset, entry.byteLength);
    const bytes = await this.#read(entry.offset, entry.byteLength);
    if (bytes === null) return;
    const isWritten = entry.crc32 === undefined ? isInitialization(bytes) : crc32(bytes) === entry.crc32;
    if (!isWritten)
      yield this.#aboutMedia(
        "damaged",
        `initialization ${entry.id} at byte ${entry.offset} is not what was written`,
      );
  }

  *#checkStart(start: SegmentStartEntry, line: number): Generator<Finding> {
    const { msn, initializationId, discontinuity } = start;
    if (this.#open !== null)
      yield this.#aboutJournal("missing", `segment ${this.#open.msn} has no end before line ${line}`);
    const last = this.#lastMsn;
    if (last !== null && msn <= last)
      yield this.#aboutJournal("damaged", `segment ${msn} follows segment ${last}`);
    else if (last !== null && msn > last + 1 && !discontinuity && this.#open === null)
      yield this.#aboutJournal("missing", `nothing is said of segments ${last + 1} to ${msn - 1}`);
    if (this.#initialization?.id !== initializationId)
      yield this.#aboutJournal(
        "missing",
        `nothing is said of initialization ${initializationId} of segment ${msn}`,
      );
    this.#open = start;
  }

  async *#checkSegment(end: SegmentEndEntry, line: number): AsyncGenerator<Finding> {
    const start = this.#open;
    this.#open = null;
    this.#lastMsn = end.msn;
    if (start?.msn !== end.msn) {
      yield this.#aboutJournal("missing", `segment ${end.msn} has no beginning before line ${line}`);
      if (start !== null)
        yield this.#aboutJournal("missing", `segment ${start.msn} has no end before line ${line}`);
    }
    // A journal of version 1 says nothing of parts.
    const { parts: listed = [] }: Partial<SegmentEndEntry> = end;
    const parts = listed.length > 0 || start === null ? listed : await this.#findParts(start, end);
    const byteLength = parts.reduce((sum, [, length]) => sum + length, 0);
    if (byteLength !== end.byteLength || parts.length !== end.partCount)
      yield this.#aboutMedia(
        "damaged",
        `segment ${end.msn} has ${parts.length} parts of ${byteLength} bytes together, its journal says ${end.partCount} of ${end.byteLength}`,
      );
    const tracks = this.#initialization?.tracks ?? [];
    // Behind what is missing in the journal times go on elsewhere.
    const goesOn = start !== null && !start.discontinuity && start.msn === end.msn;
    this.#fragments.beginSegment(tracks, { goesOn });
    for (const part of parts) yield* this.#checkPart(part, end.msn);
    const problem = this.#fragments.endSegment(end.durationSeconds);
    if (problem !== null) yield this.#aboutMedia("damaged", `segment ${end.msn} ${problem}`);
  }

  async *#checkPart([offset, byteLength, checksum]: RecordedPart, msn: number): AsyncGenerator<Finding> {
    this.#coverage.add(offset, byteLength);
    const bytes = await this.#read(offset, byteLength);
    if (bytes === null) {
      this.#fragments.skip();
      return;
    }
    const where = `a part of segment ${msn} at byte ${offset}`;
    if (crc32(bytes) !== checksum) {
      this.#fragments.skip();
      yield this.#aboutMedia("damaged", `${where} is not what was written`);
      return;
    }
    const problem = this.#fragments.check(bytes);
    if (problem !== null) yield this.#aboutMedia("damaged", `${where} ${problem}`);
  }

  async #findParts({ offset }: SegmentStartEntry, end: SegmentEndEntry): Promise<readonly RecordedPart[]> {
    const { file } = this.#media ?? { file: { file: this.#paths.media } };
    const found = await readFragments(file, offset, offset + end.byteLength);
    return found.map((part) => [part.offset, part.byteLength, part.crc32]);
  }

  async *#end(): AsyncGenerator<Finding> {
    if (this.#media === null) {
      if (this.#coverage.until > 0 || !this.#isGrowing)
        yield this.#aboutMedia("missing", "there is a journal and no media file");
      return;
    }
    for (const { from, until } of this.#coverage.holes())
      yield this.#aboutMedia(
        "unreferenced",
        `the journal says nothing of the bytes from ${from} to ${until}`,
      );
    const size = await this.#media.size();
    if (this.#isShort)
      yield this.#aboutMedia(
        "damaged",
        `it ends at byte ${size}, its journal speaks of ${this.#coverage.until}`,
      );
    if (this.#isGrowing) return;
    if (this.#open !== null) yield this.#aboutJournal("missing", `segment ${this.#open.msn} has no end`);
    if (size > this.#coverage.until)
      yield this.#aboutMedia(
        "unreferenced",
        `the journal says nothing of the bytes from ${this.#coverage.until} to ${size}`,
      );
  }

  /** Good until the next read; null where the file does not have all of it. */
  async #read(offset: number, byteLength: number): Promise<Uint8Array | null> {
    if (this.#media === null) return null;
    if (this.#bytes.byteLength < byteLength) this.#bytes = new Uint8Array(byteLength);
    if ((await this.#media.read(this.#bytes, byteLength, offset)) === byteLength)
      return this.#bytes.subarray(0, byteLength);
    this.#isShort = true;
    return null;
  }

  #aboutJournal(finding: FindingKind, what: string): Finding {
    return { finding, path: this.#paths.journal, what };
  }

  #aboutMedia(finding: FindingKind, what: string): Finding {
    return { finding, path: this.#paths.media, what };
  }
}

/** A file type box and a movie box, and nothing else (ISO/IEC 23000-19 §7.3.1). */
function isInitialization(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const types: string[] = [];
  for (let at = 0; at + 8 <= bytes.byteLength; at += Math.max(8, view.getUint32(at))) {
    if (at + view.getUint32(at) > bytes.byteLength) return false;
    types.push(String.fromCharCode(...bytes.subarray(at + 4, at + 8)));
  }
  return types.join() === "ftyp,moov";
}

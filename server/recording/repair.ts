// A recording that its process, or its machine, left in the middle: whatever is torn or damaged at its end is cut off.
// Its own step, at the start of a process and of a conversion: reading repairs nothing.

import { appendFile, truncate } from "node:fs/promises";
import { crc32 } from "node:zlib";
import {
  encodeJournalLine,
  JOURNAL_VERSION,
  type Journal,
  type JournalEntry,
  type RecordedPart,
} from "./journal.ts";
import type { ListedEntries } from "./listed-entries.ts";
import { mendRecording } from "./mend.ts";
import { readPiece } from "./piece.ts";
import { describeRecording, type Recording, type RecordingPaths, readJournal } from "./recording.ts";
import { closingEntry, readFragments } from "./unfinished-segment.ts";
import { writeNewJournal } from "./write-journal.ts";

/**
 * Null when there is none. A segment that was being written is closed with the parts that are whole: what is on the disk
 * afterwards is what is answered. Where that segment is the first one, the playlist had promised no target duration: then
 * it is `leastTargetDurationSeconds`, if the segment is not longer. Not while it is being recorded.
 */
export async function repairRecording(
  paths: RecordingPaths,
  leastTargetDurationSeconds = 1,
): Promise<Recording | null> {
  let found = await readJournal(paths);
  if (found?.journal.isBroken === true) {
    // A line within it is damaged: what is behind was written, and is not to be cut off with it.
    await mendRecording(paths);
    found = await readJournal(paths);
  }
  if (found === null) return null;
  const { journal, listed, mediaLength } = found;
  const wholeUntil = await reopenDamaged(paths.media, listed, mediaLength);
  await closeOpenSegment(paths.media, listed, wholeUntil, leastTargetDurationSeconds);
  await writeJournal(paths.journal, journal, listed.entries);
  if (listed.endOffset < mediaLength) await truncate(paths.media, listed.endOffset);
  return describeRecording({ file: paths.media }, listed);
}

/** As it is repaired, but nothing is written: while it is being recorded, what follows is open as before. Null when there is none. */
export async function readSoFar(paths: RecordingPaths): Promise<Recording | null> {
  const found = await readJournal(paths);
  if (found === null) return null;
  await closeOpenSegment(paths.media, found.listed, found.mediaLength, 1);
  return describeRecording({ file: paths.media }, found.listed);
}

/**
 * After a power cut the journal may speak of bytes that never reached the disk: segments at the end whose parts are not
 * what was written are open again. Resolves to where the bytes that can be trusted end.
 */
async function reopenDamaged(file: string, listed: ListedEntries, mediaLength: number): Promise<number> {
  let trusted = mediaLength;
  for (;;) {
    const damagedAt = await firstDamage(file, listed.lastParts);
    if (damagedAt === null) return trusted;
    trusted = damagedAt;
    listed.reopenLast();
  }
}

/** Where the first part is that is not as it was written, null where all are. */
async function firstDamage(file: string, parts: readonly RecordedPart[]): Promise<number | null> {
  for (const [offset, byteLength, checksum] of parts) {
    if (crc32(await readPiece({ file, offset, byteLength })) !== checksum) return offset;
  }
  return null;
}

/** The segment that was being written ends with its last whole part. */
async function closeOpenSegment(
  mediaFile: string,
  listed: ListedEntries,
  wholeUntil: number,
  leastTargetDurationSeconds: number,
): Promise<void> {
  const { open, targetDurationSeconds, partTargetSeconds } = listed;
  if (open === null) return;
  const fragments = await readFragments({ file: mediaFile }, open.offset, wholeUntil);
  const tracks = listed.tracksOf(open.initializationId);
  const unfinished = { tracks, targetDurationSeconds, partTargetSeconds, leastTargetDurationSeconds };
  const closing = closingEntry(open, fragments, unfinished);
  if (closing !== null) listed.close(open, closing);
}

/** Leaves the journal with these entries and nothing else; nothing is written where that is so already. */
async function writeJournal(path: string, journal: Journal, entries: readonly JournalEntry[]): Promise<void> {
  const isKept = journal.entries.every((entry, index) => entries[index] === entry);
  if (isKept && journal.version === JOURNAL_VERSION) {
    await truncate(path, journal.byteLength);
    const missing = entries.slice(journal.entries.length).map(encodeJournalLine);
    if (missing.length > 0) await appendFile(path, Buffer.concat(missing));
    return;
  }
  await writeNewJournal(path, entries);
}

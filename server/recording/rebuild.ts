// A recording that the disk has lost, or has only the end of, put together from the segments that the object store has: in the
// same two files as any other. It takes its place at once, and as a whole or not at all.

import { mkdir, rm, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { ObjectStore } from "#server/store/object-store.ts";
import { RebuiltRecording } from "./rebuilt-recording.ts";
import { type Recording, readRecording } from "./recording.ts";
import { recordingPaths } from "./recording-files.ts";
import { replaceFolder, settleFolder } from "./replace-folder.ts";
import { msnIn, OBJECT_NAMES } from "./segment-facts.ts";

/** Asked for at once: a store answers many as fast as one. */
const AHEAD = 8;

/** So much of the disk is left to recordings that go on. */
const LEFT_BYTES = 64 * 1024 * 1024;

/** Behind the name of the folder, while it is put together. */
const UNFINISHED_SUFFIX = ".rebuilt";

export interface RebuildOptions {
  readonly store: Pick<ObjectStore, "list" | "readWhole">;
  readonly livestreamId: string;
  /** Where the recording is, or was; nobody writes to it meanwhile. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** What is on the disk moves within its file: nobody may read it by the old places afterwards. */
  readonly onMove: () => Promise<void>;
}

/**
 * Nothing is done where the store has no segment from before those on the disk: null. Else what a person should know of it, in a
 * sentence.
 */
export async function rebuildRecording(options: RebuildOptions): Promise<string | null> {
  const { livestreamId, folder, signal, onMove } = options;
  await settleFolder(folder);
  const onDisk = await readRecording(recordingPaths(folder));
  const firstMsn = onDisk?.segments[0]?.msn ?? Number.POSITIVE_INFINITY;
  const lost = (await storedSegments(options)).filter(({ msn }) => msn < firstMsn);
  if (lost.length === 0) return null;
  const lostBytes = lost.reduce((sum, { byteLength }) => sum + byteLength, 0);
  await ensureRoom(dirname(folder), lostBytes + (onDisk?.sizeBytes ?? 0));
  const unfinished = `${folder}${UNFINISHED_SUFFIX}`;
  const rebuilt = new RebuiltRecording(unfinished, livestreamId, options.store);
  try {
    await rm(unfinished, { recursive: true, force: true });
    await writeAll(rebuilt, lost, onDisk, signal);
    if (rebuilt.storedCount === 0) return null;
    if (onDisk !== null && onDisk.segments.length > 0) await onMove();
    await replaceFolder(unfinished, folder);
    return rebuilt.message;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** What the store has, and then what the disk has; that alone is not written again. */
async function writeAll(
  rebuilt: RebuiltRecording,
  lost: readonly StoredSegment[],
  onDisk: Recording | null,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const found of inOrder(lost, ({ key }) => rebuilt.read(key))) {
      signal.throwIfAborted();
      if (found !== null) await rebuilt.addStored(found);
    }
    if (onDisk !== null && rebuilt.storedCount > 0) await rebuilt.addAll(onDisk, signal);
  } finally {
    await rebuilt.end();
  }
}

interface StoredSegment {
  readonly msn: number;
  readonly key: string;
  readonly byteLength: number;
}

async function storedSegments({ store, livestreamId }: RebuildOptions): Promise<readonly StoredSegment[]> {
  const segments: StoredSegment[] = [];
  for await (const { key, byteLength } of store.list(`${livestreamId}/${OBJECT_NAMES}`)) {
    const msn = msnIn(key.slice(livestreamId.length + 1));
    if (msn !== null) segments.push({ msn, key, byteLength });
  }
  return segments.sort((a, b) => a.msn - b.msn);
}

/** What `read` makes of each, in their order; some are read ahead. */
async function* inOrder<Item, Result>(
  items: readonly Item[],
  read: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const coming: Promise<Result>[] = [];
  let next = 0;
  while (next < items.length || coming.length > 0) {
    for (const item of items.slice(next, next + AHEAD - coming.length)) {
      const result = read(item);
      result.catch(() => undefined); // Whoever takes it is told.
      coming.push(result);
      next += 1;
    }
    const first = coming.shift();
    if (first !== undefined) yield await first;
  }
}

/** A disk that it fills would end every recording on it. */
async function ensureRoom(folder: string, byteLength: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize - byteLength >= LEFT_BYTES) return;
  throw new Error(`the disk has no room for the ${byteLength} bytes that the object store has of it`);
}

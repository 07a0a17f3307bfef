// The two files of a recording, open at their ends: writes go out one after another, and nobody waits for them.

import { close, closeSync, fdatasync, fstatSync, openSync, write, writev } from "node:fs";
import { dirname } from "node:path";
import { syncFolder } from "#server/common/sync-folder.ts";

export type RecordingFile = "media" | "journal";

/** What a recorder writes through; a test's may fail or stall. */
export interface AppendFiles {
  /** Bytes already there. */
  readonly mediaLength: number;
  readonly journalLength: number;
  /** Appends all of it, or rejects. */
  append(file: RecordingFile, chunks: readonly Uint8Array[]): Promise<void>;
  /** Resolves once everything that was appended survives a power cut. */
  sync(): Promise<void>;
  /** Resolves once everything is on the disk; either way the files are closed then. */
  close(): Promise<void>;
}

/** Throws when they cannot be opened. */
export function openAppendFiles(paths: Readonly<Record<RecordingFile, string>>): AppendFiles {
  const media = openSync(paths.media, "a");
  const journal = openAfter(media, paths.journal);
  const descriptors = { media, journal };
  // The names of new files are their folder's, and the name of a new folder is that of the one it is in.
  const folders = fstatSync(journal).size > 0 ? [] : [dirname(paths.media), dirname(dirname(paths.media))];
  return {
    mediaLength: fstatSync(media).size,
    journalLength: fstatSync(journal).size,
    append: (file, chunks) => appendTo(descriptors[file], chunks),
    sync: () => syncBoth(descriptors, folders),
    close: async () => {
      try {
        await syncBoth(descriptors, folders);
      } finally {
        await closed(media);
        await closed(journal);
      }
    },
  };
}

function openAfter(media: number, journalPath: string): number {
  try {
    return openSync(journalPath, "a");
  } catch (error) {
    closeSync(media);
    throw error;
  }
}

async function appendTo(descriptor: number, chunks: readonly Uint8Array[]): Promise<void> {
  let rest = chunks;
  while (rest.length > 0) rest = without(rest, await writeOnce(descriptor, rest));
}

/** Resolves to the bytes written, which may be fewer than there are. */
function writeOnce(descriptor: number, chunks: readonly Uint8Array[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, written: number): void =>
      error === null ? resolve(written) : reject(error);
    const [first] = chunks;
    if (chunks.length === 1 && first !== undefined) write(descriptor, first, done);
    else writev(descriptor, chunks, done);
  });
}

function without(chunks: readonly Uint8Array[], byteLength: number): readonly Uint8Array[] {
  let remaining = byteLength;
  for (const [index, chunk] of chunks.entries()) {
    if (remaining < chunk.byteLength) return [chunk.subarray(remaining), ...chunks.slice(index + 1)];
    remaining -= chunk.byteLength;
  }
  return [];
}

/** A journal that survives speaks of bytes that do. The folders are done with the first time. */
async function syncBoth({ media, journal }: Record<RecordingFile, number>, folders: string[]): Promise<void> {
  await syncToDisk(media);
  await syncToDisk(journal);
  for (const folder of folders.splice(0)) await syncFolder(folder);
}

function syncToDisk(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(descriptor, (error) => (error === null ? resolve() : reject(error)));
  });
}

function closed(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => {
    close(descriptor, (error) => (error === null || error === undefined ? resolve() : reject(error)));
  });
}

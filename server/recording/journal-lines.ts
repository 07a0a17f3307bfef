// A journal read line by line, whatever is wrong with some of them: memory does not grow with its length.

import { open } from "node:fs/promises";
import { type JournalEntry, parseJournalLine, type VersionLine } from "./journal.ts";

export interface JournalLine {
  /** From 1 on. */
  readonly number: number;
  /** Null where the line is not whole. */
  readonly value: JournalEntry | VersionLine | null;
  /** The file ends before the line does: it was being written, or is torn. */
  readonly isTorn: boolean;
}

/** Far more than the parts of the longest segment take: what is longer is no line of a journal. */
const MAX_LINE_BYTES = 1024 * 1024;

const LINE_FEED = 0x0a;

/** Rejects when the file cannot be read. */
export async function* readJournalLines(path: string): AsyncGenerator<JournalLine> {
  const decoder = new TextDecoder();
  let number = 0;
  let pieces: Uint8Array[] = [];
  let byteLength = 0;
  const keep = (piece: Uint8Array): void => {
    byteLength += piece.byteLength;
    if (byteLength <= MAX_LINE_BYTES) pieces.push(piece);
  };
  const take = (): JournalEntry | VersionLine | null => {
    const isLine = byteLength <= MAX_LINE_BYTES;
    const value = isLine ? parseJournalLine(decoder.decode(Buffer.concat(pieces))) : null;
    pieces = [];
    byteLength = 0;
    number += 1;
    return value;
  };
  for await (const chunk of readChunks(path)) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, from)) {
      keep(chunk.subarray(from, end));
      from = end + 1;
      yield { value: take(), number, isTorn: false };
    }
    if (from < chunk.byteLength) keep(chunk.slice(from));
  }
  if (byteLength === 0) return;
  take();
  yield { value: null, number, isTorn: true };
}

const CHUNK_BYTES = 64 * 1024;

/** Each is good until the next: they are in the same memory. */
async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, "r");
  try {
    const chunk = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

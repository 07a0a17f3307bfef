// What is sent of a programme or a recording: pieces of memory and of files, one after the other.

import { type FileHandle, open } from "node:fs/promises";
import type { ObjectStore } from "#server/store/object-store.ts";
import type { Overlays } from "./overlays.ts";

/** A file that only ever grows: on the disk, or an object. */
export interface PieceFile {
  /** Its path, or its key. */
  readonly file: string;
  /** Where it is an object of; left out of one on the disk. */
  readonly store?: Pick<ObjectStore, "read">;
}

/** A stretch of a file. */
export interface FilePiece extends PieceFile {
  /** Bytes from the beginning of the file. */
  readonly offset: number;
  readonly byteLength: number;
  /** What is sent in the place of bytes of the file. */
  readonly overlays?: Overlays;
}

/** Nobody writes to one that is in memory. */
export type Piece = Uint8Array | FilePiece;

export function isInMemory(piece: Piece): piece is Uint8Array {
  return piece instanceof Uint8Array;
}

/** Pieces of one file that follow each other become one. */
export function joinPieces(pieces: readonly Piece[]): readonly Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (last !== undefined && !isInMemory(last) && !isInMemory(piece) && follows(piece, last)) {
      joined[joined.length - 1] = { ...last, byteLength: last.byteLength + piece.byteLength };
    } else {
      joined.push(piece);
    }
  }
  return joined;
}

/** What lies from `start` up to `end` of the pieces taken together. */
export function stretchOf(pieces: readonly FilePiece[], start: number, end: number): FilePiece[] {
  let at = 0;
  return pieces.flatMap((piece) => {
    const from = Math.max(start, at) - at;
    const to = Math.min(end, at + piece.byteLength) - at;
    at += piece.byteLength;
    return to > from ? [{ ...piece, offset: piece.offset + from, byteLength: to - from }] : [];
  });
}

/** As {@link joinPieces}. */
export function joinFilePieces(pieces: readonly FilePiece[]): FilePiece[] {
  return joinPieces(pieces).flatMap((piece) => (isInMemory(piece) ? [] : [piece]));
}

/** Rejects when the file does not have all of it. */
export async function readPiece({
  file,
  store,
  offset,
  byteLength,
  overlays,
}: FilePiece): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await (store === undefined
    ? Bun.file(file)
        .slice(offset, offset + byteLength)
        .bytes()
    : store.read(file, offset, byteLength));
  if (bytes.byteLength < byteLength) throw new Error(`${file} ends before ${offset + byteLength}`);
  overlays?.put(bytes, offset);
  return bytes;
}

/** What is read at once where the reader does not say: twice as much is not faster. */
const STREAM_BYTES = 512 * 1024;

/** Of an object, which takes a request each time, and of whose ends more is read than is asked for. */
const STORE_BYTES = 2 * 1024 * 1024;

/**
 * One after the other, read as they are taken, into the reader's own memory if it brings some. Fails when a file does not have all
 * of its piece, or is gone.
 */
export function streamPieces(pieces: readonly FilePiece[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  const rest = pieces.filter(({ byteLength }) => byteLength > 0);
  let at = 0;
  let file: FileHandle | null = null;
  /** Of an object: what was read of its piece and is not taken yet. */
  let ahead: Uint8Array = new Uint8Array(0);
  const close = async (): Promise<void> => {
    const closing = file;
    file = null;
    await closing?.close();
  };
  /** Resolves to the bytes that were put into `view`; 0 at the end. */
  const read = async (view: Uint8Array): Promise<number> => {
    const [piece] = rest;
    if (piece === undefined) return 0;
    const offset = piece.offset + at;
    const wanted = view.subarray(0, Math.min(view.byteLength, piece.byteLength - at));
    let bytesRead = wanted.byteLength;
    if (piece.store === undefined) {
      file ??= await open(piece.file, "r");
      bytesRead = (await file.read(wanted, 0, wanted.byteLength, offset)).bytesRead;
    } else {
      const left = Math.min(STORE_BYTES, piece.byteLength - at);
      if (ahead.byteLength === 0) ahead = await piece.store.read(piece.file, offset, left);
      bytesRead = Math.min(bytesRead, ahead.byteLength);
      wanted.set(ahead.subarray(0, bytesRead));
      ahead = ahead.subarray(bytesRead);
    }
    if (bytesRead === 0) throw new Error(`${piece.file} ends before ${piece.offset + piece.byteLength}`);
    piece.overlays?.put(view.subarray(0, bytesRead), offset);
    at += bytesRead;
    if (at < piece.byteLength) return bytesRead;
    rest.shift();
    at = 0;
    await close();
    return bytesRead;
  };
  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: STREAM_BYTES,
    pull: async (controller) => {
      const request = controller.byobRequest;
      const view = request?.view;
      if (!request || !view) return;
      try {
        const byteLength = await read(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
        if (byteLength === 0) controller.close();
        request.respond(byteLength);
      } catch (error) {
        await close();
        throw error;
      }
    },
    cancel: close,
  });
}

/** What of the pieces is within these bytes of all of them together. */
export function cutPieces(pieces: readonly FilePiece[], start: number, end: number): FilePiece[] {
  const cut: FilePiece[] = [];
  let before = 0;
  for (const piece of pieces) {
    const from = Math.max(start - before, 0);
    const to = Math.min(end - before, piece.byteLength);
    if (from < to) cut.push({ ...piece, offset: piece.offset + from, byteLength: to - from });
    before += piece.byteLength;
  }
  return cut;
}

/** All of them as one, read from wherever they are. */
export async function gatherPieces(pieces: readonly Piece[]): Promise<Blob> {
  const read = async (piece: Piece) => (isInMemory(piece) ? new Uint8Array(piece) : readPiece(piece));
  return new Blob(await Promise.all(pieces.map(read)));
}

function follows(piece: FilePiece, last: FilePiece): boolean {
  return (
    piece.file === last.file && piece.store === last.store && piece.offset === last.offset + last.byteLength
  );
}

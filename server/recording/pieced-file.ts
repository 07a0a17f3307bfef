// Pieces of files read as if they were one file: for a thread that waits for the disk.

import { closeSync, openSync, readSync } from "node:fs";
import { Fmp4Error } from "#media/fmp4/fmp4-error.ts";
import type { FilePiece } from "./piece.ts";

/** A piece, and where it is in all of them. */
interface Placed {
  readonly descriptor: number;
  readonly start: number;
  readonly piece: FilePiece;
}

export class PiecedFile {
  readonly #descriptors = new Map<string, number>();
  readonly #placed: Placed[] = [];
  #end: number;

  /** Positions count on from that of the first piece in its file. Throws where a file cannot be opened. */
  constructor(pieces: readonly FilePiece[]) {
    this.#end = pieces[0]?.offset ?? 0;
    try {
      for (const piece of pieces) {
        this.#placed.push({ descriptor: this.#open(piece.file), start: this.#end, piece });
        this.#end += piece.byteLength;
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Fills `bytes` with what is at `position`; throws where that is not all there. */
  read(bytes: Uint8Array, position: number): void {
    let at = 0;
    for (const { descriptor, start, piece } of this.#placed) {
      const within = position + at - start;
      if (within < 0 || within >= piece.byteLength || at === bytes.byteLength) continue;
      const length = Math.min(bytes.byteLength - at, piece.byteLength - within);
      readWhole(descriptor, bytes.subarray(at, at + length), piece.offset + within);
      at += length;
    }
    if (at < bytes.byteLength)
      throw new Fmp4Error(`nothing is at ${position + at}: the pieces end at ${this.#end}`);
  }

  close(): void {
    for (const descriptor of this.#descriptors.values()) closeSync(descriptor);
    this.#descriptors.clear();
  }

  #open(file: string): number {
    const descriptor = this.#descriptors.get(file) ?? openSync(file, "r");
    this.#descriptors.set(file, descriptor);
    return descriptor;
  }
}

export function readWhole(file: number, bytes: Uint8Array, offset: number): void {
  for (let at = 0; at < bytes.byteLength; ) {
    const read = readSync(file, bytes, at, bytes.byteLength - at, offset + at);
    if (read === 0) throw new Fmp4Error(`the file ends before ${offset + bytes.byteLength}`);
    at += read;
  }
}

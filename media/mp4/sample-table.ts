// One table of a movie's samples on its way out: what is full is handed over, so that it may be of any length.

import { ByteWriter } from "#media/bytes/byte-writer.ts";

/** Takes the next bytes of a table; all of them, one after the other, are the table. */
export type StoreTable = (table: SampleTable, bytes: Uint8Array) => void;

/** Bytes that are handed over at once. */
const BLOCK_BYTES = 64 * 1024;

export class SampleTable {
  readonly #store: StoreTable;
  #writer = new ByteWriter(BLOCK_BYTES);
  #entryCount = 0;
  #storedBytes = 0;

  constructor(store: StoreTable) {
    this.#store = store;
  }

  get entryCount(): number {
    return this.#entryCount;
  }

  get byteLength(): number {
    return this.#storedBytes + this.#writer.length;
  }

  /** An entry of unsigned 32-bit fields. */
  add(...fields: readonly number[]): void {
    for (const field of fields) this.#writer.u32(field);
    this.#added();
  }

  /** An entry of one 64-bit field. */
  addLong(field: number): void {
    this.#writer.u64(field);
    this.#added();
  }

  /** An entry of a 64-bit and a 32-bit field. */
  addPlace(offset: number, field: number): void {
    this.#writer.u64(offset).u32(field);
    this.#added();
  }

  /** Nothing is added any more: the rest is handed over. */
  end(): void {
    const bytes = this.#writer.take();
    this.#storedBytes += bytes.byteLength;
    if (bytes.byteLength > 0) this.#store(this, bytes);
  }

  #added(): void {
    this.#entryCount += 1;
    if (this.#writer.length < BLOCK_BYTES) return;
    this.end();
    this.#writer = new ByteWriter(BLOCK_BYTES);
  }
}

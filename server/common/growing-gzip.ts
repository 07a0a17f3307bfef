// A text that only ever grows, kept compressed: nothing of it is compressed twice but its end.

import { promisify } from "node:util";
import { crc32, deflateRawSync, inflateRaw, constants as zlib } from "node:zlib";

/** Compressed within 0.3 ms. What comes after the last block is compressed whenever the whole is asked for. */
const BLOCK_BYTES = 16 * 1024;

/** Lines that resemble each other are found within a few of them: further back there are only longer names for the same. */
const WINDOW_BITS = 11;

const COMPRESSION = { level: 9, memLevel: 9, windowBits: WINDOW_BITS };

/** RFC 1952 §2.3: deflated, without a name and a time, by nobody in particular. */
const GZIP_HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);

const inflated = promisify(inflateRaw);

export class GrowingGzip {
  /** Whole blocks (RFC 1951), none of them marked as the last one. */
  #blocks = new Uint8Array();
  /** The end of the text in the blocks: what follows may refer to it. */
  #dictionary = new Uint8Array();
  /** CRC-32 and length of the text in the blocks. */
  #checksum = 0;
  #byteLength = 0;
  /** Behind the blocks. */
  #open = new Uint8Array();

  append(text: string): void {
    this.#open = this.#openAnd(text);
    if (this.#open.byteLength < BLOCK_BYTES) return;
    this.#blocks = joined(this.#blocks, this.#deflated(this.#open, zlib.Z_SYNC_FLUSH));
    this.#checksum = crc32(this.#open, this.#checksum);
    this.#byteLength += this.#open.byteLength;
    this.#dictionary = this.#open.slice(-(2 ** WINDOW_BITS));
    this.#open = new Uint8Array();
  }

  /** Gzip of the text and what comes behind it for now: one member (RFC 1952), since not every browser reads a second. */
  gzipped(rest: string): Blob {
    const open = this.#openAnd(rest);
    const trailer = new DataView(new ArrayBuffer(8));
    trailer.setUint32(0, crc32(open, this.#checksum), true); // CRC32
    trailer.setUint32(4, this.#byteLength + open.byteLength, true); // ISIZE
    return new Blob([GZIP_HEADER, this.#blocks, this.#deflated(open, zlib.Z_FINISH), trailer]);
  }

  /** The same as it reads; made on another thread. */
  async plain(rest: string): Promise<Blob> {
    const open = this.#openAnd(rest);
    return new Blob([await inflated(this.#blocks, { finishFlush: zlib.Z_SYNC_FLUSH }), open]);
  }

  #openAnd(text: string): Uint8Array<ArrayBuffer> {
    return joined(this.#open, new TextEncoder().encode(text));
  }

  #deflated(bytes: Uint8Array, finishFlush: number): Uint8Array<ArrayBuffer> {
    const dictionary = this.#dictionary.byteLength === 0 ? {} : { dictionary: this.#dictionary };
    return deflateRawSync(bytes, { ...COMPRESSION, ...dictionary, finishFlush });
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.byteLength + second.byteLength);
  bytes.set(first);
  bytes.set(second, first.byteLength);
  return bytes;
}

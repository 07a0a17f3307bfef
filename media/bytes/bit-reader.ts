// Reads bit fields and Exp-Golomb codes, most significant bit first, in the order a codec's syntax table lists them.

import { EndOfBytesError } from "./byte-reader.ts";

/** A cursor over bytes it does not own. Throws {@link EndOfBytesError}. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** In bits. */
  get remaining(): number {
    return this.#bytes.byteLength * 8 - this.#position;
  }

  /** In bits, from the beginning. */
  get position(): number {
    return this.#position;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  /** An unsigned field of up to 32 bits. */
  bits(count: number): number {
    this.#require(count);
    let value = 0;
    let left = count;
    while (left > 0) {
      const available = 8 - (this.#position & 7);
      const taken = Math.min(available, left);
      const byte = this.#bytes[this.#position >> 3] ?? 0;
      value = value * 2 ** taken + ((byte >> (available - taken)) & ((1 << taken) - 1));
      this.#position += taken;
      left -= taken;
    }
    return value;
  }

  skip(count: number): void {
    this.#require(count);
    this.#position += count;
  }

  /** On to the next byte boundary; nothing where it already is one. */
  alignToByte(): void {
    this.#position = (this.#position + 7) & ~7;
  }

  /** ue(v) of ITU-T H.264 §9.1. A prefix longer than any 32-bit value needs is a `RangeError`. */
  unsignedExpGolomb(): number {
    let leadingZeros = 0;
    while (!this.flag()) {
      leadingZeros += 1;
      if (leadingZeros > 32) throw new RangeError("Exp-Golomb code of more than 32 leading zeros");
    }
    return 2 ** leadingZeros - 1 + this.bits(leadingZeros);
  }

  /** se(v) of ITU-T H.264 §9.1.1. */
  signedExpGolomb(): number {
    const code = this.unsignedExpGolomb();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }

  #require(count: number): void {
    if (count > this.remaining) throw new EndOfBytesError(Math.ceil(count / 8), this.remaining >> 3);
  }
}

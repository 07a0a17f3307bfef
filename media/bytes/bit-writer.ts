// Writes bit fields and Exp-Golomb codes, most significant bit first, in the order a codec's syntax table lists them.

import { ByteWriter } from "./byte-writer.ts";

/** The other end of a `BitReader`. A value that does not fit its field is a `RangeError`. */
export class BitWriter {
  readonly #bytes: ByteWriter;
  /** The bits of a byte that is not whole yet, and how many they are. */
  #partial = 0;
  #partialBits = 0;

  constructor(initialCapacity?: number) {
    this.#bytes = new ByteWriter(initialCapacity);
  }

  flag(value: boolean): this {
    return this.bits(value ? 1 : 0, 1);
  }

  /** An unsigned field of up to 32 bits. */
  bits(value: number, count: number): this {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** count)
      throw new RangeError(`${value} does not fit ${count} bits`);
    let left = count;
    while (left > 0) {
      const taken = Math.min(8 - this.#partialBits, left);
      left -= taken;
      const next = (value >>> left) & ((1 << taken) - 1);
      this.#partial = (this.#partial << taken) | next;
      this.#partialBits += taken;
      if (this.#partialBits === 8) this.#endByte();
    }
    return this;
  }

  /** ue(v) of ITU-T H.264 §9.1, up to 2^32 - 1. */
  unsignedExpGolomb(value: number): this {
    if (value < 0 || value >= 2 ** 32) throw new RangeError(`${value} has no Exp-Golomb code of 32 bits`);
    const leadingZeros = Math.floor(Math.log2(value + 1));
    this.bits(0, leadingZeros).bits(1, 1);
    return this.bits(value + 1 - 2 ** leadingZeros, leadingZeros);
  }

  /** se(v) of ITU-T H.264 §9.1.1. */
  signedExpGolomb(value: number): this {
    return this.unsignedExpGolomb(value > 0 ? value * 2 - 1 : value * -2);
  }

  /** Whole bytes, wherever they begin. */
  bytes(value: Uint8Array): this {
    if (this.#partialBits === 0) this.#bytes.bytes(value);
    else for (const byte of value) this.bits(byte, 8);
    return this;
  }

  /** Bits of this value up to the next byte boundary; nothing where it already is one. */
  alignToByte(bit: 0 | 1 = 0): this {
    while (this.#partialBits > 0) this.bits(bit, 1);
    return this;
  }

  /** The bytes written so far, the last one filled up with zeros; the writer is empty again. */
  take(): Uint8Array {
    return this.alignToByte().#bytes.take();
  }

  #endByte(): void {
    this.#bytes.u8(this.#partial);
    this.#partial = 0;
    this.#partialBits = 0;
  }
}

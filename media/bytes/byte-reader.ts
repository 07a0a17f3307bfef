// Reads big-endian fields from the front of a byte array, in the order a specification lists them.

/** Thrown when a field reaches past the end of the bytes. */
export class EndOfBytesError extends Error {
  constructor(wanted: number, remaining: number) {
    super(`needed ${wanted} more bytes, ${remaining} remain`);
    this.name = "EndOfBytesError";
  }
}

/** A cursor over bytes it does not own: views it returns share their memory. Throws {@link EndOfBytesError}. */
export class ByteReader {
  readonly bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.bytes.byteLength - this.#offset;
  }

  u8(): number {
    return this.#byteAt(this.#take(1));
  }

  u16(): number {
    const at = this.#take(2);
    return (this.#byteAt(at) << 8) | this.#byteAt(at + 1);
  }

  u24(): number {
    const at = this.#take(3);
    return (this.#byteAt(at) << 16) | (this.#byteAt(at + 1) << 8) | this.#byteAt(at + 2);
  }

  i24(): number {
    return (this.u24() << 8) >> 8;
  }

  u32(): number {
    return this.i32() >>> 0;
  }

  u32LittleEndian(): number {
    const at = this.#take(4);
    const high = (this.#byteAt(at + 3) << 24) | (this.#byteAt(at + 2) << 16);
    return (high | (this.#byteAt(at + 1) << 8) | this.#byteAt(at)) >>> 0;
  }

  i32(): number {
    const at = this.#take(4);
    const high = (this.#byteAt(at) << 24) | (this.#byteAt(at + 1) << 16);
    return high | (this.#byteAt(at + 2) << 8) | this.#byteAt(at + 3);
  }

  /** Exact up to 2^53; a larger value throws, since nothing here can legitimately hold one. */
  u64(): number {
    const value = this.u32() * 2 ** 32 + this.u32();
    if (value > Number.MAX_SAFE_INTEGER) throw new RangeError(`64-bit field holds ${value}`);
    return value;
  }

  i16(): number {
    return (this.u16() << 16) >> 16;
  }

  f64(): number {
    return new DataView(this.view(8).slice().buffer).getFloat64(0);
  }

  /** A view of the next `length` bytes. */
  view(length: number): Uint8Array {
    const at = this.#take(length);
    return this.bytes.subarray(at, at + length);
  }

  /** A view of everything not read yet. */
  rest(): Uint8Array {
    return this.view(this.remaining);
  }

  skip(length: number): void {
    this.#take(length);
  }

  #take(length: number): number {
    if (length > this.remaining) throw new EndOfBytesError(length, this.remaining);
    const at = this.#offset;
    this.#offset = at + length;
    return at;
  }

  /** Indexes straight into the array: a DataView would first have to ask it for its buffer, which copies a small one. */
  #byteAt(index: number): number {
    return this.bytes[index] ?? 0;
  }
}

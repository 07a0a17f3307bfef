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
  #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.bytes.byteLength - this.#offset;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  u24(): number {
    const at = this.#take(3);
    return (this.#view.getUint16(at) << 8) | this.#view.getUint8(at + 2);
  }

  i24(): number {
    return (this.u24() << 8) >> 8;
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  u32LittleEndian(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4));
  }

  /** Exact up to 2^53; a larger value throws, since nothing here can legitimately hold one. */
  u64(): number {
    const value = this.#view.getBigUint64(this.#take(8));
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError(`64-bit field holds ${value}`);
    return Number(value);
  }

  i16(): number {
    return this.#view.getInt16(this.#take(2));
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8));
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
}

// Appends big-endian fields to a growing byte array.

const NOTHING = new DataView(new ArrayBuffer(0));

/** What a writer that was given no capacity begins with. */
const FIRST_CAPACITY = 256;

/** Grows by doubling; {@link ByteWriter.take} hands over what was written and starts afresh. */
export class ByteWriter {
  #view: DataView<ArrayBuffer>;
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(initialCapacity = FIRST_CAPACITY) {
    // The buffer first: asking a small typed array for its buffer costs a copy of it.
    const buffer = new ArrayBuffer(initialCapacity);
    this.#view = new DataView(buffer);
    this.#bytes = new Uint8Array(buffer);
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    const at = this.#grow(1);
    this.#view.setUint8(at, value);
    return this;
  }

  u16(value: number): this {
    const at = this.#grow(2);
    this.#view.setUint16(at, value);
    return this;
  }

  u24(value: number): this {
    const at = this.#grow(3);
    this.#view.setUint8(at, value >>> 16);
    this.#view.setUint16(at + 1, value & 0xffff);
    return this;
  }

  u32(value: number): this {
    const at = this.#grow(4);
    this.#view.setUint32(at, value);
    return this;
  }

  u32LittleEndian(value: number): this {
    const at = this.#grow(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  i32(value: number): this {
    const at = this.#grow(4);
    this.#view.setInt32(at, value);
    return this;
  }

  /** `value` is a safe integer, not negative. */
  u64(value: number): this {
    return this.u32(Math.floor(value / 2 ** 32)).u32(value % 2 ** 32);
  }

  i16(value: number): this {
    const at = this.#grow(2);
    this.#view.setInt16(at, value);
    return this;
  }

  f64(value: number): this {
    const at = this.#grow(8);
    this.#view.setFloat64(at, value);
    return this;
  }

  /** One byte for each character, all of which are ASCII. */
  ascii(text: string): this {
    const at = this.#grow(text.length);
    for (let index = 0; index < text.length; index += 1)
      this.#view.setUint8(at + index, text.charCodeAt(index));
    return this;
  }

  bytes(value: Uint8Array): this {
    const at = this.#grow(value.byteLength);
    this.#bytes.set(value, at);
    return this;
  }

  /** Writes again over a field that was written at `at` before its value was known. */
  overwriteU32(at: number, value: number): void {
    this.#view.setUint32(at, value);
  }

  /** The bytes written so far, owned by the caller from now on; the writer is empty again. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#view = NOTHING;
    this.#bytes = new Uint8Array(NOTHING.buffer);
    this.#length = 0;
    return taken;
  }

  #grow(length: number): number {
    const at = this.#length;
    const needed = at + length;
    if (needed > this.#bytes.byteLength) {
      const buffer = new ArrayBuffer(Math.max(needed, this.#bytes.byteLength * 2, FIRST_CAPACITY));
      const grown = new Uint8Array(buffer);
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
      this.#view = new DataView(buffer);
    }
    this.#length = needed;
    return at;
  }
}

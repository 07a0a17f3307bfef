// Short stretches of bytes that are sent in the place of those that a file has there.

export class Overlays {
  /** Bytes from the beginning of the file, rising. */
  readonly #offsets: Float64Array;
  readonly #which: Uint8Array;
  readonly #stretches: readonly Uint8Array[];
  readonly #longest: number;

  /** At `offsets[n]` go the bytes `stretches[which[n]]`: 9 bytes of memory each. */
  constructor(offsets: Float64Array, which: Uint8Array, stretches: readonly Uint8Array[]) {
    this.#offsets = offsets;
    this.#which = which;
    this.#stretches = stretches;
    this.#longest = Math.max(0, ...stretches.map(({ byteLength }) => byteLength));
  }

  /** The same for a file that has what they go over so many bytes further behind. */
  shiftedBy(byteLength: number): Overlays {
    return new Overlays(
      this.#offsets.map((offset) => offset + byteLength),
      this.#which,
      this.#stretches,
    );
  }

  /** Puts them over `bytes`, which were read at `offset` of the file. */
  put(bytes: Uint8Array, offset: number): void {
    const end = offset + bytes.byteLength;
    for (let index = this.#firstFrom(offset - this.#longest); index < this.#offsets.length; index += 1) {
      const at = (this.#offsets[index] ?? 0) - offset;
      if (offset + at >= end) return;
      const stretch = this.#stretches[this.#which[index] ?? 0] ?? new Uint8Array();
      const seen = stretch.subarray(Math.max(0, -at), bytes.byteLength - at);
      bytes.set(seen, Math.max(0, at));
    }
  }

  /** The first that begins at `offset` or behind it. */
  #firstFrom(offset: number): number {
    let from = 0;
    let to = this.#offsets.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#offsets[middle] ?? 0) < offset) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

// Bytes, or what is made of them, kept by name: the least recently used dropped when together they grow too large.

export class ByteCache<Value extends { readonly byteLength: number }> {
  readonly #maxBytes: number;
  /** The last used one last. */
  readonly #entries = new Map<string, Value>();
  #byteLength = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(name: string): Value | null {
    const bytes = this.#entries.get(name);
    if (bytes === undefined) return null;
    this.#entries.delete(name);
    this.#entries.set(name, bytes);
    return bytes;
  }

  /** What alone is larger than everything that may be kept is not kept. */
  set(name: string, bytes: Value): void {
    this.delete(name);
    this.#entries.set(name, bytes);
    this.#byteLength += bytes.byteLength;
    for (const oldest of this.#entries.keys()) {
      if (this.#byteLength <= this.#maxBytes) return;
      this.delete(oldest);
    }
  }

  delete(name: string): void {
    const bytes = this.#entries.get(name);
    if (bytes === undefined) return;
    this.#entries.delete(name);
    this.#byteLength -= bytes.byteLength;
  }

  deleteAllBelow(prefix: string): void {
    for (const name of this.#entries.keys()) if (name.startsWith(prefix)) this.delete(name);
  }
}

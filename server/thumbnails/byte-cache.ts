// Byte arrays kept by name, the least recently used of them dropped when they grow too many.

export class ByteCache {
  readonly #maxBytes: number;
  /** The last used one last. */
  readonly #entries = new Map<string, Uint8Array>();
  #byteLength = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(name: string): Uint8Array | null {
    const bytes = this.#entries.get(name);
    if (bytes === undefined) return null;
    this.#entries.delete(name);
    this.#entries.set(name, bytes);
    return bytes;
  }

  /** What alone is larger than everything that may be kept is not kept. */
  set(name: string, bytes: Uint8Array): void {
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

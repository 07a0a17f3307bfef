// Bytes, or what is made of them, kept by name: loaded once for all who ask at the same time, and the least recently used
// dropped when together they grow too large.

/** `Absent`: what a loader says instead where there is nothing to be kept. */
export class ByteCache<Value extends { readonly byteLength: number }, Absent extends string = never> {
  readonly #maxBytes: number;
  /** The last used one last. */
  readonly #entries = new Map<string, Value>();
  readonly #loading = new Map<string, Promise<Value | Absent>>();
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

  /** What is being loaded under this name; null when nothing is. */
  loading(name: string): Promise<Value | Absent> | null {
    return this.#loading.get(name) ?? null;
  }

  /** What `load` resolves to, which is kept; while it is being loaded, the same for whoever else asks. */
  async load(name: string, load: () => Promise<Value | Absent>): Promise<Value | Absent> {
    const pending = this.#loading.get(name);
    if (pending !== undefined) return pending;
    const loading = load();
    this.#loading.set(name, loading);
    const isWanted = (): boolean => this.#loading.get(name) === loading;
    try {
      const loaded = await loading;
      if (isWanted() && typeof loaded !== "string") this.set(name, loaded);
      return loaded;
    } finally {
      if (isWanted()) this.#loading.delete(name);
    }
  }

  /** A value that is larger than all that may be kept is not kept. */
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

  /** What is being loaded is given to whoever waits for it, and not kept either. */
  deleteAllBelow(prefix: string): void {
    for (const name of this.#entries.keys()) if (name.startsWith(prefix)) this.delete(name);
    for (const name of this.#loading.keys()) if (name.startsWith(prefix)) this.#loading.delete(name);
  }
}

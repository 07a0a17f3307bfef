// An object store in memory, which a test makes fail.

import {
  type FileStretch,
  ObjectMissingError,
  type ObjectStore,
  type StoredObject,
  type WholeObject,
} from "#server/store/object-store.ts";

export class FakeObjectStore implements ObjectStore {
  readonly objects = new Map<string, WholeObject>();
  /** What every call fails with; null = none does. */
  trouble: Error | null = null;
  /** Calls that were made, by name. */
  readonly calls: string[] = [];

  get keys(): readonly string[] {
    return [...this.objects.keys()].sort();
  }

  async check(): Promise<void> {
    this.#call("check");
  }

  async put(key: string, body: Uint8Array<ArrayBuffer>, _ = "", facts?: string): Promise<void> {
    this.#call(`put ${key}`);
    this.objects.set(key, { bytes: body.slice(), facts: facts ?? null });
  }

  async putNew(key: string, body: Uint8Array<ArrayBuffer>, _: string, facts?: string): Promise<boolean> {
    this.#call(`putNew ${key}`);
    if (this.objects.has(key)) return false;
    this.objects.set(key, { bytes: body.slice(), facts: facts ?? null });
    return true;
  }

  async readWhole(key: string): Promise<WholeObject> {
    this.#call(`readWhole ${key}`);
    return this.#get(key);
  }

  async putFile(key: string, { path, byteLength }: FileStretch): Promise<void> {
    this.#call(`putFile ${key}`);
    const bytes = await Bun.file(path).slice(0, byteLength).bytes();
    this.objects.set(key, { bytes, facts: null });
  }

  async byteLengthOf(key: string): Promise<number | null> {
    this.#call(`byteLengthOf ${key}`);
    return this.objects.get(key)?.bytes.byteLength ?? null;
  }

  async read(key: string, offset: number, byteLength: number): Promise<Uint8Array<ArrayBuffer>> {
    this.#call(`read ${key}`);
    const bytes = this.#get(key).bytes.slice(offset, offset + byteLength);
    if (bytes.byteLength < byteLength) throw new ObjectMissingError(key, "ends before");
    return bytes;
  }

  async *list(prefix: string): AsyncGenerator<StoredObject> {
    this.#call(`list ${prefix}`);
    for (const [key, { bytes }] of [...this.objects].sort()) {
      if (key.startsWith(prefix)) yield { key, byteLength: bytes.byteLength };
    }
  }

  async rename(key: string, to: string): Promise<void> {
    this.#call(`rename ${key} ${to}`);
    this.objects.set(to, this.#get(key));
    this.objects.delete(key);
  }

  async remove(key: string): Promise<void> {
    this.#call(`remove ${key}`);
    this.objects.delete(key);
  }

  async presignedUrl(key: string, seconds: number): Promise<string> {
    return `https://store.example/${key}?expires=${seconds}`;
  }

  #call(name: string): void {
    this.calls.push(name);
    if (this.trouble !== null) throw this.trouble;
  }

  #get(key: string): WholeObject {
    const kept = this.objects.get(key);
    if (kept === undefined) throw new ObjectMissingError(key);
    return kept;
  }
}

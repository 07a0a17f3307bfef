// The media file of a recording in the object store: whatever is read of it is compared with the checksums in its journal, so that
// nobody is sent what the store, or the way from it, has damaged.

import { crc32 } from "node:zlib";
import { type ObjectStore, ObjectStoreTroubleError } from "#server/store/object-store.ts";
import type { JournalEntry, RecordedPart } from "./journal.ts";

/**
 * What was damaged on its way is right the second time. `damageIn`: what is wrong with what was read, null where nothing is. Throws
 * an {@link ObjectStoreTroubleError} for what is damaged again.
 */
export async function readSound<Read>(
  read: () => Promise<Read>,
  damageIn: (found: Read) => string | null,
): Promise<Read> {
  const first = await read();
  if (damageIn(first) === null) return first;
  const second = await read();
  const damage = damageIn(second);
  if (damage === null) return second;
  throw new ObjectStoreTroubleError("OBJECT_DAMAGED", damage);
}

export class CheckedObject {
  readonly #store: Pick<ObjectStore, "read">;
  readonly #load: () => Promise<Checksums>;
  #checksums: Promise<Checksums> | null = null;

  /** `load`: asked with the first read. */
  constructor(store: Pick<ObjectStore, "read">, load: () => Promise<Checksums>) {
    this.#store = store;
    this.#load = load;
  }

  /** As of an object store; throws an {@link ObjectStoreTroubleError} for what is not as it was written. */
  async read(key: string, offset: number, byteLength: number): Promise<Uint8Array<ArrayBuffer>> {
    const checksums = await this.#known();
    const { from, until } = checksums.around(offset, offset + byteLength);
    const bytes = await readSound(
      () => this.#store.read(key, from, until - from),
      (found) => {
        const damagedAt = checksums.damagedAt(found, from);
        return damagedAt === null ? null : `${key} has other bytes at ${damagedAt} than were written`;
      },
    );
    return bytes.subarray(offset - from, offset - from + byteLength);
  }

  #known(): Promise<Checksums> {
    if (this.#checksums !== null) return this.#checksums;
    const checksums = this.#load();
    this.#checksums = checksums;
    // Whoever asked gets the failure; the next asks again.
    checksums.catch(() => {
      this.#checksums = null;
    });
    return checksums;
  }
}

/** Of the parts and initializations of a file: sixteen bytes for each of the hundreds of thousands that a day has. */
export class Checksums {
  readonly #offsets: Float64Array;
  readonly #byteLengths: Uint32Array;
  readonly #checksums: Uint32Array;

  constructor(entries: readonly JournalEntry[]) {
    const parts = entries.flatMap(checkedPartsOf).toSorted(([a], [b]) => a - b);
    this.#offsets = Float64Array.from(parts, ([offset]) => offset);
    this.#byteLengths = Uint32Array.from(parts, ([, byteLength]) => byteLength);
    this.#checksums = Uint32Array.from(parts, ([, , checksum]) => checksum);
  }

  /** The same stretch, and all of the parts that it begins and ends in. */
  around(from: number, until: number): { readonly from: number; readonly until: number } {
    const first = this.#firstEndingBehind(from);
    const last = this.#firstEndingBehind(until - 1);
    return {
      from: Math.min(from, this.#offsets[first] ?? from),
      until: (this.#offsets[last] ?? until) < until ? Math.max(until, this.#endOf(last)) : until,
    };
  }

  /** Where the first part that is not as it was written begins; null where all are. `from`: where the bytes begin. */
  damagedAt(bytes: Uint8Array, from: number): number | null {
    const until = from + bytes.byteLength;
    for (let index = this.#firstEndingBehind(from); this.#endOf(index) <= until; index += 1) {
      const offset = this.#offsets[index] ?? 0;
      const part = bytes.subarray(offset - from, this.#endOf(index) - from);
      if (crc32(part) !== this.#checksums[index]) return offset;
    }
    return null;
  }

  #endOf(index: number): number {
    const offset = this.#offsets[index];
    return offset === undefined ? Number.POSITIVE_INFINITY : offset + (this.#byteLengths[index] ?? 0);
  }

  #firstEndingBehind(position: number): number {
    let low = 0;
    let high = this.#offsets.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#endOf(middle) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function checkedPartsOf(entry: JournalEntry): readonly RecordedPart[] {
  if (entry.type === "segment-end") return entry.parts;
  if (entry.type === "segment-start" || entry.crc32 === undefined) return [];
  return [[entry.offset, entry.byteLength, entry.crc32]];
}

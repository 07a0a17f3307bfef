// Stretches of recordings that several viewers ask for, in memory: the file is read once for all of them.

import { ByteCache } from "#server/common/byte-cache.ts";
import { type FilePiece, readPiece } from "#server/recording/piece.ts";
import { ImmutableBytes } from "./playback-answers.ts";

/** Some thirty segments of 2 s at 8 Mbit/s. */
const MAX_CACHED_BYTES = 64 * 1024 * 1024;

/** What is larger is sent from the file, piece by piece. */
const MAX_STRETCH_BYTES = 16 * 1024 * 1024;

/**
 * Memory is not free as soon as it leaves the cache, but when the slowest viewer has it: this bounds what viewers of many
 * different stretches can hold, since a connection on which nothing moves does not last longer.
 */
const MAX_READ_BYTES_PER_MINUTE = 2 * MAX_CACHED_BYTES;

const MINUTE_MS = 60_000;

/** Stretches that one viewer asked for: the next who asks is known to be the second. */
const MAX_REMEMBERED = 1000;

export class StretchCache {
  readonly #monotonicMs: () => number;
  readonly #cache = new ByteCache<ImmutableBytes>(MAX_CACHED_BYTES);
  /** In the order that they were asked for. */
  readonly #askedOnce = new Set<string>();
  #minuteBeganMs = Number.NEGATIVE_INFINITY;
  #readBytes = 0;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  /**
   * Another viewer asks for all of a stretch. Null when it is to be sent from the file: to the first one, and whenever it
   * would be too much for memory. Rejects when it cannot be read. A file of this path only ever grows.
   */
  ask(stretch: FilePiece, contentType: string): ImmutableBytes | Promise<ImmutableBytes> | null {
    const name = nameOf(stretch);
    const known = this.#cache.get(name) ?? this.#cache.loading(name);
    if (known !== null) return known;
    if (this.#isFirst(name) || !this.#mayRead(stretch.byteLength)) return null;
    this.#readBytes += stretch.byteLength;
    return this.#cache.load(name, () => read(stretch, contentType));
  }

  /** What is in memory already, for whoever is no reason to read it; else null. */
  find(stretch: FilePiece): ImmutableBytes | null {
    return this.#cache.get(nameOf(stretch));
  }

  /** The file has other bytes at its places from now on. */
  forget(file: string): void {
    this.#cache.deleteAllBelow(`${file}:`);
  }

  #isFirst(name: string): boolean {
    if (this.#askedOnce.has(name)) return false;
    this.#askedOnce.add(name);
    const [oldest] = this.#askedOnce;
    if (this.#askedOnce.size > MAX_REMEMBERED && oldest !== undefined) this.#askedOnce.delete(oldest);
    return true;
  }

  #mayRead(byteLength: number): boolean {
    const nowMs = this.#monotonicMs();
    if (nowMs - this.#minuteBeganMs >= MINUTE_MS) {
      this.#minuteBeganMs = nowMs;
      this.#readBytes = 0;
    }
    return byteLength <= MAX_STRETCH_BYTES && this.#readBytes + byteLength <= MAX_READ_BYTES_PER_MINUTE;
  }
}

function nameOf({ file, offset, byteLength }: FilePiece): string {
  return `${file}:${offset}+${byteLength}`;
}

async function read(stretch: FilePiece, contentType: string): Promise<ImmutableBytes> {
  return new ImmutableBytes(new Blob([await readPiece(stretch)]), contentType);
}

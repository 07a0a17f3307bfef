// Stretches of recordings, read once for all who watch the same: what was asked for lately is sent from memory.

import { ByteCache } from "#server/byte-cache.ts";
import type { Location } from "#server/recording/recorder.ts";
import { ImmutableBytes, notFoundAnswer } from "./playback-answers.ts";

/** For each of fifty livestreams the newest second at 10 Mbit/s, or the last minute of one. */
const MAX_CACHED_BYTES = 64 * 1024 * 1024;

/** What is larger goes from the disk to the socket piece by piece. */
const MAX_STRETCH_BYTES = 16 * 1024 * 1024;

interface Stretch extends Location {
  readonly file: string;
}

/** Null when the file is gone. */
type Read = Promise<ImmutableBytes | null>;

export class RecordedBytes {
  readonly #cache = new ByteCache<ImmutableBytes>(MAX_CACHED_BYTES);
  /** Those being read; whoever else asks for one waits for the same. */
  readonly #pending = new Map<string, Read>();

  /** At once where it is in memory. A file of this path only ever grows: what lies at an offset stays the same. */
  answer(request: Request, stretch: Stretch, contentType: string): Response | Promise<Response> {
    if (stretch.byteLength > MAX_STRETCH_BYTES)
      return new ImmutableBytes(stretch, contentType).answer(request);
    const name = `${stretch.file}:${stretch.offset}`;
    const cached = this.#cache.get(name);
    if (cached !== null) return cached.answer(request);
    const reading = this.#pending.get(name) ?? this.#read(name, stretch, contentType);
    return reading.then((bytes) => bytes?.answer(request) ?? notFoundAnswer());
  }

  async #read(name: string, stretch: Stretch, contentType: string): Read {
    const reading = read(stretch, contentType);
    this.#pending.set(name, reading);
    try {
      const bytes = await reading;
      if (bytes !== null) this.#cache.set(name, bytes);
      return bytes;
    } finally {
      this.#pending.delete(name);
    }
  }
}

async function read({ file, offset, byteLength }: Stretch, contentType: string): Read {
  const found = Bun.file(file).slice(offset, offset + byteLength);
  try {
    const bytes = await found.bytes();
    if (bytes.byteLength === byteLength) return new ImmutableBytes(new Blob([bytes]), contentType);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  throw new Error(`${file} ends before ${offset + byteLength}`);
}

// The heads of downloads: each is made once, by a thread of its own, however many ask for it at the same time, and kept beside
// its recording.

import { InTurn } from "#server/common/in-turn.ts";
import { type MovieSource, stretchOf } from "./movie-header.ts";
import { type MovieHeader, readMovieHeader } from "./movie-header-file.ts";
import type { MovieHeaderAnswer } from "./movie-header-worker.ts";

export class MovieHeaders {
  /** By file, those that are being looked for or made. */
  readonly #coming = new Map<string, Promise<MovieHeader>>();
  /** By file, the threads that make them. */
  readonly #making = new Map<string, Making>();
  readonly #turns = new InTurn();

  /** Of a recording that does not change any more. Rejects when it cannot be read, or the header not be written. */
  find(source: MovieSource): Promise<MovieHeader> {
    const { headerFile } = source;
    const coming = this.#coming.get(headerFile) ?? this.#findOrMake(source);
    this.#coming.set(headerFile, coming);
    const forget = (): void => {
      if (this.#coming.get(headerFile) === coming) this.#coming.delete(headerFile);
    };
    coming.then(forget, forget);
    return coming;
  }

  /**
   * Its recording is removed: whoever waits for the header gets a failure. Resolves once nothing of it is written any more; one
   * whose turn has not come will find nothing to be made of.
   */
  async abandon(headerFile: string): Promise<void> {
    const making = this.#making.get(headerFile);
    making?.end();
    await making?.ended;
  }

  async #findOrMake(source: MovieSource): Promise<MovieHeader> {
    const stretch = stretchOf(source);
    const known = await readMovieHeader(source.headerFile, stretch);
    if (known !== null) return known;
    // One at a time: two would only share the disk.
    await this.#turns.run("headers", () => this.#make(source));
    const made = await readMovieHeader(source.headerFile, stretch);
    if (made === null) throw new Error(`${source.headerFile} is not as it was written`);
    return made;
  }

  async #make(source: MovieSource): Promise<void> {
    const worker = new Worker(new URL("./movie-header-worker.ts", import.meta.url));
    const { promise: answered, resolve, reject } = Promise.withResolvers<MovieHeaderAnswer>();
    const { promise: ended, resolve: close } = Promise.withResolvers<void>();
    worker.onmessage = ({ data }: MessageEvent<MovieHeaderAnswer>) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.addEventListener("close", () => close());
    this.#making.set(source.headerFile, { end: () => reject(new Error("the recording is removed")), ended });
    try {
      worker.postMessage(source);
      const answer = await answered;
      if (!answer.ok) throw Object.assign(new Error(answer.message), { code: answer.code });
    } finally {
      worker.terminate();
      await ended;
      this.#making.delete(source.headerFile);
    }
  }
}

interface Making {
  readonly end: () => void;
  /** The thread is gone. */
  readonly ended: Promise<void>;
}

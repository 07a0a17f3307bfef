// Where files go that nothing refers to: out of the way, and not away.

import { mkdir, rename } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

export class LostAndFound {
  readonly #dataDirectory: string;
  readonly #folder: string;

  constructor(dataDirectory: string) {
    this.#dataDirectory = dataDirectory;
    this.#folder = join(dataDirectory, "lost-and-found");
  }

  /** Moves a file or a folder of the data directory to the same path in here. Resolves to what was done. */
  async take(path: string): Promise<string> {
    const within = relative(this.#dataDirectory, path);
    const place = `${join(this.#folder, within)}.${Bun.randomUUIDv7()}`;
    await mkdir(dirname(place), { recursive: true });
    await rename(path, place);
    return `moved to ${relative(this.#dataDirectory, place)}`;
  }
}

// The folders that what signed playlists list is in: nobody finds one who was not shown a playlist, and caches need no token.

import { createHmac } from "node:crypto";
import { SECRET_FOLDER_LENGTH } from "#openapi/playback-paths.ts";

/** Some 100 bytes each. */
const MAX_KEPT = 10_000;

export class SecretFolders {
  readonly #secret: Uint8Array;
  /** Those asked for by now: a signature for every segment of every viewer would be one too many. */
  readonly #kept = new Map<string, string>();

  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  /** Of a livestream or an asset: 128 bits in hexadecimal, the same for everybody and after a restart. */
  of(id: string): string {
    const known = this.#kept.get(id);
    if (known !== undefined) return known;
    const folder = createHmac("sha256", this.#secret)
      .update(`folder\n${id}`)
      .digest("hex")
      .slice(0, SECRET_FOLDER_LENGTH);
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(id, folder);
    return folder;
  }

  /** `folder` is as long as any. How long it takes says nothing of how much of it is right. */
  opens(folder: string, id: string): boolean {
    const right = this.of(id);
    let difference = 0;
    for (let index = 0; index < right.length; index += 1)
      difference |= right.charCodeAt(index) ^ folder.charCodeAt(index);
    return difference === 0;
  }
}

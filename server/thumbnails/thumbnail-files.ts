// Pictures on disk: `<livestream id>/<content hash>/` holds the master and what was made of it, each file whole or not there. With
// an object store the masters are there, too, and come back from there.

import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { unlessMissing } from "#server/common/failure.ts";
import { syncFolder } from "#server/common/sync-folder.ts";
import type { StoredPictures } from "./stored-pictures.ts";

/** The master within its folder. */
export const MASTER_FILE = "master.jpeg";

export class ThumbnailFiles {
  readonly #folder: string;
  readonly #stored: StoredPictures | null;

  /** `folder` holds a folder for each livestream, and is made with the first of them. */
  constructor(folder: string, stored: StoredPictures | null = null) {
    this.#folder = folder;
    this.#stored = stored;
  }

  /** What the last process did not bring to the store is on its way there again. */
  async start(): Promise<void> {
    if (this.#stored === null) return;
    const pictures = await Array.fromAsync(new Bun.Glob(`*/*/${MASTER_FILE}`).scan(this.#folder)).catch(
      () => [],
    );
    const missing = await this.#stored.missingOf(pictures.map((path) => dirname(path)));
    for (const picture of missing) {
      const [livestreamId = "", contentHash = ""] = picture.split("/");
      this.#keep(livestreamId, contentHash);
    }
  }

  /** The picture is on the disk for good when this resolves, unless it was there already. */
  async store(livestreamId: string, contentHash: string, master: Uint8Array): Promise<void> {
    await this.#write(livestreamId, contentHash, master);
    this.#keep(livestreamId, contentHash);
  }

  async #write(livestreamId: string, contentHash: string, master: Uint8Array): Promise<void> {
    const folder = this.#path(livestreamId);
    const final = this.#path(livestreamId, contentHash);
    if (await Bun.file(join(final, MASTER_FILE)).exists()) return;
    await mkdir(folder, { recursive: true });
    const unfinished = join(folder, unfinishedName());
    try {
      await mkdir(unfinished);
      await writeThrough(join(unfinished, MASTER_FILE), master);
      await rename(unfinished, final);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      throw error;
    }
    await syncFolder(folder);
  }

  /** Null when it is not there. */
  async read(livestreamId: string, contentHash: string, file: string): Promise<Uint8Array | null> {
    const bytes = await this.#readHere(livestreamId, contentHash, file);
    if (bytes !== null || file !== MASTER_FILE || this.#stored === null) return bytes;
    const master = await this.#stored.read(livestreamId, contentHash);
    if (master !== null) await this.#write(livestreamId, contentHash, master);
    return master;
  }

  /** Beside the master. Throws when that is not there any more, or the disk is full. */
  async add(livestreamId: string, contentHash: string, file: string, bytes: Uint8Array): Promise<void> {
    const folder = this.#path(livestreamId, contentHash);
    const unfinished = join(folder, unfinishedName());
    try {
      await writeThrough(unfinished, bytes);
      await rename(unfinished, join(folder, file));
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  /** Removes every picture of the livestream but these, and what a crash left unfinished. */
  async keepOnly(livestreamId: string, contentHashes: ReadonlySet<string>): Promise<void> {
    const names = (await unlessMissing(readdir(this.#path(livestreamId)))) ?? [];
    const stale = names.filter((name) => !contentHashes.has(name));
    await Promise.all(
      stale.map((name) => rm(this.#path(livestreamId, name), { recursive: true, force: true })),
    );
    this.#stored?.sweep(livestreamId, contentHashes);
  }

  /** Whatever is there of the livestream; nothing is no error. */
  async remove(livestreamId: string): Promise<void> {
    await rm(this.#path(livestreamId), { recursive: true, force: true });
    await this.#stored?.remove(livestreamId);
  }

  #keep(livestreamId: string, contentHash: string): void {
    this.#stored?.keep(livestreamId, contentHash, () =>
      this.#readHere(livestreamId, contentHash, MASTER_FILE),
    );
  }

  #readHere(
    livestreamId: string,
    contentHash: string,
    file: string,
  ): Promise<Uint8Array<ArrayBuffer> | null> {
    return unlessMissing(Bun.file(this.#path(livestreamId, contentHash, file)).bytes());
  }

  #path(...names: readonly string[]): string {
    if (!names.every(isPlainName)) throw new Error(`${names.join("/")} is no path of a picture`);
    return join(this.#folder, ...names);
  }
}

/** Ids, hashes and files: nothing that could lead out of the folder. */
function isPlainName(name: string): boolean {
  return /^[\w.-]+$/.test(name) && !/^\.+$/.test(name);
}

function unfinishedName(): string {
  return `unfinished-${Bun.randomUUIDv7()}`;
}

async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, "wx");
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

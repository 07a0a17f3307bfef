// Pictures on disk: `<livestream id>/<content hash>/` holds the master and what was made of it, each file whole or not there.

import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { unlessMissing } from "#server/common/failure.ts";
import { syncFolder } from "#server/common/sync-folder.ts";

/** The master within its folder. */
export const MASTER_FILE = "master.jpeg";

export class ThumbnailFiles {
  readonly #folder: string;

  /** `folder` holds a folder for each livestream, and is made with the first of them. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The picture is on the disk for good when this resolves, unless it was there already. */
  async store(livestreamId: string, contentHash: string, master: Uint8Array): Promise<void> {
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
    return unlessMissing(Bun.file(this.#path(livestreamId, contentHash, file)).bytes());
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
  }

  /** Whatever is there of the livestream; nothing is no error. */
  async remove(livestreamId: string): Promise<void> {
    await rm(this.#path(livestreamId), { recursive: true, force: true });
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

// `tandem migrate-recordings`: the recordings and pictures of a data directory go to the object store or, with `--back`, come
// back from there. Each is compared byte for byte before it leaves where it was; what was moved before is not moved again.

import { mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { delay } from "#server/common/delay.ts";
import { messageOf, unlessMissing } from "#server/common/failure.ts";
import type { Log } from "#server/common/log.ts";
import { StartError } from "#server/common/start-error.ts";
import { Recordings } from "#server/recording/recordings.ts";
import { replaceFolder, settleFolder } from "#server/recording/replace-folder.ts";
import { StoredRecordings } from "#server/recording/stored-recordings.ts";
import { openDataDirectory } from "#server/store/data-directory.ts";
import { diskTroubleOf } from "#server/store/disk-trouble.ts";
import type { ObjectStore } from "#server/store/object-store.ts";
import { openReferences } from "#server/store/open-stores.ts";
import type { References } from "#server/store/references.ts";
import { openObjectStore } from "#server/store/s3/open-object-store.ts";
import type { S3Place } from "#server/store/s3/s3-requests.ts";
import { lockDataDirectory } from "#server/store/sqlite/data-directory-lock.ts";
import { StoredPictures } from "#server/thumbnails/stored-pictures.ts";
import { MASTER_FILE, ThumbnailFiles } from "#server/thumbnails/thumbnail-files.ts";

export interface MigrateRecordingsOptions {
  readonly dataDir: string;
  /** Null = SQLite in the data directory. */
  readonly databaseUrl: string | null;
  readonly objectStore: S3Place | null;
  /** From the store to the disk. */
  readonly isBack: boolean;
  readonly log: Log;
  readonly print: (text: string) => void;
}

/** Throws a {@link StartError} where a server uses the directory, or the store refuses. */
export async function migrateRecordings({
  dataDir,
  databaseUrl,
  objectStore,
  isBack,
  log,
  print,
}: MigrateRecordingsOptions): Promise<void> {
  if (objectStore === null)
    throw new StartError("TANDEM_OBJECT_STORE_URL is not set; it names where recordings go");
  const directory = openDataDirectory(dataDir);
  const lock = lockDataDirectory(directory);
  try {
    const store = await openObjectStore(objectStore, log);
    const { references, close } = await openReferences({ directory, databaseUrl }, { isReadOnly: false });
    try {
      const move = new Move({
        ...{ store, references, log, print },
        recordingsFolder: directory.recordingsFolder,
        thumbnailsFolder: directory.thumbnailsFolder,
      });
      await (isBack ? move.back() : move.there());
    } finally {
      await close();
    }
  } finally {
    lock.release();
  }
}

interface MoveOptions extends Pick<MigrateRecordingsOptions, "log" | "print"> {
  readonly store: ObjectStore;
  readonly references: References;
  readonly recordingsFolder: string;
  readonly thumbnailsFolder: string;
}

class Move {
  readonly #options: MoveOptions;
  readonly #stored: StoredRecordings;
  readonly #recordings: Recordings;
  readonly #pictures: StoredPictures;
  readonly #files: ThumbnailFiles;
  readonly #signal = new AbortController().signal;

  constructor(options: MoveOptions) {
    const { store, log } = options;
    this.#options = options;
    this.#stored = new StoredRecordings({ store, delay, log });
    this.#recordings = new Recordings(options.recordingsFolder, undefined, undefined, this.#stored);
    this.#pictures = new StoredPictures({ store, delay, log });
    this.#files = new ThumbnailFiles(options.thumbnailsFolder, this.#pictures);
  }

  async there(): Promise<void> {
    const { references, recordingsFolder, print } = this.#options;
    for (const id of (await unlessMissing(readdir(recordingsFolder))) ?? []) {
      const files = this.#recordings.archivePaths(id);
      if ((await references.recording(id)) !== "whole") continue;
      if (!(await Bun.file(files.media).exists())) {
        // A run that ended while it took it from the disk.
        if (await this.#stored.isComplete(id)) await this.#recordings.leaveDisk(id);
        continue;
      }
      if (!(await this.#stored.isSame(id, files, this.#signal))) {
        await this.#stored.write(id, files, this.#signal);
        if (!(await this.#stored.isSame(id, files, this.#signal)))
          throw new StartError(`the store has other bytes of ${id} than it was given; it stays on the disk`);
      } else await this.#stored.removeSegments(id);
      await this.#recordings.leaveDisk(id);
      print(`${id}: in the store\n`);
    }
    await this.#files.start();
    await this.#pictures.settled();
  }

  async back(): Promise<void> {
    const { references, print } = this.#options;
    let damaged = 0;
    for (const id of await references.wholeRecordings()) {
      if (await Bun.file(this.#recordings.paths(id).media).exists()) {
        await this.#removeIfSame(id);
        continue;
      }
      try {
        print(`${id}: ${(await this.#fetch(id)) ? "on the disk" : "neither on the disk nor in the store"}\n`);
      } catch (error) {
        if (diskTroubleOf(error) !== "object_damaged") throw error;
        damaged += 1;
        print(`${id}: it stays in the store, which has other bytes than were written: ${messageOf(error)}\n`);
      }
    }
    for (const { livestreamId, contentHash } of await references.pictures()) {
      if ((await this.#files.read(livestreamId, contentHash, MASTER_FILE)) === null) continue;
      await this.#pictures.forget(livestreamId, contentHash);
    }
    if (damaged > 0) throw new StartError(`${damaged} recordings are damaged, and stay in the store`);
  }

  /** False where the store has none. */
  async #fetch(id: string): Promise<boolean> {
    const folder = dirname(this.#recordings.paths(id).media);
    const unfinished = `${folder}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    const fetched = {
      media: join(unfinished, "media.mp4"),
      journal: join(unfinished, "journal.ndjson"),
      header: join(unfinished, "download.head"),
    };
    const isThere = await this.#stored.fetch(id, fetched).catch(async (error: unknown) => {
      await rm(unfinished, { recursive: true, force: true });
      throw error;
    });
    if (!isThere) {
      await rm(unfinished, { recursive: true, force: true });
      return false;
    }
    if (!(await this.#stored.isSame(id, fetched, this.#signal)))
      throw new StartError(`what was fetched of ${id} is not what the store has; it stays there`);
    await settleFolder(folder);
    await replaceFolder(unfinished, folder);
    await this.#stored.remove(id);
    return true;
  }

  /** A run that ended before it had removed what it had fetched. */
  async #removeIfSame(id: string): Promise<void> {
    const files = this.#recordings.archivePaths(id);
    if (await this.#stored.hasNoOther(id, files, this.#signal)) await this.#stored.remove(id);
  }
}

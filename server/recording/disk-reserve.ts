// Room that recordings leave to everything else: a file holds it, and gives it back once the rest of the disk is full.

import { randomBytes } from "node:crypto";
import { existsSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { diskTroubleOf } from "#server/store/disk-trouble.ts";
import type { AppendFiles } from "./append-files.ts";

/** What both databases and their logs need to go on for days. */
const MAX_BYTES = 8 * 1024 * 1024;

/** On a small or nearly full disk the reserve takes one part in this many. */
const LEAST_SHARE = 8;

/** Less than this helps nobody: the disk counts as full. */
const MIN_BYTES = 64 * 1024;

export class DiskReserve {
  readonly #file: string;
  #isHeld = false;

  /** `file` is in a folder that exists once the reserve is taken. */
  constructor(file: string) {
    this.#file = file;
  }

  /** Holds the room, if it is not held already. Throws when there is none. */
  take(): void {
    if (!existsSync(this.#file)) this.#allocate();
    this.#isHeld = true;
  }

  /** The same files; the first write that finds the disk full gives the room back and is, for all of them, the last. */
  leftBy(files: AppendFiles): AppendFiles {
    return {
      mediaLength: files.mediaLength,
      journalLength: files.journalLength,
      append: async (file, chunks) => {
        if (!this.#isHeld) throw diskFull();
        try {
          await files.append(file, chunks);
        } catch (error) {
          if (diskTroubleOf(error) === "disk_full") this.#giveBack();
          throw error;
        }
      },
      sync: () => files.sync(),
      close: () => files.close(),
    };
  }

  #allocate(): void {
    const { bavail, bsize } = statfsSync(dirname(this.#file));
    const byteLength = Math.min(MAX_BYTES, Math.floor((bavail * bsize) / LEAST_SHARE));
    if (byteLength < MIN_BYTES) throw diskFull();
    try {
      // Zeros take no room where the file system compresses.
      writeFileSync(this.#file, randomBytes(byteLength));
    } catch (error) {
      this.#giveBack();
      throw error;
    }
  }

  #giveBack(): void {
    this.#isHeld = false;
    rmSync(this.#file, { force: true });
  }
}

function diskFull(): Error {
  return Object.assign(new Error("ENOSPC: the disk is full, but for what the database needs"), {
    code: "ENOSPC",
  });
}

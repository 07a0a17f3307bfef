// The parts of the server that write to the disk, and a small real write in each.

import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type DiskTrouble, diskTroubleOf } from "#server/store/disk-trouble.ts";
import type { DatabaseProbe } from "#server/store/sqlite/database-probe.ts";

export type DiskPart = "store" | "recordings";

/** What is wrong with each part; null = it takes writes. */
export type DiskReport = Readonly<Record<DiskPart, DiskTrouble | null>>;

/** One block: of zeros it would be none where the file system compresses. */
const PROBE_BYTES = 4096;

/** Where to write. */
export interface DiskPlaces {
  /** Null where rows are not kept on the disk. */
  readonly databaseFile: string | null;
  /** Made if it is not there, as the first recording would. */
  readonly recordingsFolder: string;
}

/** `database` is the one in {@link DiskPlaces.databaseFile}; null without it. */
export function tryDisk(
  database: Pick<DatabaseProbe, "write"> | null,
  { databaseFile, recordingsFolder }: DiskPlaces,
): DiskReport {
  return {
    store: troubleWith(() => {
      // First a file beside it: SQLite maps one of its files into memory, and some file systems that are read-only end a
      // process that writes there.
      if (databaseFile === null) return;
      tryFile(dirname(databaseFile));
      database?.write();
    }),
    recordings: troubleWith(() => {
      mkdirSync(recordingsFolder, { recursive: true });
      tryFile(recordingsFolder);
    }),
  };
}

function tryFile(folder: string): void {
  const file = join(folder, "readiness");
  writeFileSync(file, randomBytes(PROBE_BYTES));
  rmSync(file);
}

/** Whatever fails in an unknown way does not work. */
function troubleWith(write: () => void): DiskTrouble | null {
  try {
    write();
    return null;
  } catch (error) {
    return diskTroubleOf(error) ?? "disk_failing";
  }
}

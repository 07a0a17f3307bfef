// What a failure says about the disk: one table from SQLite's and the system's codes to what is wrong, and to a sentence.

import { codeOf } from "#server/common/failure.ts";

export type DiskTrouble =
  | "disk_read_only"
  | "disk_full"
  | "disk_failing"
  | "database_locked"
  | "no_descriptors";

/** What the server's disk is, or does, in each case. */
export const DISK_TROUBLES: Readonly<Record<DiskTrouble, string>> = {
  disk_read_only: "the disk cannot be written",
  disk_full: "the disk is full",
  disk_failing: "the disk does not work",
  database_locked: "another process holds the database",
  no_descriptors: "there are no file descriptors left",
};

/** SQLite's extended codes begin with the primary one. */
const SQLITE: readonly (readonly [primary: string, trouble: DiskTrouble])[] = [
  ["SQLITE_READONLY", "disk_read_only"],
  ["SQLITE_PERM", "disk_read_only"],
  ["SQLITE_FULL", "disk_full"],
  ["SQLITE_IOERR", "disk_failing"],
  ["SQLITE_CANTOPEN", "disk_failing"],
  ["SQLITE_BUSY", "database_locked"],
];

const SYSTEM: Readonly<Record<string, DiskTrouble>> = {
  EROFS: "disk_read_only",
  EACCES: "disk_read_only",
  EPERM: "disk_read_only",
  ENOSPC: "disk_full",
  EDQUOT: "disk_full",
  EIO: "disk_failing",
  ENODEV: "disk_failing",
  ENXIO: "disk_failing",
  ESTALE: "disk_failing",
  EMFILE: "no_descriptors",
  ENFILE: "no_descriptors",
};

/** Null when it is no trouble of the disk's. */
export function diskTroubleOf(error: unknown): DiskTrouble | null {
  const code = codeOf(error);
  if (code === null) return null;
  const known = SQLITE.find(([primary]) => code === primary || code.startsWith(`${primary}_`));
  return known?.[1] ?? SYSTEM[code] ?? null;
}

// What a failure says about the disk or the database: one table from codes to what is wrong, and to a sentence.

import { codeOf } from "#server/common/failure.ts";

export type DiskTrouble =
  | "disk_read_only"
  | "disk_full"
  | "disk_failing"
  | "database_locked"
  | "database_away"
  | "database_silent"
  | "database_read_only"
  | "database_full"
  | "database_refuses"
  | "object_store_away"
  | "object_store_silent"
  | "object_store_refuses"
  | "object_damaged"
  | "no_descriptors";

/** What the server's disk or database is, or does, in each case. */
export const DISK_TROUBLES: Readonly<Record<DiskTrouble, string>> = {
  disk_read_only: "the disk cannot be written",
  disk_full: "the disk is full",
  disk_failing: "the disk does not work",
  database_locked: "another process holds the database",
  database_away: "the database cannot be reached",
  database_silent: "the database does not answer",
  database_read_only: "the database takes no writes",
  database_full: "the database has no room left",
  database_refuses: "the database refuses this server",
  object_store_away: "the object store cannot be reached",
  object_store_silent: "the object store does not answer",
  object_store_refuses: "the object store refuses this server",
  object_damaged: "the object store does not have what was written to it",
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
  DATABASE_AWAY: "database_away",
  DATABASE_SILENT: "database_silent",
  DATABASE_READ_ONLY: "database_read_only",
  DATABASE_FULL: "database_full",
  DATABASE_REFUSES: "database_refuses",
  OBJECT_STORE_AWAY: "object_store_away",
  OBJECT_STORE_SILENT: "object_store_silent",
  OBJECT_STORE_REFUSES: "object_store_refuses",
  OBJECT_DAMAGED: "object_damaged",
};

/** Null when it is no trouble of the disk's. */
export function diskTroubleOf(error: unknown): DiskTrouble | null {
  const code = codeOf(error);
  if (code === null) return null;
  const known = SQLITE.find(([primary]) => code === primary || code.startsWith(`${primary}_`));
  return known?.[1] ?? SYSTEM[code] ?? null;
}

import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { type DiskTrouble, diskTroubleOf } from "#server/store/disk-trouble.ts";

test.each<[string, DiskTrouble | null]>([
  ["SQLITE_READONLY", "disk_read_only"],
  ["SQLITE_READONLY_DIRECTORY", "disk_read_only"],
  ["SQLITE_PERM", "disk_read_only"],
  ["SQLITE_FULL", "disk_full"],
  ["SQLITE_IOERR", "disk_failing"],
  ["SQLITE_IOERR_WRITE", "disk_failing"],
  ["SQLITE_CANTOPEN", "disk_failing"],
  ["SQLITE_BUSY", "database_locked"],
  ["SQLITE_BUSY_SNAPSHOT", "database_locked"],
  ["SQLITE_CONSTRAINT_UNIQUE", null],
  ["SQLITE_CORRUPT", null],
  ["SQLITE_FULLER", null],
  ["EROFS", "disk_read_only"],
  ["EACCES", "disk_read_only"],
  ["EPERM", "disk_read_only"],
  ["ENOSPC", "disk_full"],
  ["EDQUOT", "disk_full"],
  ["EIO", "disk_failing"],
  ["ENODEV", "disk_failing"],
  ["ENXIO", "disk_failing"],
  ["ESTALE", "disk_failing"],
  ["EMFILE", "no_descriptors"],
  ["ENFILE", "no_descriptors"],
  ["ENOENT", null],
  ["ECONNRESET", null],
])("%s is %p", (code, trouble) => {
  expect(diskTroubleOf(Object.assign(new Error(code), { code }))).toBe(trouble);
});

test("what SQLite and the system throw is what is looked for", () => {
  const database = new Database(":memory:");
  database.run("PRAGMA query_only = ON");
  expect(thrownBy(() => database.run("CREATE TABLE t (x)"))).toBe("disk_read_only");
  expect(thrownBy(() => new Database("/nowhere/at/all.sqlite"))).toBe("disk_failing");
  expect(thrownBy(() => readFileSync("/nowhere"))).toBeNull();
  expect(diskTroubleOf("EROFS")).toBeNull();
  expect(diskTroubleOf(new Error("EROFS"))).toBeNull();
});

function thrownBy(work: () => unknown): DiskTrouble | null {
  try {
    work();
  } catch (error) {
    return diskTroubleOf(error);
  }
  throw new Error("nothing was thrown");
}

import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tryDisk } from "#server/readiness/disk-parts.ts";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { DatabaseProbe } from "#server/store/sqlite/database-probe.ts";

function dataFolder() {
  const path = mkdtempSync(join(tmpdir(), "tandem-readiness-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

test("where everything can be written nothing is wrong, and nothing is left behind", () => {
  using folder = dataFolder();
  const file = join(folder.path, "tandem.sqlite");
  openDatabase(file).close();
  const database = new DatabaseProbe(file);
  const recordingsFolder = join(folder.path, "recordings");
  expect(tryDisk(database, { databaseFile: file, recordingsFolder })).toEqual({
    store: null,
    recordings: null,
  });
  expect(readdirSync(recordingsFolder)).toEqual([]);
  expect(existsSync(join(folder.path, "readiness"))).toBe(false);
  database.close();
});

test("each part is told by itself", () => {
  using folder = dataFolder();
  const recordingsFolder = join(folder.path, "recordings");
  const tried = (databaseFile: string) => {
    const database = new DatabaseProbe(databaseFile);
    const report = tryDisk(database, { databaseFile, recordingsFolder });
    database.close();
    return report;
  };
  const file = join(folder.path, "tandem.sqlite");
  expect(tried(file)).toEqual({ store: "disk_failing", recordings: null });
  openDatabase(file).close();
  rmSync(recordingsFolder, { recursive: true });
  writeFileSync(recordingsFolder, "not a folder");
  expect(tried(file)).toEqual({ store: null, recordings: "disk_failing" });
});

test("the database is not touched where nothing can be written beside it", () => {
  const recordingsFolder = join(tmpdir(), `tandem-readiness-${Bun.randomUUIDv7()}`);
  let touched = 0;
  const database = { write: () => (touched += 1) };
  tryDisk(database, { databaseFile: "/nowhere/tandem.sqlite", recordingsFolder });
  expect(touched).toBe(0);
  rmSync(recordingsFolder, { recursive: true });
});

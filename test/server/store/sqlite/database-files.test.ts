import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StartError } from "#server/common/start-error.ts";
import { openDataDirectory } from "#server/store/data-directory.ts";
import { openDatabaseOf, openStatisticsOf } from "#server/store/sqlite/database-files.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tandem-data-directory-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

test("the databases, with stream keys in one of them, are their owner's alone", () => {
  const directory = openDataDirectory(folder);
  const open = [openDatabaseOf(directory), openStatisticsOf(directory)];
  for (const file of [directory.databaseFile, directory.statisticsFile]) {
    for (const each of [file, `${file}-wal`]) {
      expect([each, existsSync(each) ? statSync(each).mode & 0o777 : 0o600]).toEqual([each, 0o600]);
    }
  }
  for (const database of open) database.close();
});

test("a database that cannot be used is a reason not to start, in one line", () => {
  const directory = openDataDirectory(folder);
  const newer = new Database(directory.databaseFile);
  newer.run("PRAGMA user_version = 1000");
  newer.close();
  expect(() => openDatabaseOf(directory)).toThrow(
    new StartError(`${directory.databaseFile} has schema 1000; this version of Tandem knows schemas up to 8`),
  );
  rmSync(directory.databaseFile);
  writeFileSync(directory.databaseFile, "no database".repeat(1000));
  expect(() => openDatabaseOf(directory)).toThrow(StartError);
  expect(() => openDatabaseOf(directory)).toThrow(`${directory.databaseFile} cannot be opened: `);
});

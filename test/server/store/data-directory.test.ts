import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StartError } from "#server/common/start-error.ts";
import {
  lockDataDirectory,
  openDatabaseOf,
  openDataDirectory,
  openStatisticsOf,
} from "#server/store/data-directory.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tandem-data-directory-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

test("a data directory is made where there is none", () => {
  const directory = openDataDirectory(join(folder, "a/b"));
  expect(existsSync(directory.path)).toBe(true);
  expect(directory.databaseFile).toBe(join(folder, "a/b/tandem.sqlite"));
});

test("a data directory that cannot be made is a reason not to start", () => {
  writeFileSync(join(folder, "file"), "");
  const path = join(folder, "file/data");
  expect(() => openDataDirectory(path)).toThrow(StartError);
  expect(() => openDataDirectory(path)).toThrow(`the data directory ${path} cannot be created`);
});

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

test("one server at a time uses a data directory", () => {
  const directory = openDataDirectory(folder);
  const lock = lockDataDirectory(directory);
  expect(() => lockDataDirectory(directory)).toThrow(
    new StartError(`another Tandem server uses the data directory ${folder}`),
  );
  lock.release();
  lockDataDirectory(directory).release();
});

test("a lock goes with its process, also when that is killed", async () => {
  const directory = openDataDirectory(folder);
  const holder = Bun.spawn(
    [
      process.execPath,
      "-e",
      `import { lockDataDirectory, openDataDirectory } from "#server/store/data-directory.ts";
       globalThis.lock = lockDataDirectory(openDataDirectory(${JSON.stringify(folder)}));
       process.stdout.write("locked");
       setInterval(() => {}, 1000);`,
    ],
    { cwd: join(import.meta.dir, "../../.."), stdout: "pipe", stderr: "inherit" },
  );
  const { value } = await holder.stdout.getReader().read();
  expect(new TextDecoder().decode(value)).toBe("locked");
  expect(() => lockDataDirectory(directory)).toThrow(StartError);
  holder.kill("SIGKILL");
  await holder.exited;
  lockDataDirectory(directory).release();
});

test("a database that cannot be used is a reason not to start, in one line", () => {
  const directory = openDataDirectory(folder);
  const newer = new Database(directory.databaseFile);
  newer.run("PRAGMA user_version = 1000");
  newer.close();
  expect(() => openDatabaseOf(directory)).toThrow(
    new StartError(`${directory.databaseFile} has schema 1000; this version of Tandem knows schemas up to 3`),
  );
  rmSync(directory.databaseFile);
  writeFileSync(directory.databaseFile, "no database".repeat(1000));
  expect(() => openDatabaseOf(directory)).toThrow(StartError);
  expect(() => openDatabaseOf(directory)).toThrow(`${directory.databaseFile} cannot be opened: `);
});

import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { DatabaseProbe } from "#server/store/sqlite/database-probe.ts";

function databaseFile() {
  const folder = mkdtempSync(join(tmpdir(), "tandem-probe-"));
  const file = join(folder, "tandem.sqlite");
  return { file, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

test("it writes to the disk, and changes nothing", () => {
  using folder = databaseFile();
  const database = openDatabase(folder.file);
  const version = database.query("PRAGMA user_version").get();
  const logBytes = () => statSync(`${folder.file}-wal`).size;
  const before = logBytes();
  const probe = new DatabaseProbe(folder.file);
  probe.write();
  probe.write();
  expect(logBytes()).toBeGreaterThan(before);
  expect(database.query("PRAGMA user_version").get()).toEqual(version);
  probe.close();
  database.close();
});

test("a database that is held is not waited for, and is tried anew afterwards", () => {
  using folder = databaseFile();
  const database = openDatabase(folder.file);
  const probe = new DatabaseProbe(folder.file);
  database.run("BEGIN IMMEDIATE");
  expect(() => probe.write()).toThrow("locked");
  database.run("COMMIT");
  probe.write();
  probe.close();
  database.close();
});

test("one that is not there is not made", () => {
  using folder = databaseFile();
  expect(() => new DatabaseProbe(folder.file).write()).toThrow();
  expect(() => new Database(folder.file, { readonly: true })).toThrow();
});

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NewerDatabaseError, openDatabase, openDatabaseToRead } from "#server/store/sqlite/database.ts";

let folder = "";
let file = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tandem-database-"));
  file = join(folder, "tandem.sqlite");
});

afterEach(() => rmSync(folder, { recursive: true }));

function pragma(database: Database, name: string): unknown {
  return database.query<Record<string, unknown>, []>(`PRAGMA ${name}`).values()[0]?.[0];
}

test("a database is opened with what the stores count on", () => {
  const database = openDatabase(file);
  expect(pragma(database, "journal_mode")).toBe("wal");
  expect(pragma(database, "synchronous")).toBe(1);
  expect(pragma(database, "foreign_keys")).toBe(1);
  expect(pragma(database, "busy_timeout")).toBe(5000);
  database.close();
});

test("a database that is opened again is migrated once and keeps its rows", () => {
  const first = openDatabase(file);
  first.run("INSERT INTO recording_removals (livestream_id) VALUES ('a')");
  const version = pragma(first, "user_version");
  first.close();
  const second = openDatabase(file);
  expect(pragma(second, "user_version")).toBe(version);
  expect(second.query("SELECT livestream_id FROM recording_removals").values()).toEqual([["a"]]);
  second.close();
});

test("a database of a newer version is refused in one line and not touched", () => {
  const newer = new Database(file);
  newer.run("PRAGMA user_version = 1000");
  newer.close();
  const before = readFileSync(file);
  expect(() => openDatabase(file)).toThrow(NewerDatabaseError);
  expect(() => openDatabase(file)).toThrow(
    `${file} has schema 1000; this version of Tandem knows schemas up to 8`,
  );
  expect(readFileSync(file)).toEqual(before);
});

test("a database is read without a trace, also with characters that addresses use, and with what a killed server left", () => {
  const odd = join(folder, "a ?b#%41.sqlite");
  openDatabase(odd).close();
  const before = readdirSync(folder);
  const reading = openDatabaseToRead(odd);
  expect(reading.query("SELECT * FROM recording_removals").values()).toEqual([]);
  expect(() => reading.run("INSERT INTO recording_removals (livestream_id) VALUES ('a')")).toThrow();
  reading.close();
  expect(readdirSync(folder)).toEqual(before);

  const running = openDatabase(odd);
  running.run("INSERT INTO recording_removals (livestream_id) VALUES ('a')");
  const beside = openDatabaseToRead(odd);
  expect(beside.query("SELECT * FROM recording_removals").values()).toEqual([["a"]]);
  beside.close();
  running.close();
});

test.each([
  [1000, "has schema 1000; this version of Tandem knows schemas up to 8"],
  [1, "it has schema 1; a server of this version brings it to 8"],
])("a database of schema %i is not read", (version, problem) => {
  const other = new Database(file);
  other.run(`PRAGMA user_version = ${version}`);
  other.close();
  expect(() => openDatabaseToRead(file)).toThrow(problem);
});

test("a file that is no database is refused", () => {
  writeFileSync(file, "this is not a database, it is a text of some length".repeat(100));
  expect(() => openDatabase(file)).toThrow();
});

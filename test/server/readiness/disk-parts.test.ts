import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tryDisk } from "#server/readiness/disk-parts.ts";
import { openDatabase } from "#server/store/database.ts";
import { DatabaseProbe } from "#server/store/database-probe.ts";

function dataFolder() {
  const path = mkdtempSync(join(tmpdir(), "tandem-readiness-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

test("where everything can be written nothing is wrong, and nothing is left behind", () => {
  using folder = dataFolder();
  const file = join(folder.path, "tandem.sqlite");
  openDatabase(file).close();
  const database = new DatabaseProbe(file);
  const recordings = join(folder.path, "recordings");
  expect(tryDisk(database, recordings)).toEqual({ store: null, recordings: null });
  expect(readdirSync(recordings)).toEqual([]);
  database.close();
});

test("each part is told by itself", () => {
  using folder = dataFolder();
  const recordings = join(folder.path, "recordings");
  const missing = new DatabaseProbe(join(folder.path, "tandem.sqlite"));
  expect(tryDisk(missing, recordings)).toEqual({ store: "disk_failing", recordings: null });

  const file = join(folder.path, "whole.sqlite");
  openDatabase(file).close();
  const database = new DatabaseProbe(file);
  rmSync(recordings, { recursive: true });
  writeFileSync(recordings, "not a folder");
  expect(tryDisk(database, recordings)).toEqual({ store: null, recordings: "disk_failing" });
  database.close();
  expect(existsSync(recordings)).toBe(true);
});

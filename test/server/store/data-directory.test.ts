import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StartError } from "#server/common/start-error.ts";
import { openDataDirectory } from "#server/store/data-directory.ts";

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

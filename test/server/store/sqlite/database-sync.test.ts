import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "#server/common/log.ts";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { DatabaseSync } from "#server/store/sqlite/database-sync.ts";
import { FakeClock } from "#test/support/fake-clock.ts";

let folder = "";
let file = "";
let logged: string[] = [];
let databaseSync: DatabaseSync;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tandem-sync-"));
  file = join(folder, "tandem.sqlite");
  logged = [];
  const log = createLog({ level: "info", write: (line) => logged.push(line), clock: new FakeClock() });
  databaseSync = new DatabaseSync(file, log);
});

afterEach(() => {
  databaseSync.stop();
  rmSync(folder, { recursive: true });
});

test("without a log there is nothing to keep, and with one it is kept in silence", async () => {
  await databaseSync.keep();
  const database = openDatabase(file);
  database.run("INSERT INTO recording_removals (livestream_id) VALUES ('a')");
  await databaseSync.keep();
  await databaseSync.keep();
  database.close();
  expect(logged).toEqual([]);
});

test("a log that cannot be kept is told of once, and again after it could", async () => {
  mkdirSync(join(folder, "unreadable"));
  rmSync(folder, { recursive: true });
  await Bun.write(folder, "no folder"); // Its log is neither there nor missing.
  await databaseSync.keep();
  await databaseSync.keep();
  expect(logged).toHaveLength(1);
  expect(JSON.parse(logged[0] ?? "{}")).toMatchObject({ level: "error", event: "database_not_kept" });
  rmSync(folder);
  await databaseSync.keep();
  expect(logged).toHaveLength(1);
  mkdirSync(folder);
});

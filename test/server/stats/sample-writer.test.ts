import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "#server/common/log.ts";
import { SampleWriter } from "#server/stats/sample-writer.ts";
import { SampleStore } from "#server/store/sample-store.ts";
import { openStatisticsDatabase } from "#server/store/statistics-database.ts";
import { sampleAt } from "#test/support/fake-statistics.ts";
import { until } from "#test/support/until.ts";

let folder = "";
let file = "";
let database: Database;
let store: SampleStore;
const logged: string[] = [];
const log = createLog({ level: "debug", write: (line) => logged.push(line), nowMs: Date.now });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tandem-samples-"));
  file = join(folder, "statistics.sqlite");
  database = openStatisticsDatabase(file);
  store = new SampleStore(database);
  logged.length = 0;
});

afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

const total = () => store.series("show", "primary")?.total ?? 0;

test("samples are on the disk soon, in order", async () => {
  const writer = new SampleWriter({ file, log });
  writer.write([sampleAt(1), sampleAt(2)]);
  writer.write([sampleAt(3)]);
  await until("three samples", () => total() === 3);
  const series = store.series("show", "primary") ?? { id: 0, total: 0 };
  const page = store.page(series, { end: 3, skip: 0, limit: 3 });
  expect(page.map(({ createdAtMs }) => createdAtMs)).toEqual([3, 2, 1]);
  await until("the answer", () => writer.figures.written === 3);
  expect(writer.figures).toEqual({ waiting: 0, written: 3, dropped: 0 });
  await writer.close();
});

test("what waits is written before it is closed", async () => {
  const writer = new SampleWriter({ file, log });
  writer.write(Array.from({ length: 12_000 }, (_, index) => sampleAt(index + 1)));
  await writer.close();
  expect(total()).toBe(12_000);
  expect(logged).toEqual([]);
});

test("a disk that stalls keeps nobody waiting: rows come late, and all of them (L5)", async () => {
  const blocker = new Database(file);
  blocker.run("BEGIN IMMEDIATE");
  const writer = new SampleWriter({ file, log });
  let turns = 0;
  const ticker = setInterval(() => ++turns, 1);
  for (let each = 1; each <= 50; each += 1) writer.write([sampleAt(each)]);
  await until("time to pass on this thread", () => turns > 20);
  expect([total(), writer.figures.waiting]).toEqual([0, 50]);
  blocker.run("COMMIT");
  blocker.close();
  await until("the rows", () => total() === 50);
  clearInterval(ticker);
  await writer.close();
});

test("a write that fails is tried again and written once", async () => {
  database.run("CREATE TRIGGER refuse BEFORE INSERT ON samples BEGIN SELECT RAISE(ABORT, 'disk full'); END");
  const writer = new SampleWriter({ file, log });
  writer.write([sampleAt(1)]);
  await until("a refusal", () => logged.some((line) => line.includes("samples_not_written")));
  writer.write([sampleAt(2)]);
  expect(writer.figures.waiting).toBe(2);
  database.run("DROP TRIGGER refuse");
  await until("the rows", () => total() === 2);
  await writer.close();
});

test("what waits is bounded: beyond it samples are lost, counted and said to be", async () => {
  const blocker = new Database(file);
  blocker.run("BEGIN IMMEDIATE");
  const writer = new SampleWriter({ file, log });
  writer.write(Array.from({ length: 100_010 }, (_, index) => sampleAt(index + 1)));
  expect(writer.figures).toMatchObject({ dropped: 10 });
  expect(logged.join("")).toContain('"event":"samples_dropped","count":10');
  blocker.run("ROLLBACK");
  blocker.close();
  await writer.close();
});

test("a removal goes on until nothing is left, while others are written", async () => {
  store.append(Array.from({ length: 20_000 }, (_, index) => sampleAt(index + 1)));
  const writer = new SampleWriter({ file, log });
  writer.write([sampleAt(30_000), sampleAt(1, { livestreamId: "other" })]);
  writer.remove("show");
  await until("the removal", () => !store.livestreamIds().includes("show"));
  expect(store.livestreamIds()).toEqual(["other"]);
  await writer.close();
  expect(total()).toBe(0);
});

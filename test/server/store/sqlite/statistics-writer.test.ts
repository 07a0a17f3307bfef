import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "#server/common/log.ts";
import type { StoredEvent } from "#server/store/event-store.ts";
import { SqliteEventStore } from "#server/store/sqlite/event-store.ts";
import { SqliteSampleStore } from "#server/store/sqlite/sample-store.ts";
import { openStatisticsDatabase } from "#server/store/sqlite/statistics-database.ts";
import { SqliteStatisticsWriter } from "#server/store/sqlite/statistics-writer.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { sampleAt } from "#test/support/fake-statistics.ts";
import { until } from "#test/support/until.ts";

let folder = "";
let file = "";
let database: Database;
let store: SqliteSampleStore;
let events: SqliteEventStore;
const logged: string[] = [];
const log = createLog({ level: "debug", write: (line) => logged.push(line), clock: new FakeClock() });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tandem-statistics-"));
  file = join(folder, "statistics.sqlite");
  database = openStatisticsDatabase(file);
  store = new SqliteSampleStore(database);
  events = new SqliteEventStore(database);
  logged.length = 0;
});

afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

function eventAt(atMs: number, livestreamId = "show"): StoredEvent {
  const nowhere = { instance: null, positionSeconds: null };
  return { id: Bun.randomUUIDv7(), livestreamId, atMs, type: "livestream.started", ...nowhere, data: {} };
}

/** Oldest first. */
const eventTimes = async () =>
  (await events.page("show", { page: 0, perpage: 50_000 })).items.map(({ atMs }) => atMs).reverse();

const total = async () => (await store.series("show", "primary"))?.total ?? 0;

test("samples are on the disk soon, in order", async () => {
  const writer = new SqliteStatisticsWriter({ file, log });
  writer.writeSamples([sampleAt(1), sampleAt(2)]);
  writer.writeSamples([sampleAt(3)]);
  await until("three samples", async () => (await total()) === 3);
  const series = (await store.series("show", "primary")) ?? { id: 0, total: 0 };
  const page = await store.page(series, { end: 3, skip: 0, limit: 3 });
  expect(page.map(({ createdAtMs }) => createdAtMs)).toEqual([3, 2, 1]);
  await until("the answer", () => writer.figures.samples.written === 3);
  expect(writer.figures.samples).toEqual({ waiting: 0, written: 3, dropped: 0 });
  await writer.close();
});

test("what waits is written before it is closed", async () => {
  const writer = new SqliteStatisticsWriter({ file, log });
  writer.writeSamples(Array.from({ length: 12_000 }, (_, index) => sampleAt(index + 1)));
  await writer.close();
  expect(await total()).toBe(12_000);
  expect(logged).toEqual([]);
});

test("a disk that stalls keeps nobody waiting: rows come late, and all of them (L5)", async () => {
  const blocker = new Database(file);
  blocker.run("BEGIN IMMEDIATE");
  const writer = new SqliteStatisticsWriter({ file, log });
  let turns = 0;
  const ticker = setInterval(() => ++turns, 1);
  for (let each = 1; each <= 50; each += 1) writer.writeSamples([sampleAt(each)]);
  await until("time to pass on this thread", () => turns > 20);
  expect([await total(), writer.figures.samples.waiting]).toEqual([0, 50]);
  blocker.run("COMMIT");
  blocker.close();
  await until("the rows", async () => (await total()) === 50);
  clearInterval(ticker);
  await writer.close();
});

test("a write that fails is tried again and written once", async () => {
  database.run("CREATE TRIGGER refuse BEFORE INSERT ON samples BEGIN SELECT RAISE(ABORT, 'disk full'); END");
  const writer = new SqliteStatisticsWriter({ file, log });
  writer.writeSamples([sampleAt(1)]);
  await until("a refusal", () => logged.some((line) => line.includes("statistics_not_written")));
  writer.writeSamples([sampleAt(2)]);
  expect(writer.figures.samples.waiting).toBe(2);
  database.run("DROP TRIGGER refuse");
  await until("the rows", async () => (await total()) === 2);
  await writer.close();
});

test("what waits is bounded: beyond it samples are lost, counted and said to be", async () => {
  const blocker = new Database(file);
  blocker.run("BEGIN IMMEDIATE");
  const writer = new SqliteStatisticsWriter({ file, log });
  writer.writeSamples(Array.from({ length: 100_010 }, (_, index) => sampleAt(index + 1)));
  expect(writer.figures.samples).toMatchObject({ dropped: 10 });
  expect(logged.join("")).toContain('"event":"samples_dropped","count":10');
  blocker.run("ROLLBACK");
  blocker.close();
  await writer.close();
});

test("a removal goes on until nothing is left, while others are written", async () => {
  await store.append(Array.from({ length: 20_000 }, (_, index) => sampleAt(index + 1)));
  const writer = new SqliteStatisticsWriter({ file, log });
  writer.writeSamples([sampleAt(30_000), sampleAt(1, { livestreamId: "other" })]);
  writer.remove("show");
  await until("the removal", async () => !(await store.livestreamIds()).includes("show"));
  expect(await store.livestreamIds()).toEqual(["other"]);
  await writer.close();
  expect(await total()).toBe(0);
});

test("an event is on the disk before it is said to be, each in its turn", async () => {
  const writer = new SqliteStatisticsWriter({ file, log });
  const written: string[] = [];
  for (const atMs of [1, 2, 3]) {
    writer.writeEvent(eventAt(atMs), () => {
      void eventTimes().then((times) => written.push(`${atMs} of ${times}`));
    });
  }
  await until("three events", () => written.length === 3);
  expect(written).toEqual(["1 of 1,2,3", "2 of 1,2,3", "3 of 1,2,3"]);
  expect(writer.figures.events).toEqual({ waiting: 0, written: 3, dropped: 0 });
  await writer.close();
});

test("events that cannot be written are tried again, in order and once, while samples wait behind them", async () => {
  database.run("CREATE TRIGGER refuse BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'disk full'); END");
  const writer = new SqliteStatisticsWriter({ file, log });
  const written: number[] = [];
  writer.writeEvent(eventAt(1), () => written.push(1));
  await until("a refusal", () => logged.some((line) => line.includes("statistics_not_written")));
  writer.writeEvent(eventAt(2), () => written.push(2));
  writer.writeSamples([sampleAt(1)]);
  expect([written, writer.figures.events.waiting]).toEqual([[], 2]);
  database.run("DROP TRIGGER refuse");
  await until("the events", () => written.length === 2);
  expect([written, await eventTimes()]).toEqual([
    [1, 2],
    [1, 2],
  ]);
  await writer.close();
  expect(await total()).toBe(1);
});

test("samples that cannot be written hold up no events", async () => {
  database.run("CREATE TRIGGER refuse BEFORE INSERT ON samples BEGIN SELECT RAISE(ABORT, 'broken'); END");
  const writer = new SqliteStatisticsWriter({ file, log });
  writer.writeSamples([sampleAt(1)]);
  await until("a refusal", () => logged.some((line) => line.includes("statistics_not_written")));
  writer.writeEvent(eventAt(1), () => {});
  await until("the event", async () => (await eventTimes()).length === 1);
  expect(writer.figures.samples.waiting).toBe(1);
  database.run("DROP TRIGGER refuse");
  await writer.close();
});

test("a flood of events holds up no samples", async () => {
  const writer = new SqliteStatisticsWriter({ file, log });
  let flooded = 0;
  for (let each = 0; each < 15_000; each += 1) writer.writeEvent(eventAt(each), () => ++flooded);
  writer.writeSamples([sampleAt(1)]);
  await until("the sample", () => writer.figures.samples.written === 1);
  expect(flooded).toBeLessThan(15_000);
  await writer.close();
  expect(await eventTimes()).toEqual(Array.from({ length: 15_000 }, (_, each) => each));
});

test("events that wait are bounded: beyond it they are lost, counted and said to be", async () => {
  const blocker = new Database(file);
  blocker.run("BEGIN IMMEDIATE");
  const writer = new SqliteStatisticsWriter({ file, log });
  for (let each = 0; each < 20_001; each += 1) writer.writeEvent(eventAt(each), () => {});
  expect(writer.figures.events).toEqual({ waiting: 20_000, written: 0, dropped: 1 });
  expect(logged.join("")).toContain('"event":"events_dropped","count":1');
  blocker.run("ROLLBACK");
  blocker.close();
  await writer.close();
  expect(await eventTimes()).toHaveLength(20_000);
});

test("a removal takes events and samples, also those that wait", async () => {
  await store.append([sampleAt(1)]);
  await events.append([eventAt(1), eventAt(1, "other")]);
  const writer = new SqliteStatisticsWriter({ file, log });
  writer.writeEvent(eventAt(2), () => {});
  writer.remove("show");
  await until("the removal", async () => {
    const left = [...(await store.livestreamIds()), ...(await eventTimes())];
    return left.length === 0;
  });
  expect(await events.livestreamIds()).toEqual(["other"]);
  expect(writer.figures.events).toEqual({ waiting: 0, written: 0, dropped: 0 });
  await writer.close();
  expect(await events.livestreamIds()).toEqual(["other"]);
});

test("a flood of events holds up no delivery, and all are written in their order", async () => {
  const writer = new SqliteStatisticsWriter({ file, log });
  const written: string[] = [];
  for (let each = 0; each < 5000; each += 1) writer.writeEvent(eventAt(each), () => written.push("event"));
  const delivery = {
    ...{ id: "a", webhookId: "hook", eventId: "e", lane: "show", type: "livestream.started", body: "{}" },
    ...{ createdAtMs: 1, risingMs: 1 },
  };
  expect(await writer.changeDelivery({ type: "append", delivery })).toBe(true);
  expect(written.length).toBeLessThan(5000);
  await until("the events", () => written.length === 5000);
  await writer.close();
});

test("more changes of deliveries than may wait are refused, and those that wait are written once the disk is back", async () => {
  const blocker = new Database(file);
  blocker.run("BEGIN IMMEDIATE");
  const writer = new SqliteStatisticsWriter({ file, log });
  const change = { type: "redeliver", id: "nobody", risingMs: 1 } as const;
  const waiting = Array.from({ length: 10_000 }, () => writer.changeDelivery(change));
  const refused = await Promise.all(
    Array.from({ length: 1001 }, () => writer.changeDelivery(change)).slice(-1),
  );
  expect(refused).toEqual([false]);
  blocker.run("COMMIT");
  blocker.close();
  expect((await Promise.all(waiting)).every((isWritten) => isWritten)).toBe(true);
  await writer.close();
});

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "#server/common/log.ts";
import type { FeedEvent } from "#server/feed/feed-event.ts";
import { LivestreamFeed } from "#server/feed/livestream-feed.ts";
import type { NewDelivery } from "#server/store/delivery-store.ts";
import type { StoredEvent } from "#server/store/event-store.ts";
import { SqliteEventStore } from "#server/store/sqlite/event-store.ts";
import { openStatisticsDatabase } from "#server/store/sqlite/statistics-database.ts";
import { SqliteStatisticsWriter } from "#server/store/sqlite/statistics-writer.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { until } from "#test/support/until.ts";

/** Longer than any test: nothing is told that is not stored. */
const FOR_EVER_MS = 1_000_000;

const AT_MS = Date.UTC(2026, 0, 1);
const logged: string[] = [];
const log = createLog({ level: "debug", write: (line) => logged.push(line), clock: new FakeClock() });

/** A disk that writes when the test says so. */
class SlowDisk {
  readonly removed: string[] = [];
  readonly deliveries: NewDelivery[] = [];
  readonly #waiting: { event: StoredEvent; onWritten: () => void }[] = [];
  readonly written: StoredEvent[] = [];
  isFull = false;

  writeEvent(event: StoredEvent, onWritten: () => void, deliveries: readonly NewDelivery[] = []): void {
    this.deliveries.push(...deliveries);
    if (!this.isFull) this.#waiting.push({ event, onWritten });
  }

  remove(livestreamId: string): void {
    this.removed.push(livestreamId);
  }

  write(count: number): void {
    const batch = this.#waiting.splice(0, count);
    for (const { event } of batch) this.written.push(event);
    for (const { onWritten } of batch) onWritten();
  }
}

function feedOn(
  writer: ConstructorParameters<typeof LivestreamFeed>[0]["writer"],
  patienceMs = FOR_EVER_MS,
  minuteMs = FOR_EVER_MS,
) {
  const told: FeedEvent[] = [];
  const feed = new LivestreamFeed({ writer, dateMs: () => AT_MS, log, patienceMs, minuteMs });
  feed.subscribe((event) => told.push(event));
  return { feed, told, create: (name: string) => feed.emit(created(name)) };
}

function created(name: string, livestreamId = "show") {
  return { type: "livestream.created", livestreamId, data: { name } } as const;
}

const namesOf = (events: readonly FeedEvent[]) =>
  events.map((event) => (event.type === "livestream.created" ? event.data.name : event.type));

beforeEach(() => {
  logged.length = 0;
});

test("an event is told once it is stored, with its id, its time and its place", () => {
  const disk = new SlowDisk();
  const { feed, told } = feedOn(disk);
  feed.emit({
    ...{ type: "ingest.connected", livestreamId: "show", instance: "secondary", positionSeconds: 3.5 },
    data: {},
  });
  expect(told).toEqual([]);
  disk.write(1);
  expect(told).toEqual([
    {
      ...{ type: "ingest.connected", livestreamId: "show", instance: "secondary", positionSeconds: 3.5 },
      ...{ data: {}, id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/), atMs: AT_MS },
    },
  ]);
  expect(disk.written).toEqual([...told]);
});

test("ids rise in the order in which things happened, also within a millisecond", () => {
  const disk = new SlowDisk();
  const { create, told } = feedOn(disk);
  for (let each = 0; each < 1000; each += 1) create(String(each));
  disk.write(1000);
  const ids = told.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort());
});

test("everybody is told everything, in order", () => {
  const disk = new SlowDisk();
  const { feed, create, told } = feedOn(disk);
  const another: FeedEvent[] = [];
  feed.subscribe((event) => another.push(event));
  for (const name of ["a", "b", "c"]) create(name);
  disk.write(2);
  expect([namesOf(told), namesOf(another)]).toEqual([
    ["a", "b"],
    ["a", "b"],
  ]);
  disk.write(1);
  expect(namesOf(told)).toEqual(["a", "b", "c"]);
});

test("an event for which there was no room on the way to the disk is told in its place", () => {
  const disk = new SlowDisk();
  const { create, told } = feedOn(disk);
  disk.isFull = true;
  create("lost");
  disk.isFull = false;
  create("kept");
  disk.write(1);
  expect(namesOf(told)).toEqual(["lost", "kept"]);
});

test("while the disk takes nothing, events are told all the same after a while, in order, and none twice", async () => {
  const disk = new SlowDisk();
  const { create, told } = feedOn(disk, 20);
  create("a");
  create("b");
  await until("both", () => told.length === 2);
  expect(JSON.parse(logged[0] ?? "")).toMatchObject({ level: "error", event: "events_told_unstored" });
  create("c");
  disk.write(3);
  await until("the third", () => told.length === 3);
  expect(namesOf(told)).toEqual(["a", "b", "c"]);
});

test("an event that may still be stored in time is not told early because others are late", async () => {
  const disk = new SlowDisk();
  const { feed, create, told } = feedOn(disk, 20);
  const toldWithTheLateOne = Promise.withResolvers<string[]>();
  feed.subscribe(() => {
    if (told.length === 1) create("in time");
    queueMicrotask(() => toldWithTheLateOne.resolve(namesOf(told)));
  });
  create("late");
  expect(await toldWithTheLateOne.promise).toEqual(["late"]);
});

test("a deletion is the last that is told of a livestream, and its rows go after it", () => {
  const disk = new SlowDisk();
  const { feed, create, told } = feedOn(disk);
  create("a");
  feed.emit({ type: "livestream.deleted", livestreamId: "show", data: {} });
  create("the encoder is cut");
  feed.emit(created("another", "other"));
  expect(disk.removed).toEqual([]);
  disk.write(3);
  expect(namesOf(told)).toEqual(["a", "livestream.deleted", "another"]);
  expect(disk.removed).toEqual(["show"]);
  expect(disk.written).toHaveLength(3);
  feed.forget("show");
  create("nothing holds it back");
  disk.write(1);
  expect(told).toHaveLength(4);
});

describe("a livestream of which too much happens", () => {
  function connected(livestreamId = "show", positionSeconds = 0) {
    return {
      type: "ingest.connected",
      livestreamId,
      instance: "primary",
      positionSeconds,
      data: {},
    } as const;
  }

  test("keeps the first thousand events; what follows is told in its place, and counted", () => {
    const disk = new SlowDisk();
    const { feed, told } = feedOn(disk);
    for (let each = 0; each < 1005; each += 1) feed.emit(connected("show", each));
    disk.write(999);
    expect(told).toHaveLength(999);
    disk.write(1);
    expect([told.length, disk.written.length]).toEqual([1005, 1000]);
    expect(told.map(({ positionSeconds }) => positionSeconds)).toEqual(
      Array.from({ length: 1005 }, (_, each) => each),
    );
    feed.emit(connected("show", 1005));
    expect([told.length, disk.written.length]).toEqual([1006, 1000]);
    feed.close();
    disk.write(1);
    expect(told.slice(1006)).toMatchObject([
      {
        ...{ type: "timeline.folded", livestreamId: "show", instance: null, positionSeconds: 1000 },
        data: { count: 6, types: { "ingest.connected": 6 } },
      },
    ]);
    expect(disk.written.slice(1000)).toEqual(told.slice(1006));
    feed.close();
    expect(told).toHaveLength(1007);
  });

  test("is told of once a minute with the counts of each type", async () => {
    const disk = new SlowDisk();
    const { feed } = feedOn(disk, FOR_EVER_MS, 20);
    for (let each = 0; each < 1002; each += 1) feed.emit(connected());
    feed.emit({ ...connected(), type: "ingest.refused", data: { reason: "busy", count: 1 } });
    disk.write(1000);
    await until("the count", () => {
      disk.write(1);
      return disk.written.length === 1001;
    });
    expect(disk.written[1000]?.data).toEqual({
      count: 3,
      types: { "ingest.connected": 2, "ingest.refused": 1 },
    });
  });

  test("keeps what calls make happen, and costs no other livestream anything", () => {
    const disk = new SlowDisk();
    const { feed } = feedOn(disk);
    for (let each = 0; each < 1001; each += 1) feed.emit(connected());
    feed.emit({ type: "livestream.stopped", livestreamId: "show", data: {} });
    feed.emit({ type: "media.created", livestreamId: "show", data: { mediaId: "m" } });
    feed.emit(connected("other"));
    disk.write(2000);
    expect(disk.written.slice(1000).map(({ type }) => type)).toEqual([
      "livestream.stopped",
      "media.created",
      "ingest.connected",
    ]);
  });

  test("is told of nothing more after its deletion, and begins anew under its name", () => {
    const disk = new SlowDisk();
    const { feed, told } = feedOn(disk);
    for (let each = 0; each < 1001; each += 1) feed.emit(connected());
    feed.emit({ type: "livestream.deleted", livestreamId: "show", data: {} });
    feed.close();
    disk.write(2000);
    expect(told.at(-1)?.type).toBe("livestream.deleted");
    expect(disk.written).toHaveLength(1001);
    feed.forget("show");
    feed.emit(connected());
    disk.write(1);
    expect(disk.written).toHaveLength(1002);
  });

  test("is not said to be told unstored for what is only counted", async () => {
    const disk = new SlowDisk();
    const { feed, told } = feedOn(disk, 20);
    for (let each = 0; each < 1003; each += 1) feed.emit(connected());
    await until("all", () => told.length === 1003);
    const lines = logged.map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ level: "error", event: "events_told_unstored" });
    expect(lines.reduce((total, { count }) => total + count, 0)).toBe(1000);
  });
});

let folder = "";

afterEach(() => {
  if (folder !== "") rmSync(folder, { recursive: true });
  folder = "";
});

/** A feed on a real file, and the file. */
function realFeed(patienceMs?: number) {
  folder = mkdtempSync(join(tmpdir(), "tandem-feed-"));
  const file = join(folder, "statistics.sqlite");
  const database = openStatisticsDatabase(file);
  const writer = new SqliteStatisticsWriter({ file, log });
  return { ...feedOn(writer, patienceMs), file, writer, database, store: new SqliteEventStore(database) };
}

const countIn = async (store: SqliteEventStore) => (await store.page("show", { page: 0, perpage: 1 })).total;

test("whoever is told finds the event on the disk", async () => {
  const { feed, create, store, writer, database } = realFeed();
  const found: (string | undefined)[] = [];
  const ids: string[] = [];
  feed.subscribe(({ id }) => {
    ids.push(id);
    const stored = store.page("show", { page: 0, perpage: 100 });
    void stored.then(({ items }) => found.push(items.find((each) => each.id === id)?.id));
  });
  for (const name of ["a", "b", "c"]) create(name);
  await until("three", () => found.length === 3);
  expect(found).toEqual([...ids]);
  await writer.close();
  database.close();
});

test("a disk that stalls keeps nobody waiting, and a flood meanwhile costs no turn: all of it is stored in order (L5)", async () => {
  const { create, told, file, store, writer, database } = realFeed(50);
  const blocker = new Database(file);
  blocker.run("BEGIN IMMEDIATE");
  let turns = 0;
  const ticker = setInterval(() => ++turns, 1);
  for (let each = 0; each < 2000; each += 1) create(String(each));
  await until("time to pass on this thread", () => turns > 20);
  await until("all to be told", () => told.length === 2000);
  expect(await countIn(store)).toBe(0);
  blocker.run("COMMIT");
  blocker.close();
  await until("all to be stored", async () => (await countIn(store)) === 2000);
  clearInterval(ticker);
  expect(namesOf(told)).toEqual(Array.from({ length: 2000 }, (_, each) => String(each)));
  const { items } = await store.page("show", { page: 0, perpage: 2000 });
  const stored = items.map(({ id }) => id);
  expect(stored.reverse()).toEqual(told.map(({ id }) => id));
  await writer.close();
  database.close();
});

test("a mad encoder's twenty thousand events wait in the room of a thousand while the disk stalls, and cost no turn (L5)", async () => {
  const { feed, told, file, store, writer, database } = realFeed(50);
  const blocker = new Database(file);
  blocker.run("BEGIN IMMEDIATE");
  let turns = 0;
  const ticker = setInterval(() => ++turns, 1);
  const input = { livestreamId: "show", instance: "primary", positionSeconds: 1, data: {} } as const;
  for (let each = 0; each < 20_000; each += 1) feed.emit({ type: "ingest.connected", ...input });
  const { waiting, dropped } = writer.figures.events;
  expect(dropped).toBe(0);
  expect(waiting).toBeWithin(1000, 1010); // A slow machine takes some seconds for them, each with a third of an event.
  await until("time to pass on this thread", () => turns > 20);
  await until("all to be told", () => told.length === 20_000);
  clearInterval(ticker);
  feed.close();
  blocker.run("COMMIT");
  blocker.close();
  const newest = await until("the count of the others", async () => {
    const [event] = (await store.page("show", { page: 0, perpage: 1 })).items;
    return event?.type === "timeline.folded" ? event : null;
  });
  expect(newest.data).toMatchObject({ count: 20_000 - waiting });
  expect(await countIn(store)).toBe(waiting + 1);
  await writer.close();
  database.close();
});

test("what was emitted last is stored before the writer is closed", async () => {
  const { create, store, writer, database } = realFeed();
  for (let each = 0; each < 3000; each += 1) create(String(each));
  await writer.close();
  expect(await countIn(store)).toBe(3000);
  database.close();
});

test("what is sent of an event is handed over with it, and announced once it is stored, however long that takes", async () => {
  const disk = new SlowDisk();
  const stored: string[] = [];
  const outbox = {
    deliveriesOf: ({ id: eventId, livestreamId: lane, atMs: createdAtMs, type }: FeedEvent) => [
      { id: "a", webhookId: "hook", eventId, lane, type, body: "{}", createdAtMs, risingMs: 1 },
    ],
    stored: (deliveries: readonly NewDelivery[]) => stored.push(...deliveries.map(({ eventId }) => eventId)),
  };
  const feed = new LivestreamFeed({ writer: disk, dateMs: () => AT_MS, log, patienceMs: 1, outbox });
  const told: FeedEvent[] = [];
  feed.subscribe((event) => told.push(event));
  feed.emit(created("a"));
  await until("it to be told unstored", () => told.length === 1);
  expect(disk.deliveries.map(({ eventId }) => eventId)).toEqual(told.map(({ id }) => id));
  expect(stored).toEqual([]);
  disk.write(1);
  expect(stored).toEqual(told.map(({ id }) => id));
});

test("whoever waits for what happened waits until it is told, stored or overdue", async () => {
  const disk = new SlowDisk();
  const { feed, told, create } = feedOn(disk);
  await feed.told();
  create("a");
  create("b");
  let isTold = false;
  const waiting = feed.told().then(() => {
    isTold = true;
  });
  disk.write(1);
  await Promise.resolve();
  expect([isTold, told.length]).toEqual([false, 1]);
  disk.write(1);
  await waiting;
  expect(told.length).toBe(2);

  const impatient = feedOn(new SlowDisk(), 1);
  impatient.create("c");
  await impatient.feed.told();
  expect(namesOf(impatient.told)).toEqual(["c"]);
});

import { afterEach, beforeEach, expect, test } from "bun:test";
import { MANY_SOCKETS, PACE_MS, READS_AT_ONCE, ReadPacer } from "#server/ingest/read-pacer.ts";

let nowMs: number;
let pacer: ReadPacer;
let events: string[];

beforeEach(() => {
  nowMs = 1000;
  events = [];
  pacer = new ReadPacer(() => nowMs);
});

afterEach(() => pacer.stop());

function socket(name: string): { pause(): void; resume(): void } {
  return { pause: () => events.push(`${name} rests`), resume: () => events.push(`${name} goes on`) };
}

function reads(of: { pause(): void; resume(): void }, count: number): void {
  for (let read = 0; read < count; read += 1) pacer.read(of);
}

test("a few reads in a while cost nothing; the next one is the last of its socket until the while is over", async () => {
  const one = socket("one");
  reads(one, READS_AT_ONCE);
  expect(events).toEqual([]);
  reads(one, 1);
  reads(socket("two"), 1);
  expect(events).toEqual(["one rests", "two rests"]);
  nowMs += PACE_MS;
  await Bun.sleep(PACE_MS * 2);
  expect(events.slice(2)).toEqual(["one goes on", "two goes on"]);
});

test("reads that are further apart than that are never many", () => {
  const one = socket("one");
  reads(one, READS_AT_ONCE);
  nowMs += PACE_MS - 1;
  reads(one, 1);
  expect(events).toEqual(["one rests"]);
  pacer.stop();
  events = [];
  reads(one, READS_AT_ONCE);
  nowMs += PACE_MS;
  reads(one, READS_AT_ONCE);
  expect(events).toEqual([]);
});

test("whoever is gone is not gone on with", async () => {
  const [one, two] = [socket("one"), socket("two")];
  reads(one, READS_AT_ONCE + 1);
  reads(two, 1);
  pacer.forget(one);
  await Bun.sleep(PACE_MS * 2);
  expect(events).toEqual(["one rests", "two rests", "two goes on"]);
});

test("all go on where it stops", () => {
  reads(socket("one"), READS_AT_ONCE + 1);
  pacer.stop();
  expect(events).toEqual(["one rests", "one goes on"]);
});

test.each([
  [MANY_SOCKETS, 1],
  [MANY_SOCKETS + 1, 2],
])("after %p at rest a while is %p times as long", async (sockets, times) => {
  reads(socket("first"), READS_AT_ONCE);
  for (let index = 0; index < sockets; index += 1) reads(socket(`${index}`), 1);
  nowMs += PACE_MS;
  await Bun.sleep(PACE_MS * 2);
  events = [];
  reads(socket("again"), READS_AT_ONCE);
  nowMs += PACE_MS * times - 1;
  reads(socket("again"), 1);
  expect(events).toEqual(["again rests"]);
  pacer.stop();
  events = [];
  reads(socket("again"), READS_AT_ONCE);
  nowMs += PACE_MS * times;
  reads(socket("again"), READS_AT_ONCE);
  expect(events).toEqual([]);
});

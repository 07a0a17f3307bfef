import { expect, test } from "bun:test";
import type { InstanceName } from "#openapi/names.ts";
import { MinuteCounts } from "#server/livestreams/minute-counts.ts";
import { FakeFeed } from "#test/support/fake-feed.ts";
import { until } from "#test/support/until.ts";

/** Longer than any test. */
const FOR_EVER_MS = 1_000_000;

function repaired(positionSeconds: number, instance: InstanceName = "primary", livestreamId = "show") {
  return { type: "ingest.repaired", livestreamId, instance, positionSeconds, data: { count: 1 } } as const;
}

function refused(reason: string, positionSeconds: number) {
  const input = { livestreamId: "show", instance: "primary", positionSeconds } as const;
  return { type: "ingest.refused", ...input, data: { reason, count: 1 } } as const;
}

test("what is counted is told once the minute is over, with the place of the first, each instance's apart", async () => {
  const feed = new FakeFeed();
  const counts = new MinuteCounts(feed, 20);
  for (const position of [5, 6, 7]) counts.count(repaired(position));
  counts.count(repaired(8, "secondary"));
  counts.count(repaired(9, "primary", "other"));
  expect(feed.events).toEqual([]);
  await until("all to be told", () => feed.events.length === 3);
  expect(feed.events).toMatchObject([
    { livestreamId: "show", instance: "primary", positionSeconds: 5, data: { count: 3 } },
    { livestreamId: "show", instance: "secondary", positionSeconds: 8, data: { count: 1 } },
    { livestreamId: "other", instance: "primary", positionSeconds: 9, data: { count: 1 } },
  ]);
  counts.count(repaired(10));
  await until("the next minute", () => feed.events.length === 4);
  expect(feed.events[3]).toMatchObject({ positionSeconds: 10, data: { count: 1 } });
});

test("of what is told first, only those that follow are counted; a minute without any is nothing", async () => {
  const feed = new FakeFeed();
  const counts = new MinuteCounts(feed, 20);
  counts.tellFirst(refused("busy", 1));
  expect(feed.events).toMatchObject([{ positionSeconds: 1, data: { reason: "busy", count: 1 } }]);
  counts.tellFirst(refused("busy", 2));
  counts.tellFirst(refused("stopped", 3));
  await until("the others", () => feed.events.length === 2);
  expect(feed.events[1]).toMatchObject({ positionSeconds: 2, data: { reason: "stopped", count: 2 } });
  counts.tellFirst(refused("again", 4));
  expect(feed.events[2]).toMatchObject({ positionSeconds: 4, data: { reason: "again", count: 1 } });
  counts.endAll();
  expect(feed.events).toHaveLength(3);
});

test("a minute can be ended before it is over, of one kind or of all, and nothing is told twice", () => {
  const feed = new FakeFeed();
  const counts = new MinuteCounts(feed, FOR_EVER_MS);
  for (const position of [1, 2]) counts.count(repaired(position));
  counts.count(repaired(3, "secondary"));
  counts.end(repaired(0));
  expect(feed.events).toMatchObject([{ instance: "primary", positionSeconds: 1, data: { count: 2 } }]);
  counts.end(repaired(0));
  counts.endAll();
  counts.endAll();
  expect(feed.events.slice(1)).toMatchObject([{ instance: "secondary", data: { count: 1 } }]);
});

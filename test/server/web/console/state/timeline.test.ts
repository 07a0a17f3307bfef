import { expect, test } from "bun:test";
import type { TimelineEntry } from "#openapi/client.ts";
import { marksOf, nearestMark, withEntries } from "#server/web/console/state/timeline.ts";

function entry(id: string, second: number, type = "playout.switched"): TimelineEntry {
  return {
    ...{ id, atUtc: new Date(second * 1000).toISOString(), type, instance: null },
    ...{ positionSeconds: null, message: `${type} ${id}`, data: {} },
  };
}

test("entries are kept newest first, and once", () => {
  const known = withEntries([], [entry("b", 2), entry("a", 1)]);
  const more = withEntries(known, [entry("d", 3), entry("c", 3), entry("b", 2)]);
  expect(more.map(({ id }) => id)).toEqual(["d", "c", "b", "a"]);
  expect(withEntries(more, [entry("a", 1)])).toBe(more);
});

test("marks are what changes what viewers see, or should worry somebody", () => {
  const marks = marksOf([entry("a", 5), entry("b", 6, "viewers.peak"), entry("c", 7, "recording.stopped")]);
  expect(marks.map(({ time, tone }) => [time, tone])).toEqual([
    [5, "warning"],
    [7, "bad"],
  ]);
});

test("the nearest mark is pointed at, within reach", () => {
  const marks = marksOf([entry("a", 5), entry("b", 9)]);
  expect(nearestMark(marks, 8, 2)?.time).toBe(9);
  expect(nearestMark(marks, 6, 10)?.time).toBe(5);
  expect(nearestMark(marks, 7, 1)).toBeNull();
});

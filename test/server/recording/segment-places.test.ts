import { expect, test } from "bun:test";
import { SegmentPlaces } from "#server/recording/segment-places.ts";

test("each segment is where it was put, whatever its number and however far in the file", () => {
  const places = new SegmentPlaces();
  const msns = [0, 1, 255, 256, 257, 511, 512, 43_199, 17_000_000_000];
  for (const msn of msns) places.set(msn, { offset: msn * 1_000_000, byteLength: 1 + (msn % 1000) });
  for (const msn of msns)
    expect(places.get(msn)).toEqual({ offset: msn * 1_000_000, byteLength: 1 + (msn % 1000) });
});

test("another number has no place", () => {
  const places = new SegmentPlaces();
  expect(places.get(0)).toBeNull();
  places.set(300, { offset: 0, byteLength: 5 });
  expect([299, 301, 44, 556].map((msn) => places.get(msn))).toEqual([null, null, null, null]);
});

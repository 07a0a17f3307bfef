import { expect, test } from "bun:test";
import { SampleStore } from "#server/store/sample-store.ts";
import { openStatisticsDatabase } from "#server/store/statistics-database.ts";
import { sampleAt } from "#test/support/fake-statistics.ts";

const NOTHING = { id: 0, total: 0 };

function times(store: SampleStore, instance: "primary" | "secondary" = "primary", livestreamId = "show") {
  const series = store.series(livestreamId, instance) ?? NOTHING;
  const all = { end: series.total, skip: 0, limit: series.total };
  return store.page(series, all).map(({ createdAtMs }) => createdAtMs);
}

test("a sample is read as it was written", () => {
  const store = new SampleStore(openStatisticsDatabase(":memory:"));
  const { livestreamId: _, instance: __, ...values } = sampleAt(5);
  const silent = {
    ...{ ingestActive: false, onAir: false, videoBitrateKbps: null, audioBitrateKbps: null },
    ...{ frameRate: null, keyFrameIntervalSeconds: null },
  };
  store.append([sampleAt(5), sampleAt(6, silent)]);
  expect(store.page(store.series("show", "primary") ?? NOTHING, { end: 2, skip: 0, limit: 2 })).toEqual([
    { ...values, ...silent, createdAtMs: 6 },
    values,
  ]);
});

test("series are numbered and paged apart", () => {
  const store = new SampleStore(openStatisticsDatabase(":memory:"));
  store.append([
    sampleAt(1),
    sampleAt(1, { instance: "secondary" }),
    sampleAt(2),
    sampleAt(9, { livestreamId: "b" }),
  ]);
  expect([times(store), times(store, "secondary"), times(store, "primary", "b")]).toEqual([[2, 1], [1], [9]]);
  expect(store.series("show", "primary")?.total).toBe(2);
  expect(store.series("nothing", "primary")).toBeNull();
});

test("a page is a stretch below an end", () => {
  const store = new SampleStore(openStatisticsDatabase(":memory:"));
  store.append(Array.from({ length: 10 }, (_, index) => sampleAt(index + 1)));
  const series = store.series("show", "primary") ?? NOTHING;
  const page = (end: number, skip: number, limit: number) =>
    store.page(series, { end, skip, limit }).map(({ createdAtMs }) => createdAtMs);
  expect(page(10, 0, 3)).toEqual([10, 9, 8]);
  expect(page(8, 3, 3)).toEqual([5, 4, 3]);
  expect(page(10, 9, 3)).toEqual([1]);
  expect(page(10, 10, 3)).toEqual([]);
});

test("however clocks are set, times rise, and no sample is lost or written over", () => {
  const database = openStatisticsDatabase(":memory:");
  const store = new SampleStore(database);
  store.append([sampleAt(1000), sampleAt(1000), sampleAt(400)]);
  store.append([sampleAt(500)]);
  expect(times(store)).toEqual([500, 400, 399, 398]);
  const afterRestart = new SampleStore(database);
  afterRestart.append([sampleAt(450), sampleAt(2000)]);
  expect(times(store)).toEqual([2000, 450, 449, 400, 399, 398]);
});

test("where the clock was set back, samples from the future move to that moment, and those before keep their time", () => {
  const store = new SampleStore(openStatisticsDatabase(":memory:"));
  const minutes = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => sampleAt((from + index) * 60_000));
  store.append(minutes(0, 120)); // an hour of them are from the future
  store.append([sampleAt(59.5 * 60_000)]);
  const [newest, ...others] = times(store);
  expect(newest).toBe(3_570_000);
  expect(others.slice(0, 60)).toEqual(Array.from({ length: 60 }, (_, index) => 3_569_999 - index));
  expect(others.slice(60)).toEqual(Array.from({ length: 60 }, (_, index) => (59 - index) * 60_000));
  const series = store.series("show", "primary") ?? NOTHING;
  expect(store.totalBefore(series, 3_570_000)).toBe(120);
  expect(store.totalBefore(series, 3_540_001)).toBe(60);
  store.append(minutes(60, 2));
  expect(times(store).slice(0, 3)).toEqual([3_660_000, 3_600_000, 3_570_000]);
});

test("a clock that goes back and forth by days makes dates that rise, as many as samples", () => {
  const store = new SampleStore(openStatisticsDatabase(":memory:"));
  const day = 86_400_000;
  let atMs = 1000 * day;
  for (let step = 0; step < 200; step += 1) {
    atMs += 10_000 + (step % 7 === 0 ? 200 * day : 0) - (step % 11 === 0 ? 200 * day : 0);
    store.append([sampleAt(atMs)]);
    const rising = times(store).toReversed();
    expect(rising).toHaveLength(step + 1);
    expect(rising.every((each, index) => index === 0 || each > (rising[index - 1] ?? 0))).toBe(true);
    expect(Math.abs((rising.at(-1) ?? 0) - atMs)).toBeLessThan(1000);
  }
});

test("samples before a time are found by halving", () => {
  const store = new SampleStore(openStatisticsDatabase(":memory:"));
  store.append(Array.from({ length: 1000 }, (_, index) => sampleAt(10 * (index + 1))));
  const series = store.series("show", "primary") ?? NOTHING;
  for (const [beforeMs, total] of [
    [0, 0],
    [10, 0],
    [11, 1],
    [5000, 499],
    [5001, 500],
    [10_000, 999],
    [10_001, 1000],
  ] as const) {
    expect(store.totalBefore(series, beforeMs)).toBe(total);
  }
});

test("of samples that cannot all be written none is, and writing goes on where it was", () => {
  const store = new SampleStore(openStatisticsDatabase(":memory:"));
  store.append([sampleAt(1)]);
  const broken = sampleAt(3, { rtmpConnections: Number.NaN });
  expect(() => store.append([sampleAt(2), broken])).toThrow();
  expect(times(store)).toEqual([1]);
  store.append([sampleAt(2)]);
  expect(times(store)).toEqual([2, 1]);
});

test("a livestream's samples are removed a little at a time, and nobody else's", () => {
  const store = new SampleStore(openStatisticsDatabase(":memory:"));
  store.append(Array.from({ length: 4500 }, (_, index) => sampleAt(index + 1)));
  store.append([sampleAt(1, { instance: "secondary" }), sampleAt(1, { livestreamId: "other" })]);
  let steps = 0;
  const lengths: number[] = [];
  while (!store.removeSome("show")) {
    steps += 1;
    lengths.push(times(store).length);
  }
  expect(lengths).toEqual([2500, 500, 0, 0]);
  expect(steps).toBe(4);
  expect(store.livestreamIds()).toEqual(["other"]);
  expect(times(store, "primary", "other")).toEqual([1]);
  expect(store.removeSome("nothing")).toBe(true);
});

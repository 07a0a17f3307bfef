import { expect, test } from "bun:test";
import { SqliteSampleStore } from "#server/store/sqlite/sample-store.ts";
import { openStatisticsDatabase } from "#server/store/sqlite/statistics-database.ts";
import { sampleAt } from "#test/support/fake-statistics.ts";

const NOTHING = { id: 0, total: 0 };

async function times(
  store: SqliteSampleStore,
  instance: "primary" | "secondary" = "primary",
  livestreamId = "show",
) {
  const series = (await store.series(livestreamId, instance)) ?? NOTHING;
  const all = { end: series.total, skip: 0, limit: series.total };
  return (await store.page(series, all)).map(({ createdAtMs }) => createdAtMs);
}

test("a sample is read as it was written", async () => {
  const store = new SqliteSampleStore(openStatisticsDatabase(":memory:"));
  const { livestreamId: _, instance: __, ...values } = sampleAt(5);
  const silent = {
    ...{ ingestActive: false, onAir: false, videoBitrateKbps: null, audioBitrateKbps: null },
    ...{ frameRate: null, keyFrameIntervalSeconds: null },
  };
  await store.append([sampleAt(5), sampleAt(6, silent)]);
  expect(
    await store.page((await store.series("show", "primary")) ?? NOTHING, { end: 2, skip: 0, limit: 2 }),
  ).toEqual([{ ...values, ...silent, createdAtMs: 6 }, values]);
});

test("series are numbered and paged apart", async () => {
  const store = new SqliteSampleStore(openStatisticsDatabase(":memory:"));
  await store.append([
    sampleAt(1),
    sampleAt(1, { instance: "secondary" }),
    sampleAt(2),
    sampleAt(9, { livestreamId: "b" }),
  ]);
  expect([await times(store), await times(store, "secondary"), await times(store, "primary", "b")]).toEqual([
    [2, 1],
    [1],
    [9],
  ]);
  expect((await store.series("show", "primary"))?.total).toBe(2);
  expect(await store.series("nothing", "primary")).toBeNull();
});

test("a page is a stretch below an end", async () => {
  const store = new SqliteSampleStore(openStatisticsDatabase(":memory:"));
  await store.append(Array.from({ length: 10 }, (_, index) => sampleAt(index + 1)));
  const series = (await store.series("show", "primary")) ?? NOTHING;
  const page = async (end: number, skip: number, limit: number) =>
    (await store.page(series, { end, skip, limit })).map(({ createdAtMs }) => createdAtMs);
  expect(await page(10, 0, 3)).toEqual([10, 9, 8]);
  expect(await page(8, 3, 3)).toEqual([5, 4, 3]);
  expect(await page(10, 9, 3)).toEqual([1]);
  expect(await page(10, 10, 3)).toEqual([]);
});

test("however clocks are set, times rise, and no sample is lost or written over", async () => {
  const database = openStatisticsDatabase(":memory:");
  const store = new SqliteSampleStore(database);
  await store.append([sampleAt(1000), sampleAt(1000), sampleAt(400)]);
  await store.append([sampleAt(500)]);
  expect(await times(store)).toEqual([500, 400, 399, 398]);
  const afterRestart = new SqliteSampleStore(database);
  await afterRestart.append([sampleAt(450), sampleAt(2000)]);
  expect(await times(store)).toEqual([2000, 450, 449, 400, 399, 398]);
});

test("where the clock was set back, samples from the future move to that moment, and those before keep their time", async () => {
  const store = new SqliteSampleStore(openStatisticsDatabase(":memory:"));
  const minutes = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => sampleAt((from + index) * 60_000));
  await store.append(minutes(0, 120)); // an hour of them are from the future
  await store.append([sampleAt(59.5 * 60_000)]);
  const [newest, ...others] = await times(store);
  expect(newest).toBe(3_570_000);
  expect(others.slice(0, 60)).toEqual(Array.from({ length: 60 }, (_, index) => 3_569_999 - index));
  expect(others.slice(60)).toEqual(Array.from({ length: 60 }, (_, index) => (59 - index) * 60_000));
  const series = (await store.series("show", "primary")) ?? NOTHING;
  expect(await store.totalBefore(series, 3_570_000)).toBe(120);
  expect(await store.totalBefore(series, 3_540_001)).toBe(60);
  await store.append(minutes(60, 2));
  expect((await times(store)).slice(0, 3)).toEqual([3_660_000, 3_600_000, 3_570_000]);
});

test("a clock that goes back and forth by days makes dates that rise, as many as samples", async () => {
  const store = new SqliteSampleStore(openStatisticsDatabase(":memory:"));
  const day = 86_400_000;
  let atMs = 1000 * day;
  for (let step = 0; step < 200; step += 1) {
    atMs += 10_000 + (step % 7 === 0 ? 200 * day : 0) - (step % 11 === 0 ? 200 * day : 0);
    await store.append([sampleAt(atMs)]);
    const rising = (await times(store)).toReversed();
    expect(rising).toHaveLength(step + 1);
    expect(rising.every((each, index) => index === 0 || each > (rising[index - 1] ?? 0))).toBe(true);
    expect(Math.abs((rising.at(-1) ?? 0) - atMs)).toBeLessThan(1000);
  }
});

test("samples before a time are found by halving", async () => {
  const store = new SqliteSampleStore(openStatisticsDatabase(":memory:"));
  await store.append(Array.from({ length: 1000 }, (_, index) => sampleAt(10 * (index + 1))));
  const series = (await store.series("show", "primary")) ?? NOTHING;
  for (const [beforeMs, total] of [
    [0, 0],
    [10, 0],
    [11, 1],
    [5000, 499],
    [5001, 500],
    [10_000, 999],
    [10_001, 1000],
  ] as const) {
    expect(await store.totalBefore(series, beforeMs)).toBe(total);
  }
});

test("of samples that cannot all be written none is, and writing goes on where it was", async () => {
  const store = new SqliteSampleStore(openStatisticsDatabase(":memory:"));
  await store.append([sampleAt(1)]);
  const broken = sampleAt(3, { rtmpConnections: Number.NaN });
  await expect(store.append([sampleAt(2), broken])).rejects.toThrow();
  expect(await times(store)).toEqual([1]);
  await store.append([sampleAt(2)]);
  expect(await times(store)).toEqual([2, 1]);
});

test("a livestream's samples are removed a little at a time, and nobody else's", async () => {
  const store = new SqliteSampleStore(openStatisticsDatabase(":memory:"));
  await store.append(Array.from({ length: 4500 }, (_, index) => sampleAt(index + 1)));
  await store.append([sampleAt(1, { instance: "secondary" }), sampleAt(1, { livestreamId: "other" })]);
  let steps = 0;
  const lengths: number[] = [];
  while (!(await store.removeSome("show"))) {
    steps += 1;
    lengths.push((await times(store)).length);
  }
  expect(lengths).toEqual([2500, 500, 0, 0]);
  expect(steps).toBe(4);
  expect(await store.livestreamIds()).toEqual(["other"]);
  expect(await times(store, "primary", "other")).toEqual([1]);
  expect(await store.removeSome("nothing")).toBe(true);
});

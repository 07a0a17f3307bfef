import { expect, test } from "bun:test";
import { SampleHistory } from "#server/stats/sample-history.ts";
import { FakeStatistics, sampleAt } from "#test/support/fake-statistics.ts";

class House {
  readonly statistics = new FakeStatistics();
  nowMs = 0;
  readonly history = new SampleHistory({ samples: this.statistics.samples, monotonicMs: () => this.nowMs });

  /** Samples created at `from`, `from + 1`, … before `to`. */
  async sample(from: number, to: number): Promise<void> {
    const times = Array.from({ length: to - from }, (_, index) => from + index);
    await this.statistics.samples.append(times.map((time) => sampleAt(time)));
  }

  async times(
    page: number,
    of: { perpage?: number; beforeMs?: number | null; reader?: string } = {},
  ): Promise<number[]> {
    const { perpage = 10, beforeMs = null, reader = "token" } = of;
    const asked = { livestreamId: "show", instance: "primary", page, perpage, beforeMs, reader } as const;
    return (await this.history.page(asked)).items.map(({ createdAtMs }) => createdAtMs);
  }
}

test("pages are newest first, whole but the last, and empty behind it", async () => {
  const house = new House();
  await house.sample(1, 26);
  expect(await house.times(0)).toEqual([25, 24, 23, 22, 21, 20, 19, 18, 17, 16]);
  expect(await house.times(2)).toEqual([5, 4, 3, 2, 1]);
  expect(await house.times(3)).toEqual([]);
  expect(await house.times(99_999_999_999_999)).toEqual([]);
});

test("whoever walks pages while samples arrive sees none twice and misses none", async () => {
  const house = new House();
  await house.sample(1, 101);
  const seen: number[] = [];
  for (let page = 0; page < 12; page += 1) {
    seen.push(...(await house.times(page)));
    await house.sample(101 + page * 7, 108 + page * 7);
  }
  expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => 100 - index));
  expect((await house.times(0))[0]).toBe(184);
});

test("readers, and walks with pages of another size, do not disturb each other", async () => {
  const house = new House();
  await house.sample(1, 31);
  expect((await house.times(0))[9]).toBe(21);
  await house.sample(31, 36);
  expect((await house.times(0, { reader: "other" }))[0]).toBe(35);
  expect((await house.times(0, { perpage: 5 }))[0]).toBe(35);
  expect((await house.times(1))[0]).toBe(20);
  expect((await house.times(1, { reader: "other" }))[0]).toBe(25);
});

test("a walk that begins again, or paused for long, sees what there is now", async () => {
  const house = new House();
  await house.sample(1, 31);
  await house.times(0);
  await house.sample(31, 36);
  house.nowMs += 10 * 60_000 + 1;
  expect((await house.times(1))[0]).toBe(25);
  await house.sample(36, 41);
  expect((await house.times(1))[0]).toBe(25);
  expect((await house.times(0))[0]).toBe(40);
});

test("before= gives those that are older, however many arrive", async () => {
  const house = new House();
  await house.sample(1, 101);
  const seen: number[] = [];
  let beforeMs: number | null = null;
  for (let step = 0; step < 10; step += 1) {
    const times: number[] = await house.times(0, { beforeMs });
    seen.push(...times);
    beforeMs = times.at(-1) ?? null;
    await house.sample(101 + step, 102 + step);
  }
  expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => 100 - index));
  expect(await house.times(0, { beforeMs: 1 })).toEqual([]);
  expect(await house.times(1, { beforeMs: 51, perpage: 20 })).toEqual(
    Array.from({ length: 20 }, (_, i) => 30 - i),
  );
});

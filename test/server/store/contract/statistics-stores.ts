// What every statistics writer writes, and every store of samples and events reads.

import { describe, expect, test } from "bun:test";
import type { EventPageRequest, StoredEvent } from "#server/store/event-store.ts";
import type { Stores } from "#server/store/stores.ts";
import { sampleAt } from "#test/support/fake-statistics.ts";
import { until } from "#test/support/until.ts";
import { acrossRestart, type NewPlace, withStores } from "./store-place.ts";

function eventAt(atMs: number, livestreamId = "show"): StoredEvent {
  const nowhere = { instance: null, positionSeconds: null };
  return { id: Bun.randomUUIDv7(), livestreamId, atMs, type: "livestream.started", ...nowhere, data: {} };
}

const writtenOf = ({ statisticsWriter: { figures } }: Stores) =>
  figures.samples.written + figures.events.written;

export function statisticsStoresContract(newPlace: NewPlace): void {
  describe("samples", () => {
    test("are read newest first, below an end, each instance's apart", () =>
      withStores(newPlace, async (stores) => {
        const { samples, statisticsWriter } = stores;
        const taken = Array.from({ length: 10 }, (_, index) => sampleAt(10 * (index + 1)));
        statisticsWriter.writeSamples([...taken, sampleAt(5, { instance: "secondary" })]);
        await until("the samples", () => writtenOf(stores) === 11);
        const series = (await samples.series("show", "primary")) ?? { id: 0, total: 0 };
        expect(series.total).toBe(10);
        expect((await samples.series("show", "secondary"))?.total).toBe(1);
        expect(await samples.series("other", "primary")).toBeNull();
        const page = await samples.page(series, { end: 8, skip: 3, limit: 3 });
        expect(page.map(({ createdAtMs }) => createdAtMs)).toEqual([50, 40, 30]);
        const { livestreamId: _, instance: __, ...values } = sampleAt(50);
        expect(page[0]).toEqual(values);
        expect(await samples.newest("other", "primary", 3)).toBeNull();
        expect(await samples.newest("show", "primary", 10)).toEqual({
          total: 10,
          items: await samples.page(series, { end: 10, skip: 0, limit: 10 }),
        });
        expect(
          (await samples.newest("show", "primary", 2))?.items.map(({ createdAtMs }) => createdAtMs),
        ).toEqual([100, 90]);
        statisticsWriter.writeSamples([sampleAt(110)]);
        await until("one more", () => writtenOf(stores) === 12);
        const now = await samples.newest("show", "primary", 2);
        expect([now?.total, now?.items.map(({ createdAtMs }) => createdAtMs)]).toEqual([11, [110, 100]]);
        expect(await samples.totalBefore(series, 50)).toBe(4);
        expect(await samples.livestreamIds()).toEqual(["show"]);
      }));
  });

  describe("events", () => {
    test("are written when nothing was to be written for a while", () =>
      withStores(newPlace, async ({ statisticsWriter, events }) => {
        statisticsWriter.writeSamples([]); // Nothing runs.
        const written: number[] = [];
        statisticsWriter.writeEvent(eventAt(10), () => written.push(10));
        await until("the event", () => written.length === 1);
        expect((await events.page("show", { page: 0, perpage: 2 })).total).toBe(1);
      }));

    test("are read newest first, and told as written in order", () =>
      withStores(newPlace, async ({ events, statisticsWriter }) => {
        const happened = [10, 30, 20].map((atMs) => eventAt(atMs));
        const written: number[] = [];
        for (const event of happened) statisticsWriter.writeEvent(event, () => written.push(event.atMs));
        statisticsWriter.writeEvent(eventAt(1, "other"), () => written.push(1));
        await until("the events", () => written.length === 4);
        expect(written).toEqual([10, 30, 20, 1]);
        expect(await events.page("show", { page: 0, perpage: 2 })).toEqual({
          items: happened.slice(1).reverse(),
          total: 3,
        });
        expect([...(await events.livestreamIds())].sort()).toEqual(["other", "show"]);
      }));

    test("are found by type, by several types and by instance, each page of them counted", () =>
      withStores(newPlace, async ({ events, statisticsWriter }) => {
        const happened = (["primary", "secondary", null] as const).flatMap((instance, each) =>
          ["ingest.fault", "playout.switched", "livestream.stopped"].map((type, which) => ({
            ...eventAt(10 * each + which),
            ...{ type, instance, positionSeconds: 61.25, data: { faults: ["frozen"], gapMs: null } },
          })),
        );
        let written = 0;
        const other = { ...eventAt(99, "other"), type: "ingest.fault" };
        for (const event of [...happened, other]) statisticsWriter.writeEvent(event, () => ++written);
        await until("the events", () => written === 10);
        const found = async (filter: Omit<EventPageRequest, "page" | "perpage">, page = 0, perpage = 2) => {
          const { items, total } = await events.page("show", { page, perpage, ...filter });
          return [items.map(({ atMs }) => atMs), total];
        };
        expect(await found({ types: ["ingest.fault"] })).toEqual([[20, 10], 3]);
        expect(await found({ types: ["ingest.fault"] }, 1)).toEqual([[0], 3]);
        expect(await found({ types: ["livestream.stopped", "ingest.fault"] }, 0, 4)).toEqual([
          [22, 20, 12, 10],
          6,
        ]);
        expect(await found({ instance: "secondary" })).toEqual([[12, 11], 3]);
        expect(await found({ types: ["playout.switched"], instance: "primary" })).toEqual([[1], 1]);
        expect(await found({ types: ["ingest.fault"] }, 100_000_000_000_000, 50)).toEqual([[], 3]);
        expect(await found({ types: ["ingest"] })).toEqual([[], 0]);
        expect(await found({ types: null, instance: null })).toEqual([[22, 21], 9]);
        const [newest] = (await events.page("show", { page: 0, perpage: 1, instance: "primary" })).items;
        expect(newest).toEqual(happened[2]);
      }));

    test("and samples that were given before the end are there for the next process, and go with their livestream", () =>
      acrossRestart(
        newPlace,
        async (stores) => {
          const { statisticsWriter } = stores;
          statisticsWriter.writeSamples([sampleAt(1)]);
          // What writes may be a thread that has yet to begin; only the writing is bounded at the end.
          await until("the first sample", () => writtenOf(stores) === 1);
          statisticsWriter.writeSamples([sampleAt(2)]);
          statisticsWriter.writeEvent(eventAt(1), () => {});
        },
        async ({ samples, events, statisticsWriter }) => {
          expect([await samples.livestreamIds(), await events.livestreamIds()]).toEqual([["show"], ["show"]]);
          expect((await samples.series("show", "primary"))?.total).toBe(2);
          statisticsWriter.remove("show");
          await until("nothing to be left", async () => {
            const left = [...(await samples.livestreamIds()), ...(await events.livestreamIds())];
            return left.length === 0;
          });
        },
      ));
  });

  test("the secret of viewer sessions is the same in the next process, and another in another place", async () => {
    const secrets: Uint8Array[] = [];
    const keep = async ({ viewerSecret }: Stores) => {
      secrets.push(await viewerSecret());
    };
    await acrossRestart(newPlace, keep, keep);
    await withStores(newPlace, keep);
    const [first = new Uint8Array(0), second, other] = secrets;
    expect(first).toHaveLength(32);
    expect(second).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test("the mark of the rising time is the last that was written", () =>
    acrossRestart(
      newPlace,
      async ({ risingTime }) => {
        expect(await risingTime.read()).toBeNull();
        await risingTime.write({ reservedMs: 3, risenMs: 2, dateMs: 1 });
        await risingTime.write({ reservedMs: 1_795_521_600_300, risenMs: 1_795_521_600_200, dateMs: -5 });
      },
      async ({ risingTime }) => {
        const last = { reservedMs: 1_795_521_600_300, risenMs: 1_795_521_600_200, dateMs: -5 };
        expect(await risingTime.read()).toEqual(last);
      },
    ));

  test("the mark of the date is the last that was written", () =>
    acrossRestart(
      newPlace,
      async ({ dateMark }) => {
        expect(await dateMark.read()).toBeNull();
        await dateMark.write({ seenMs: 1, heldMs: 2 });
        await dateMark.write({ seenMs: 1_795_521_600_300, heldMs: 0 });
      },
      async ({ dateMark }) => {
        expect(await dateMark.read()).toEqual({ seenMs: 1_795_521_600_300, heldMs: 0 });
      },
    ));
}

// Statistics and server-sent events, as they follow the feed.

import { beforeEach, expect, test } from "bun:test";
import { createLog } from "#server/common/log.ts";
import type { Happening, SwitchFacts } from "#server/feed/feed-event.ts";
import type { InputState } from "#server/instances/input-state.ts";
import { Statistics, type StatisticsOptions } from "#server/stats/statistics.ts";
import type { NewSample } from "#server/store/sample-store.ts";
import { SqliteEventStore } from "#server/store/sqlite/event-store.ts";
import { SqliteSampleStore } from "#server/store/sqlite/sample-store.ts";
import { openStatisticsDatabase } from "#server/store/sqlite/statistics-database.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { FakeFeed, feedEvent } from "#test/support/fake-feed.ts";
import { sampleAt } from "#test/support/fake-statistics.ts";
import { until } from "#test/support/until.ts";

const NOTHING = { waiting: 0, written: 0, dropped: 0 };

/** Statistics of livestreams that the test invents, on a feed that tells at once. */
class Watched {
  readonly feed = new FakeFeed();
  readonly #database = openStatisticsDatabase(":memory:");
  readonly stored = new SqliteSampleStore(this.#database);
  readonly storedEvents = new SqliteEventStore(this.#database);
  readonly removed: string[] = [];
  readonly samples: NewSample[] = [];
  /** Status → the livestreams that have it. */
  withStatus: Partial<Record<string, readonly string[]>> = {};
  onAir: "primary" | "secondary" | null = null;
  /** Of every livestream. */
  inputs: readonly InputState[] = [];
  readonly statistics: Statistics;

  constructor(sampleIntervalSeconds = 300) {
    const options: StatisticsOptions = {
      samples: this.stored,
      storedEvents: this.storedEvents,
      viewerSecret: new Uint8Array(32),
      writer: {
        writeSamples: (samples) => this.samples.push(...samples),
        remove: (id) => this.removed.push(id),
        figures: { samples: NOTHING, events: NOTHING },
      },
      feed: this.feed,
      playouts: {
        inputs: () => this.inputs,
        onAir: () => this.onAir,
        rtmpConnections: (_, of) => (of === "auto" ? 3 : 0),
        recordedSeconds: () => 61.2,
        programme: () => null,
      },
      livestreams: {
        get: async (id) => (id === "gone" ? null : { status: "live", inputs: [] }),
        status: async (id) => (id === "gone" ? null : "live"),
        countsByStatus: async () => [],
        withStatus: async (status) => (this.withStatus[status] ?? []).map((id) => ({ id })),
      },
      load: {
        rtmpSending: () => ({ waitingBytes: 0, skips: 0, disconnections: 0 }),
        descriptors: () => ({ open: 1, limit: 2, httpPauses: 0, turnedAway: new Map() }),
        owedWrites: () => 0,
        imagesWaiting: () => 0,
      },
      sampleIntervalSeconds,
      version: "1.2.3",
      clock: new FakeClock(),
      log: createLog({ level: "error", write: () => {}, clock: new FakeClock() }),
    };
    this.statistics = new Statistics(options);
  }

  /** How many livestreams are sampled, by what the metrics say of their inputs' players. */
  async sampled(): Promise<number> {
    return (await this.metric('tandem_rtmp_connections{instance="primary"}')) / 3;
  }

  async metric(sample: string): Promise<number> {
    const lines = (await this.statistics.metrics.render()).split("\n");
    return Number(lines.find((line) => line.startsWith(`${sample} `))?.slice(sample.length + 1));
  }

  emit(type: "started" | "published" | "stopped" | "finished" | "failed" | "deleted", id = "show"): void {
    const data = { mediaId: "m", durationSeconds: 1, reason: "EIO" };
    this.feed.emit({ type: `livestream.${type}`, livestreamId: id, data } as Happening);
  }
}

const SWITCH: SwitchFacts = {
  ...{ from: null, to: "secondary", cause: "begin", fromScore: null, toScore: 100 },
  ...{ faults: [], gapMs: null, gapFrames: null },
};

const PUBLISHING: InputState = {
  ...{ instance: "primary", active: true, connectedAtMs: 0, lastSeenAtMs: 0, video: null, audio: null },
  ...{ health: null, advice: [], problem: null, timestampRepairs: 0 },
};

let watched = new Watched();

beforeEach(() => {
  watched = new Watched();
});

test("readers of events are told of statuses and switches, and of nothing else that happens", async () => {
  const subscription = await watched.statistics.events.subscribe("show", null);
  for (let each = 0; each < 3; each += 1) await subscription?.next();
  watched.feed.emit({ type: "livestream.created", livestreamId: "show", data: { name: "Show" } });
  watched.emit("started");
  watched.feed.emit({ type: "ingest.connected", livestreamId: "show", instance: "primary", data: {} });
  watched.feed.emit({ type: "playout.switched", livestreamId: "show", instance: "secondary", data: SWITCH });
  for (const type of ["published", "stopped", "finished", "failed", "deleted"] as const) watched.emit(type);
  const told: string[] = [];
  for (let event = await subscription?.next(); event != null; event = await subscription?.next()) {
    told.push(`${event.event} ${event.data}`);
  }
  const at = (index: number) => `"atUtc":"1970-01-01T00:00:00.00${index}Z"}`;
  expect(told).toEqual([
    `status {"status":"started",${at(1)}`,
    `switch {"from":null,"to":"secondary","cause":"begin",${at(3)}`,
    `status {"status":"live",${at(4)}`,
    `status {"status":"converting",${at(5)}`,
    `status {"status":"finished",${at(6)}`,
    `status {"status":"failed",${at(7)}`,
    `status {"status":"deleted",${at(8)}`,
  ]);
});

test("a livestream is sampled from its start to its stop, its failure or its deletion", async () => {
  watched.emit("started");
  expect(await watched.sampled()).toBe(1);
  watched.emit("published");
  expect(await watched.sampled()).toBe(1);
  for (const type of ["stopped", "failed", "deleted"] as const) {
    watched.emit("started");
    watched.emit(type);
    expect(await watched.sampled()).toBe(0);
  }
});

test("switches are counted by their cause, and viewers of the programme count for who was on air last", async () => {
  watched.feed.emit({ type: "playout.switched", livestreamId: "show", instance: "secondary", data: SWITCH });
  const lost: SwitchFacts = { ...SWITCH, from: "secondary", to: null, cause: "closed" };
  watched.feed.emit({ type: "playout.switched", livestreamId: "show", data: lost });
  expect(await watched.metric('tandem_switches_total{cause="begin"}')).toBe(1);
  expect(await watched.metric('tandem_switches_total{cause="closed"}')).toBe(1);
  expect(watched.statistics.overview("show").secondary.rtmpConnections).toBe(3);
  watched.emit("deleted");
  expect(watched.statistics.overview("show").primary.rtmpConnections).toBe(3);
});

test("at a start those that run are sampled, and what is left of deleted ones is removed", async () => {
  await watched.stored.append([sampleAt(1), sampleAt(1, { livestreamId: "gone" })]);
  watched.withStatus = { created: ["a"], started: ["b"], live: ["c", "d"], finished: ["e"] };
  await watched.statistics.start();
  expect([await watched.sampled(), watched.removed]).toEqual([3, ["gone"]]);
  watched.statistics.stop();
});

test("events that are left of a deleted livestream are removed at a start, too", async () => {
  const happening = { type: "livestream.started", livestreamId: "gone", data: {} } as const;
  await watched.storedEvents.append([
    feedEvent(happening),
    feedEvent({ ...happening, livestreamId: "show" }),
  ]);
  await watched.statistics.start();
  expect(watched.removed).toEqual(["gone"]);
  watched.statistics.stop();
});

test("a livestream that ends while those that run are looked up is not sampled", async () => {
  watched.withStatus = { live: ["a", "b"] };
  const starting = watched.statistics.start();
  watched.emit("stopped", "a");
  watched.withStatus = { live: ["b"] };
  await starting;
  expect(await watched.sampled()).toBe(1);
  watched.statistics.stop();
});

test("more viewers than ever are told of with what is sampled, publishers left out, also after a restart", async () => {
  const peaks = ({ feed }: Watched) => feed.events.filter(({ type }) => type === "viewers.peak");
  watched = new Watched(0.01);
  watched.inputs = [PUBLISHING];
  watched.emit("started");
  await watched.statistics.start();
  await until("the peak", () => peaks(watched).length > 0);
  expect(peaks(watched)).toMatchObject([
    { livestreamId: "show", instance: null, positionSeconds: 61.2, data: { viewers: 2 } },
  ]);
  watched.emit("stopped");
  watched.statistics.stop();

  const before = { type: "viewers.peak", livestreamId: "show", positionSeconds: 61.2 } as const;
  const again = new Watched(0.01);
  await again.storedEvents.append(
    [2, 1].map((viewers) => feedEvent({ ...before, livestreamId: `of ${viewers}`, data: { viewers } })),
  );
  again.inputs = [PUBLISHING];
  again.withStatus = { live: ["of 2", "of 1"] };
  await again.statistics.start();
  await until("the peak", () => peaks(again).length > 0);
  expect(peaks(again)).toMatchObject([{ livestreamId: "of 1", data: { viewers: 2 } }]);
  again.statistics.stop();
});

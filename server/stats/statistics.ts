// All that is known of who watches and what arrives: its parts, joined to each other and to what happens.

import type { InstanceName, LivestreamStatus, PlayoutName } from "#openapi/names.ts";
import type { Clock } from "#server/common/clock.ts";
import type { Log } from "#server/common/log.ts";
import type { FeedEvent, SwitchFacts } from "#server/feed/feed-event.ts";
import type { LivestreamFeed } from "#server/feed/livestream-feed.ts";
import type { InputState } from "#server/instances/input-state.ts";
import type { Programme } from "#server/programme/programme.ts";
import type { EventStore } from "#server/store/event-store.ts";
import type { NewSample, SampleStore } from "#server/store/sample-store.ts";
import type { StatisticsWriter } from "#server/store/statistics-writer.ts";
import { ConnectionCounter, type StatisticsOverview } from "./connection-counts.ts";
import { LivestreamEvents } from "./livestream-events.ts";
import type { PlaylistTiming, RunningLivestream } from "./livestream-metrics.ts";
import { Metrics } from "./metrics.ts";
import { RunningTotals } from "./running-totals.ts";
import { SampleHistory } from "./sample-history.ts";
import { Sampler } from "./sampler.ts";
import type { ServerLoad } from "./server-metrics.ts";
import { SessionKeys } from "./session-key.ts";
import { ViewerPeaks } from "./viewer-peaks.ts";
import { Viewers } from "./viewers.ts";

/** What is asked of livestreams that run. */
export interface StatisticsPlayouts {
  inputs(livestreamId: string): readonly InputState[];
  onAir(livestreamId: string): InstanceName | null;
  rtmpConnections(livestreamId: string, playout: PlayoutName): number;
  recordedSeconds(livestreamId: string): number | null;
  programme(livestreamId: string): Pick<Programme, "leadWindow" | "listedAtMs"> | null;
}

/** What is asked of all livestreams. */
export interface StatisticsLivestreams {
  /** Null when there is no such livestream. */
  get(livestreamId: string): Promise<{ readonly status: string; readonly inputs: readonly unknown[] } | null>;
  /** Null when there is no such livestream. */
  status(livestreamId: string): Promise<LivestreamStatus | null>;
  countsByStatus(): Promise<Iterable<readonly [string, number]>>;
  withStatus(status: LivestreamStatus): Promise<readonly { readonly id: string }[]>;
}

export interface StatisticsOptions {
  readonly samples: SampleStore;
  readonly storedEvents: Pick<EventStore, "livestreamIds" | "page">;
  /** What viewer sessions are signed with. */
  readonly viewerSecret: Uint8Array;
  /** Writes what the stores hold. */
  readonly writer: Pick<StatisticsWriter, "writeSamples" | "remove" | "figures">;
  readonly feed: Pick<LivestreamFeed, "emit" | "subscribe">;
  readonly playouts: StatisticsPlayouts;
  readonly livestreams: StatisticsLivestreams;
  readonly load: ServerLoad;
  readonly sampleIntervalSeconds: number;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** The status that readers are told of when this happened. */
const STATUS_AFTER: Partial<Record<FeedEvent["type"], LivestreamStatus | "deleted">> = {
  "livestream.started": "started",
  "livestream.published": "live",
  "livestream.stopped": "converting",
  "livestream.finished": "finished",
  "livestream.failed": "failed",
  "livestream.deleted": "deleted",
};

/** In these the inputs are open. */
const RUNNING: readonly LivestreamStatus[] = ["started", "live"];

export class Statistics {
  readonly viewers: Viewers;
  readonly history: SampleHistory;
  readonly events: LivestreamEvents;
  readonly metrics: Metrics;
  readonly #options: StatisticsOptions;
  readonly #totals = new RunningTotals();
  readonly #sampler: Sampler;
  readonly #counter: ConnectionCounter;
  readonly #peaks: ViewerPeaks;

  constructor(options: StatisticsOptions) {
    const { samples, writer, playouts, livestreams, clock, log } = options;
    const monotonicMs = () => clock.monotonicMs();
    this.#options = options;
    this.viewers = new Viewers({ keys: new SessionKeys(options.viewerSecret), monotonicMs });
    this.history = new SampleHistory({ samples, monotonicMs });
    this.#counter = new ConnectionCounter({
      viewers: this.viewers,
      rtmpConnections: (id, playout) => playouts.rtmpConnections(id, playout),
      onAir: (id) => playouts.onAir(id),
    });
    this.#peaks = new ViewerPeaks({
      tell: (livestreamId, { viewers, positionSeconds }) =>
        options.feed.emit({ type: "viewers.peak", livestreamId, positionSeconds, data: { viewers } }),
      monotonicMs,
    });
    this.#sampler = new Sampler({
      intervalSeconds: options.sampleIntervalSeconds,
      clock,
      inputs: (id) => playouts.inputs(id),
      onAir: (id) => playouts.onAir(id),
      counts: (id, instance) => this.#counter.counts(id, instance),
      write: (samples) => this.#sampled(samples),
    });
    this.events = new LivestreamEvents({
      snapshot: (id) => this.#snapshot(id),
      run: crypto.randomUUID(),
      log,
    });
    this.metrics = new Metrics({
      version: options.version,
      clock,
      livestreamsByStatus: () => livestreams.countsByStatus(),
      running: () => [...this.#sampler.running].map((id) => this.#runningLivestream(id)),
      writing: () => writer.figures,
      totals: this.#totals,
      load: options.load,
      eventSubscribers: () => this.events.subscribers,
    });
    options.feed.subscribe((event) => this.#happened(event));
  }

  /** Begins to sample, and removes what a process that ended too early has left of deleted livestreams. */
  async start(): Promise<void> {
    const running = await this.#runningIds();
    for (const id of running) {
      this.#peaks.resume(id, await this.#peakOf(id));
      this.#sampler.begin(id);
    }
    this.#sampler.start();
    // The end of one that ended while they were looked up may have been told before it was begun.
    const stillRunning = new Set(await this.#runningIds());
    for (const id of running) if (!stillRunning.has(id)) this.#stopped(id);
    await this.#removeLeftOvers();
  }

  overview(livestreamId: string): StatisticsOverview {
    return this.#counter.overview(livestreamId);
  }

  /** Nobody is told anything more, and no sample is taken. */
  stop(): void {
    this.#sampler.stop();
    this.events.close();
  }

  async #runningIds(): Promise<readonly string[]> {
    const { livestreams } = this.#options;
    const rows = await Promise.all(RUNNING.map((status) => livestreams.withStatus(status)));
    return rows.flat().map(({ id }) => id);
  }

  /** The highest number of viewers that was told before; 0 where none was. */
  async #peakOf(livestreamId: string): Promise<number> {
    const request = { page: 0, perpage: 1, types: ["viewers.peak"] };
    const { items } = await this.#options.storedEvents.page(livestreamId, request);
    const data = items[0]?.data;
    return data !== undefined && "viewers" in data ? Number(data.viewers) : 0;
  }

  #stopped(livestreamId: string): void {
    this.#sampler.end(livestreamId);
    this.#peaks.end(livestreamId);
  }

  async #removeLeftOvers(): Promise<void> {
    const { samples, storedEvents, writer, livestreams } = this.#options;
    const ids = [...(await samples.livestreamIds()), ...(await storedEvents.livestreamIds())];
    for (const id of new Set(ids)) if ((await livestreams.status(id)) === null) writer.remove(id);
  }

  #happened(event: FeedEvent): void {
    const atUtc = new Date(event.atMs).toISOString();
    const status = STATUS_AFTER[event.type];
    if (status !== undefined) this.#statusChanged(event.livestreamId, status, atUtc);
    if (event.type === "playout.switched") this.#switched(event.livestreamId, event.data, atUtc);
  }

  #statusChanged(livestreamId: string, status: LivestreamStatus | "deleted", atUtc: string): void {
    if (RUNNING.some((running) => running === status)) this.#sampler.begin(livestreamId);
    else this.#stopped(livestreamId);
    this.events.changed(livestreamId, "status", { status, atUtc });
    if (status !== "deleted") return;
    this.#counter.forget(livestreamId);
    this.events.forget(livestreamId);
  }

  #switched(livestreamId: string, { from, to, cause }: SwitchFacts, atUtc: string): void {
    if (to !== null) this.#counter.wentOnAir(livestreamId, to);
    this.#totals.switched(cause);
    this.events.changed(livestreamId, "switch", { from, to, cause, atUtc });
  }

  #sampled(samples: readonly NewSample[]): void {
    this.#options.writer.writeSamples(samples);
    this.#totals.observe(samples);
    for (const id of this.#sampler.running) this.#observeViewers(id);
    this.viewers.sweep();
  }

  /** All who are connected but for those who publish. */
  #observeViewers(livestreamId: string): void {
    const { playouts } = this.#options;
    const { rtmpConnections, hlsConnections } = this.overview(livestreamId).sum;
    const inputs = playouts.inputs(livestreamId);
    const publishers = inputs.filter(({ connectedAtMs }) => connectedAtMs !== null).length;
    const viewers = rtmpConnections + hlsConnections - publishers;
    this.#peaks.observe(livestreamId, {
      viewers,
      positionSeconds: playouts.recordedSeconds(livestreamId),
    });
  }

  async #snapshot(livestreamId: string) {
    const livestream = await this.#options.livestreams.get(livestreamId);
    if (livestream === null) return null;
    return {
      status: { status: livestream.status, atUtc: new Date(this.#options.clock.dateMs()).toISOString() },
      statistics: this.overview(livestreamId),
      inputs: livestream.inputs,
    };
  }

  #runningLivestream(id: string): RunningLivestream {
    const { playouts } = this.#options;
    const programme = playouts.programme(id);
    return {
      id,
      inputs: playouts.inputs(id),
      onAir: playouts.onAir(id),
      overview: this.overview(id),
      playlist: programme === null ? null : playlistTiming(programme),
    };
  }
}

function playlistTiming({
  leadWindow,
  listedAtMs,
}: Pick<Programme, "leadWindow" | "listedAtMs">): PlaylistTiming | null {
  const newest = leadWindow?.segments.at(-1);
  if (newest === undefined || listedAtMs === null) return null;
  const { durationSeconds, partCount } = newest;
  return { listedAtMs, durationSeconds, partCount };
}

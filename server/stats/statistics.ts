// All that is known of who watches and what arrives: its parts, joined to each other and to what happens.

import type { Database } from "bun:sqlite";
import type { PlaylistWindow } from "#media/hls/playlist-window.ts";
import type { InstanceName, PlayoutName } from "#openapi/names.ts";
import type { Log } from "#server/common/log.ts";
import type { InputState } from "#server/instances/input-state.ts";
import { type NewSample, SampleStore } from "#server/store/sample-store.ts";
import { viewerSecretIn } from "#server/store/statistics-database.ts";
import type { SwitchCause } from "#server/switching/switcher.ts";
import { ConnectionCounter, type StatisticsOverview } from "./connection-counts.ts";
import { LivestreamEvents } from "./livestream-events.ts";
import { Metrics, type MetricsOptions, type PlaylistTiming, type RunningLivestream } from "./metrics.ts";
import { SampleHistory } from "./sample-history.ts";
import { SampleWriter } from "./sample-writer.ts";
import { Sampler } from "./sampler.ts";
import { SessionKeys } from "./session-key.ts";
import { Viewers } from "./viewers.ts";

/** What is asked of livestreams that run. */
export interface StatisticsPlayouts {
  inputs(livestreamId: string): readonly InputState[];
  onAir(livestreamId: string): InstanceName | null;
  rtmpConnections(livestreamId: string, of: PlayoutName): number;
  programme(livestreamId: string): { readonly leadWindow: PlaylistWindow | null } | null;
}

/** What is asked of all livestreams. */
export interface StatisticsLivestreams {
  /** Null when there is no such livestream. */
  get(livestreamId: string): { readonly status: string; readonly inputs: readonly unknown[] } | null;
  countsByStatus(): Iterable<readonly [string, number]>;
}

export interface StatisticsOptions {
  /** Of the statistics file; closed with the statistics. */
  readonly database: Database;
  readonly playouts: StatisticsPlayouts;
  readonly livestreams: StatisticsLivestreams;
  readonly rtmpSending: MetricsOptions["rtmpSending"];
  readonly imagesWaiting: MetricsOptions["imagesWaiting"];
  readonly sampleIntervalSeconds: number;
  readonly version: string;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** A change of the side on air. */
interface Switch {
  readonly from: InstanceName | null;
  readonly to: InstanceName | null;
  readonly cause: SwitchCause;
}

/** Those whose inputs are open. */
const RUNNING: readonly string[] = ["started", "live"];

export class Statistics {
  readonly viewers: Viewers;
  readonly history: SampleHistory;
  readonly events: LivestreamEvents;
  readonly metrics: Metrics;
  readonly #options: StatisticsOptions;
  readonly #samples: SampleStore;
  readonly #writer: SampleWriter;
  readonly #sampler: Sampler;
  readonly #counter: ConnectionCounter;

  constructor(options: StatisticsOptions) {
    const { database, playouts, livestreams, nowMs, log } = options;
    const startedAtMs = nowMs();
    this.#options = options;
    this.#samples = new SampleStore(database);
    this.#writer = new SampleWriter({ file: database.filename, log });
    this.viewers = new Viewers({ keys: new SessionKeys(viewerSecretIn(database)), nowMs });
    this.history = new SampleHistory({ samples: this.#samples, nowMs });
    this.#counter = new ConnectionCounter({
      viewers: this.viewers,
      rtmpConnections: (id, of) => playouts.rtmpConnections(id, of),
      onAir: (id) => playouts.onAir(id),
    });
    this.#sampler = new Sampler({
      intervalSeconds: options.sampleIntervalSeconds,
      nowMs,
      inputs: (id) => playouts.inputs(id),
      onAir: (id) => playouts.onAir(id),
      counts: (id, instance) => this.#counter.counts(id, instance),
      write: (samples) => this.#sampled(samples),
    });
    this.events = new LivestreamEvents({
      snapshot: (id) => this.#snapshot(id),
      run: startedAtMs.toString(36),
    });
    this.metrics = new Metrics({
      version: options.version,
      startedAtMs,
      nowMs,
      livestreamsByStatus: () => livestreams.countsByStatus(),
      running: () => [...this.#sampler.running].map((id) => this.#runningLivestream(id)),
      samples: () => this.#writer.figures,
      rtmpSending: options.rtmpSending,
      imagesWaiting: options.imagesWaiting,
      eventSubscribers: () => this.events.subscribers,
    });
  }

  /** Begins to sample, and removes what a process that ended too early has left of deleted livestreams. */
  start(): void {
    for (const id of this.#samples.livestreamIds()) {
      if (this.#options.livestreams.get(id) === null) this.#writer.remove(id);
    }
    this.#sampler.start();
  }

  overview(livestreamId: string): StatisticsOverview {
    return this.#counter.overview(livestreamId);
  }

  statusChanged(livestreamId: string, status: string): void {
    if (RUNNING.includes(status)) this.#sampler.begin(livestreamId);
    else this.#sampler.end(livestreamId);
    this.events.changed(livestreamId, "status", this.#statusData(status));
    if (status !== "deleted") return;
    this.#writer.remove(livestreamId);
    this.#counter.forget(livestreamId);
    this.events.forget(livestreamId);
  }

  switched(livestreamId: string, { from, to, cause }: Switch): void {
    if (to !== null) this.#counter.wentOnAir(livestreamId, to);
    this.metrics.switched(cause);
    const atUtc = new Date(this.#options.nowMs()).toISOString();
    this.events.changed(livestreamId, "switch", {
      from,
      to,
      cause,
      atUtc,
    });
  }

  /** Nobody is told anything more, and no sample is taken. */
  stop(): void {
    this.#sampler.stop();
    this.events.close();
  }

  /** Resolves once every sample is on the disk. */
  async close(): Promise<void> {
    this.stop();
    await this.#writer.close();
    this.#options.database.close();
  }

  #sampled(samples: readonly NewSample[]): void {
    this.#writer.write(samples);
    this.metrics.observe(samples);
    this.viewers.sweep();
  }

  #snapshot(livestreamId: string) {
    const livestream = this.#options.livestreams.get(livestreamId);
    if (livestream === null) return null;
    return {
      status: this.#statusData(livestream.status),
      statistics: this.overview(livestreamId),
      inputs: livestream.inputs,
    };
  }

  #statusData(status: string) {
    return { status, atUtc: new Date(this.#options.nowMs()).toISOString() };
  }

  #runningLivestream(id: string): RunningLivestream {
    const { playouts } = this.#options;
    const window = playouts.programme(id)?.leadWindow ?? null;
    return {
      id,
      inputs: playouts.inputs(id),
      onAir: playouts.onAir(id),
      overview: this.overview(id),
      playlist: window === null ? null : playlistTiming(window),
    };
  }
}

function playlistTiming(window: PlaylistWindow): PlaylistTiming | null {
  const { targetDurationSeconds } = window;
  const newest = window.segments.at(-1);
  if (newest === undefined || targetDurationSeconds === null) return null;
  const { programDateTimeMs, durationSeconds, partCount } = newest;
  return {
    endsAtMs: programDateTimeMs + durationSeconds * 1000,
    durationSeconds,
    partCount,
    targetDurationSeconds,
  };
}

// What an operator watches, gathered at the moment it is asked for: sums over all livestreams, never one of them.

import { INSTANCE_NAMES, type InstanceName, LIVESTREAM_STATUSES } from "#openapi/names.ts";
import type { Clock } from "#server/common/clock.ts";
import type { DescriptorFigures } from "#server/common/descriptors.ts";
import type { InputState } from "#server/instances/input-state.ts";
import type { RowFigures } from "#server/store/row-queue.ts";
import type { StatisticsWriterFigures } from "#server/store/statistics-writer.ts";
import type { SwitchCause } from "#server/switching/switcher.ts";
import type { StatisticsOverview } from "./connection-counts.ts";
import { type MetricFamily, metric, metricBy, renderMetrics } from "./prometheus-text.ts";

/** What one livestream that runs adds to the sums. */
export interface RunningLivestream {
  readonly id: string;
  readonly inputs: readonly InputState[];
  readonly onAir: InstanceName | null;
  readonly overview: StatisticsOverview;
  readonly playlist: PlaylistTiming | null;
}

/** What a programme's newest segment says. */
export interface PlaylistTiming {
  /** By the monotonic clock. */
  readonly listedAtMs: number;
  readonly durationSeconds: number;
  readonly partCount: number;
}

/** What an input has counted so far. */
export interface ObservedInput extends Pick<InputState, "instance" | "timestampRepairs"> {
  readonly livestreamId: string;
}

/** What waits for RTMP peers to read it, and what those lost who read too slowly. */
export interface RtmpSending {
  readonly waitingBytes: number;
  readonly skips: number;
  readonly disconnections: number;
}

export interface MetricsOptions {
  readonly version: string;
  readonly clock: Pick<Clock, "monotonicMs" | "dateOf">;
  /** Status → how many livestreams have it. */
  readonly livestreamsByStatus: () => Promise<Iterable<readonly [string, number]>>;
  readonly running: () => readonly RunningLivestream[];
  readonly writing: () => StatisticsWriterFigures;
  readonly rtmpSending: () => RtmpSending;
  readonly descriptors: () => DescriptorFigures;
  /** Writes that the disk has not taken yet. */
  readonly owedWrites: () => number;
  /** Pictures that are being worked on or wait for it. */
  readonly imagesWaiting: () => number;
  readonly eventSubscribers: () => number;
}

/** Every one has its line from the start, so that the first of its kind is seen as a change. */
const SWITCH_CAUSES = [
  "closed",
  "silent",
  "taken-over",
  "begin",
  "active",
  "requested",
  "quality",
  "reverted",
] as const satisfies readonly SwitchCause[];

export class Metrics {
  readonly #options: MetricsOptions;
  readonly #switches = new Map<string, number>(SWITCH_CAUSES.map((cause) => [cause, 0]));
  readonly #repairs = new Map<InstanceName, number>(INSTANCE_NAMES.map((name) => [name, 0]));
  /** By instance of a livestream, its repairs at the last look. */
  #repairsSeen = new Map<string, number>();

  readonly #startedAtMs: number;

  constructor(options: MetricsOptions) {
    this.#options = options;
    this.#startedAtMs = options.clock.monotonicMs();
  }

  /** Another instance is on air in the programme of some livestream. */
  switched(cause: string): void {
    this.#switches.set(cause, (this.#switches.get(cause) ?? 0) + 1);
  }

  /** All inputs that run; to be called now and then: what a livestream counted is added up before it is gone. */
  observe(inputs: readonly ObservedInput[]): void {
    const seen = new Map<string, number>();
    for (const { livestreamId, instance, timestampRepairs } of inputs) {
      const name = `${livestreamId}/${instance}`;
      const more = Math.max(0, timestampRepairs - (this.#repairsSeen.get(name) ?? 0));
      this.#repairs.set(instance, (this.#repairs.get(instance) ?? 0) + more);
      seen.set(name, timestampRepairs);
    }
    this.#repairsSeen = seen;
  }

  async render(): Promise<string> {
    const byStatus = await this.#options.livestreamsByStatus();
    const running = this.#options.running();
    this.observe(
      running.flatMap(({ id, inputs }) => inputs.map((input) => ({ livestreamId: id, ...input }))),
    );
    return renderMetrics([
      ...this.#livestreams(byStatus, running),
      ...this.#viewers(running),
      ...this.#playlists(running),
      ...this.#queues(),
      ...this.#descriptors(),
      ...this.#process(),
    ]);
  }

  #livestreams(
    byStatus: Iterable<readonly [string, number]>,
    running: readonly RunningLivestream[],
  ): MetricFamily[] {
    const inputs = running.flatMap((livestream) => livestream.inputs);
    const countOf = (holds: (input: InputState) => boolean) =>
      byInstance((name) => inputs.filter((input) => input.instance === name && holds(input)).length);
    const bytesOf = (kind: "video" | "audio"): MetricFamily["samples"] =>
      INSTANCE_NAMES.map((instance) => ({
        labels: { instance, kind },
        value: bytesPerSecond(
          inputs.filter((input) => input.instance === instance),
          kind,
        ),
      }));
    return [
      metricBy(
        "gauge",
        "tandem_livestreams",
        "Livestreams by status.",
        "status",
        new Map([...LIVESTREAM_STATUSES.map((status) => [status, 0] as const), ...byStatus]),
      ),
      metricBy(
        "gauge",
        "tandem_inputs_connected",
        "Inputs with a publisher.",
        "instance",
        countOf(({ connectedAtMs }) => connectedAtMs !== null),
      ),
      metricBy(
        "gauge",
        "tandem_inputs_active",
        "Inputs that media arrives at.",
        "instance",
        countOf(({ active }) => active),
      ),
      metricBy(
        "gauge",
        "tandem_programmes_on_air",
        "Programmes cut from this instance.",
        "instance",
        byInstance((name) => running.filter(({ onAir }) => onAir === name).length),
      ),
      {
        name: "tandem_ingest_bytes_per_second",
        type: "gauge",
        help: "Media received by all inputs, over the last seconds.",
        samples: [...bytesOf("video"), ...bytesOf("audio")],
      },
      metricBy(
        "counter",
        "tandem_timestamp_repairs_total",
        "Timestamps put right.",
        "instance",
        this.#repairs,
      ),
      metricBy(
        "counter",
        "tandem_switches_total",
        "Changes of the instance on air.",
        "cause",
        this.#switches,
      ),
    ];
  }

  #viewers(running: readonly RunningLivestream[]): MetricFamily[] {
    const sum = (what: "rtmpConnections" | "hlsConnections") =>
      byInstance((name) => running.reduce((total, { overview }) => total + overview[name][what], 0));
    return [
      metricBy(
        "gauge",
        "tandem_viewer_sessions",
        "HLS viewers that watch now.",
        "instance",
        sum("hlsConnections"),
      ),
      metricBy(
        "gauge",
        "tandem_rtmp_connections",
        "RTMP publishers and players.",
        "instance",
        sum("rtmpConnections"),
      ),
      metric(
        "gauge",
        "tandem_event_subscribers",
        "Readers of livestream events.",
        this.#options.eventSubscribers(),
      ),
    ];
  }

  #playlists(running: readonly RunningLivestream[]): MetricFamily[] {
    const nowMs = this.#options.clock.monotonicMs();
    const playlists = running.flatMap(({ onAir, playlist }) =>
      onAir === null || playlist === null ? [] : [playlist],
    );
    const greatest = (of: (playlist: PlaylistTiming) => number) => Math.max(0, ...playlists.map(of));
    return [
      metric(
        "gauge",
        "tandem_playlist_age_seconds_max",
        "Age of the newest listed media, of the programme on air where it is oldest.",
        greatest(({ listedAtMs }) => (nowMs - listedAtMs) / 1000),
      ),
      metric(
        "gauge",
        "tandem_segment_duration_seconds_max",
        "Longest of the newest segments of the programmes on air.",
        greatest(({ durationSeconds }) => durationSeconds),
      ),
      metric(
        "gauge",
        "tandem_part_duration_seconds_max",
        "Longest mean part duration of the newest segments of the programmes on air.",
        greatest(({ durationSeconds, partCount }) => durationSeconds / Math.max(1, partCount)),
      ),
    ];
  }

  #queues(): MetricFamily[] {
    const { samples, events } = this.#options.writing();
    const { waitingBytes, skips, disconnections } = this.#options.rtmpSending();
    return [
      metric("gauge", "tandem_rtmp_waiting_bytes", "Bytes that RTMP peers have not read.", waitingBytes),
      metric(
        "counter",
        "tandem_rtmp_player_skips_total",
        "Times that a player read too slowly and was sent nothing up to a key frame.",
        skips,
      ),
      metric(
        "counter",
        "tandem_rtmp_players_disconnected_total",
        "Players that were disconnected for not reading.",
        disconnections,
      ),
      metric(
        "gauge",
        "tandem_owed_writes",
        "Changes of livestreams that the disk has not taken yet.",
        this.#options.owedWrites(),
      ),
      metric(
        "gauge",
        "tandem_images_waiting",
        "Pictures worked on or waiting for it.",
        this.#options.imagesWaiting(),
      ),
      ...rowMetrics("samples", "Samples", samples),
      ...rowMetrics("events", "Events", events),
    ];
  }

  #descriptors(): MetricFamily[] {
    const { open, limit, httpPauses, turnedAway } = this.#options.descriptors();
    return [
      metric("gauge", "process_open_fds", "File descriptors that are open.", open),
      metric("gauge", "process_max_fds", "File descriptors that may be open.", limit),
      metric(
        "counter",
        "tandem_http_accept_pauses_total",
        "Times that the HTTP port let nobody in, for want of file descriptors.",
        httpPauses,
      ),
      metricBy(
        "counter",
        "tandem_connections_turned_away_total",
        "Connections closed or refused for want of file descriptors.",
        "kind",
        turnedAway,
      ),
    ];
  }

  #process(): MetricFamily[] {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    const { version, clock } = this.#options;
    const uptimeSeconds = (clock.monotonicMs() - this.#startedAtMs) / 1000;
    return [
      metricBy("gauge", "tandem_build_info", "1, with the version that runs.", "version", [[version, 1]]),
      metric("gauge", "tandem_uptime_seconds", "Since the process began.", uptimeSeconds),
      metric(
        "gauge",
        "process_start_time_seconds",
        "Since 1970, UTC.",
        clock.dateOf(this.#startedAtMs) / 1000,
      ),
      metric("counter", "process_cpu_seconds_total", "User and system time.", (user + system) / 1e6),
      metric("gauge", "process_resident_memory_bytes", "Memory that is resident.", rss),
      metric("gauge", "tandem_heap_bytes", "JavaScript objects.", heapUsed),
    ];
  }
}

/** Rows of one kind on their way to the disk. */
function rowMetrics(kind: string, rows: string, { waiting, written, dropped }: RowFigures): MetricFamily[] {
  return [
    metric("gauge", `tandem_${kind}_waiting`, `${rows} that are not on the disk yet.`, waiting),
    metric("counter", `tandem_${kind}_written_total`, `${rows} written to the disk.`, written),
    metric("counter", `tandem_${kind}_dropped_total`, `${rows} lost to a disk that did not write.`, dropped),
  ];
}

function byInstance(figureOf: (name: InstanceName) => number): (readonly [InstanceName, number])[] {
  return INSTANCE_NAMES.map((name) => [name, figureOf(name)]);
}

function bytesPerSecond(inputs: readonly InputState[], kind: "video" | "audio"): number {
  return inputs.reduce((sum, input) => sum + ((input[kind]?.bitrateKbps ?? 0) * 1000) / 8, 0);
}

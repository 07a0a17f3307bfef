// What an operator watches of livestreams that run: sums over all of them, never one.

import { INSTANCE_NAMES, type InstanceName, LIVESTREAM_STATUSES } from "#openapi/names.ts";
import type { InputState } from "#server/instances/input-state.ts";
import type { StatisticsOverview } from "./connection-counts.ts";
import { type MetricFamily, metric, metricBy } from "./prometheus-text.ts";

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

export function livestreamMetrics(
  byStatus: Iterable<readonly [string, number]>,
  running: readonly RunningLivestream[],
  nowMs: number,
): MetricFamily[] {
  return [
    metricBy(
      "gauge",
      "tandem_livestreams",
      "Livestreams by status.",
      "status",
      new Map([...LIVESTREAM_STATUSES.map((status) => [status, 0] as const), ...byStatus]),
    ),
    ...inputMetrics(running.flatMap(({ inputs }) => inputs)),
    metricBy(
      "gauge",
      "tandem_programmes_on_air",
      "Programmes cut from this instance.",
      "instance",
      byInstance((name) => running.filter(({ onAir }) => onAir === name).length),
    ),
    ...viewerMetrics(running),
    ...playlistMetrics(running, nowMs),
  ];
}

function inputMetrics(inputs: readonly InputState[]): MetricFamily[] {
  const countOf = (holds: (input: InputState) => boolean) =>
    byInstance((name) => inputs.filter((input) => input.instance === name && holds(input)).length);
  return [
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
    {
      name: "tandem_ingest_bytes_per_second",
      type: "gauge",
      help: "Media received by all inputs, over the last seconds.",
      samples: [...bytesPerSecond(inputs, "video"), ...bytesPerSecond(inputs, "audio")],
    },
  ];
}

function viewerMetrics(running: readonly RunningLivestream[]): MetricFamily[] {
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
  ];
}

function playlistMetrics(running: readonly RunningLivestream[], nowMs: number): MetricFamily[] {
  const playlists = running.flatMap(({ onAir, playlist }) =>
    onAir === null || playlist === null ? [] : [playlist],
  );
  const greatest = (figureOf: (playlist: PlaylistTiming) => number) =>
    Math.max(0, ...playlists.map(figureOf));
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

function byInstance(figureOf: (name: InstanceName) => number): (readonly [InstanceName, number])[] {
  return INSTANCE_NAMES.map((name) => [name, figureOf(name)]);
}

function bytesPerSecond(inputs: readonly InputState[], kind: "video" | "audio"): MetricFamily["samples"] {
  return INSTANCE_NAMES.map((instance) => {
    const ofInstance = inputs.filter((input) => input.instance === instance);
    const value = ofInstance.reduce((sum, input) => sum + ((input[kind]?.bitrateKbps ?? 0) * 1000) / 8, 0);
    return { labels: { instance, kind }, value };
  });
}

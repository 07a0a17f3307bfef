// What an operator watches of the server itself: what waits, its file descriptors, its process.

import type { Clock } from "#server/common/clock.ts";
import type { DescriptorFigures } from "#server/common/descriptors.ts";
import type { RowFigures } from "#server/store/row-queue.ts";
import type { StatisticsWriterFigures } from "#server/store/statistics-writer.ts";
import { type MetricFamily, metric, metricBy } from "./prometheus-text.ts";

/** What waits for RTMP peers to read it, and what those lost who read too slowly. */
export interface RtmpSending {
  readonly waitingBytes: number;
  readonly skips: number;
  readonly disconnections: number;
}

/** What the parts of the server that are not of one livestream say of themselves. */
export interface ServerLoad {
  rtmpSending(): RtmpSending;
  descriptors(): DescriptorFigures;
  /** Writes that the disk has not taken yet. */
  owedWrites(): number;
  /** Pictures that are being worked on or wait for it. */
  imagesWaiting(): number;
}

export interface WatchedServer {
  readonly version: string;
  readonly clock: Pick<Clock, "monotonicMs" | "dateOf">;
  readonly load: ServerLoad;
  readonly writing: () => StatisticsWriterFigures;
  readonly eventSubscribers: () => number;
}

/** `startedAtMs`: when the process began, by the monotonic clock. */
export function serverMetrics(server: WatchedServer, startedAtMs: number): MetricFamily[] {
  return [
    ...queueMetrics(server),
    ...descriptorMetrics(server.load.descriptors()),
    ...processMetrics(server, startedAtMs),
  ];
}

function queueMetrics(server: WatchedServer): MetricFamily[] {
  const { samples, events } = server.writing();
  const { waitingBytes, skips, disconnections } = server.load.rtmpSending();
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
      server.load.owedWrites(),
    ),
    metric(
      "gauge",
      "tandem_images_waiting",
      "Pictures worked on or waiting for it.",
      server.load.imagesWaiting(),
    ),
    metric("gauge", "tandem_event_subscribers", "Readers of livestream events.", server.eventSubscribers()),
    ...rowMetrics("samples", "Samples", samples),
    ...rowMetrics("events", "Events", events),
  ];
}

function descriptorMetrics({ open, limit, httpPauses, turnedAway }: DescriptorFigures): MetricFamily[] {
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

function processMetrics({ version, clock }: WatchedServer, startedAtMs: number): MetricFamily[] {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const uptimeSeconds = (clock.monotonicMs() - startedAtMs) / 1000;
  return [
    metricBy("gauge", "tandem_build_info", "1, with the version that runs.", "version", [[version, 1]]),
    metric("gauge", "tandem_uptime_seconds", "Since the process began.", uptimeSeconds),
    metric("gauge", "process_start_time_seconds", "Since 1970, UTC.", clock.dateOf(startedAtMs) / 1000),
    metric("counter", "process_cpu_seconds_total", "User and system time.", (user + system) / 1e6),
    metric("gauge", "process_resident_memory_bytes", "Memory that is resident.", rss),
    metric("gauge", "tandem_heap_bytes", "JavaScript objects.", heapUsed),
  ];
}

/** Rows of one kind on their way to the disk. */
function rowMetrics(kind: string, rows: string, { waiting, written, dropped }: RowFigures): MetricFamily[] {
  return [
    metric("gauge", `tandem_${kind}_waiting`, `${rows} that are not on the disk yet.`, waiting),
    metric("counter", `tandem_${kind}_written_total`, `${rows} written to the disk.`, written),
    metric("counter", `tandem_${kind}_dropped_total`, `${rows} lost to a disk that did not write.`, dropped),
  ];
}

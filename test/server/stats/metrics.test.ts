import { expect, test } from "bun:test";
import type { InputState } from "#server/instances/input-state.ts";
import type { RunningLivestream } from "#server/stats/livestream-metrics.ts";
import { Metrics } from "#server/stats/metrics.ts";
import { RunningTotals } from "#server/stats/running-totals.ts";
import { FakeClock } from "#test/support/fake-clock.ts";

const SILENT: InputState = {
  ...{ instance: "primary", active: false, connectedAtMs: null, lastSeenAtMs: null },
  ...{ video: null, audio: null, health: null, advice: [], problem: null, timestampRepairs: 0 },
};

function livestream(id: string, of: Partial<RunningLivestream> = {}): RunningLivestream {
  const nobody = { rtmpConnections: 0, hlsConnections: 0 };
  const overview = { primary: nobody, secondary: nobody, sum: nobody };
  return { id, inputs: [SILENT], onAir: null, overview, playlist: null, ...of };
}

class Watched {
  running: RunningLivestream[] = [];
  readonly clock = new FakeClock(Date.UTC(2026, 0, 1));
  readonly totals = new RunningTotals();
  readonly metrics = new Metrics({
    version: "1.2.3",
    clock: this.clock,
    livestreamsByStatus: async () => [["live", 2]],
    running: () => this.running,
    writing: () => ({
      samples: { waiting: 1, written: 20, dropped: 3 },
      events: { waiting: 9, written: 10, dropped: 11 },
    }),
    load: {
      rtmpSending: () => ({ waitingBytes: 5, skips: 6, disconnections: 7 }),
      descriptors: () => ({ open: 40, limit: 256, httpPauses: 9, turnedAway: new Map([["rtmp_player", 2]]) }),
      owedWrites: () => 10,
      imagesWaiting: () => 8,
    },
    totals: this.totals,
    eventSubscribers: () => 4,
  });

  async value(sample: string): Promise<number | undefined> {
    const line = (await this.metrics.render()).split("\n").find((each) => each.startsWith(`${sample} `));
    return line === undefined ? undefined : Number(line.slice(sample.length + 1));
  }
}

test("sums are over all livestreams that run", async () => {
  const watched = new Watched();
  const video = {
    ...{ codec: "h264", width: 1, height: 1 },
    frameRate: 25,
    bitrateKbps: 800,
    keyFrameIntervalSeconds: 2,
  };
  const sending = { ...SILENT, active: true, connectedAtMs: 1, video };
  const viewers = { rtmpConnections: 2, hlsConnections: 30 };
  const nobody = { rtmpConnections: 0, hlsConnections: 0 };
  const overview = { primary: viewers, secondary: nobody, sum: viewers };
  const playlist = {
    listedAtMs: watched.clock.monotonicMs() - 2000,
    durationSeconds: 2,
    partCount: 10,
  };
  watched.running = ["a", "b"].map((id) =>
    livestream(id, {
      inputs: [sending, { ...SILENT, instance: "secondary" }],
      onAir: "primary",
      overview,
      playlist,
    }),
  );
  expect(await watched.value('tandem_livestreams{status="live"}')).toBe(2);
  expect(await watched.value('tandem_livestreams{status="failed"}')).toBe(0);
  expect(await watched.value('tandem_inputs_connected{instance="primary"}')).toBe(2);
  expect(await watched.value('tandem_inputs_active{instance="secondary"}')).toBe(0);
  expect(await watched.value('tandem_programmes_on_air{instance="primary"}')).toBe(2);
  expect(await watched.value('tandem_ingest_bytes_per_second{instance="primary",kind="video"}')).toBe(
    200_000,
  );
  expect(await watched.value('tandem_viewer_sessions{instance="primary"}')).toBe(60);
  expect(await watched.value('tandem_rtmp_connections{instance="primary"}')).toBe(4);
  expect(await watched.value("tandem_playlist_age_seconds_max")).toBe(2);
  expect(await watched.value("tandem_part_duration_seconds_max")).toBe(0.2);
  expect(await watched.value("tandem_samples_waiting")).toBe(1);
  expect(await watched.value("tandem_samples_dropped_total")).toBe(3);
  expect(await watched.value("tandem_events_waiting")).toBe(9);
  expect(await watched.value("tandem_events_written_total")).toBe(10);
  expect(await watched.value("tandem_events_dropped_total")).toBe(11);
  expect(await watched.value("tandem_event_subscribers")).toBe(4);
  expect(await watched.value("tandem_rtmp_waiting_bytes")).toBe(5);
  expect(await watched.value("tandem_rtmp_player_skips_total")).toBe(6);
  expect(await watched.value("tandem_rtmp_players_disconnected_total")).toBe(7);
  expect(await watched.value("tandem_images_waiting")).toBe(8);
  expect(await watched.value("tandem_owed_writes")).toBe(10);
  expect(await watched.value("process_open_fds")).toBe(40);
  expect(await watched.value("process_max_fds")).toBe(256);
  expect(await watched.value("tandem_http_accept_pauses_total")).toBe(9);
  expect(await watched.value('tandem_connections_turned_away_total{kind="rtmp_player"}')).toBe(2);
  expect(await watched.value("tandem_uptime_seconds")).toBe(0);
  expect(await watched.value('tandem_build_info{version="1.2.3"}')).toBe(1);
});

test("repairs are a counter: they stay when their livestream is gone, and count from 0 in the next", async () => {
  const watched = new Watched();
  const repaired = (id: string, timestampRepairs: number) =>
    livestream(id, { inputs: [{ ...SILENT, timestampRepairs }] });
  const value = () => watched.value('tandem_timestamp_repairs_total{instance="primary"}');
  watched.running = [repaired("a", 5)];
  expect(await value()).toBe(5);
  watched.running = [repaired("a", 7), repaired("b", 1)];
  expect(await value()).toBe(8);
  watched.running = [];
  expect(await value()).toBe(8);
  watched.running = [repaired("c", 2)];
  expect(await value()).toBe(10);
});

test("switches are counted by cause", async () => {
  const watched = new Watched();
  watched.totals.switched("silent");
  watched.totals.switched("silent");
  watched.totals.switched("requested");
  expect(await watched.value('tandem_switches_total{cause="silent"}')).toBe(2);
  expect(await watched.value('tandem_switches_total{cause="quality"}')).toBe(0);
});

test("names have units, counters end in _total, and a thousand livestreams take no more lines than none", async () => {
  const watched = new Watched();
  const before = (await watched.metrics.render()).split("\n");
  watched.running = Array.from({ length: 1000 }, (_, index) => livestream(`livestream ${index}`));
  const lines = (await watched.metrics.render()).split("\n");
  expect(lines).toHaveLength(before.length);
  expect(lines.join("\n")).not.toContain("livestream 7");
  for (const [, name = "", type] of lines.map((line) => /^# TYPE (\S+) (\S+)$/.exec(line) ?? [])) {
    if (name !== "") expect(name.endsWith("_total")).toBe(type === "counter");
  }
});

test("ages are of the time that passed, the start is a date by what the clock says now", async () => {
  const watched = new Watched();
  const listedAtMs = watched.clock.monotonicMs();
  const playlist = { listedAtMs, durationSeconds: 2, partCount: 10 };
  watched.running = [livestream("a", { onAir: "primary", playlist })];
  watched.clock.pass(3000);
  watched.clock.set(200 * 86_400_000);
  expect(await watched.value("tandem_playlist_age_seconds_max")).toBe(3);
  expect(await watched.value("tandem_uptime_seconds")).toBe(3);
  expect(await watched.value("process_start_time_seconds")).toBe(Date.UTC(2026, 0, 1) / 1000 + 200 * 86_400);
});

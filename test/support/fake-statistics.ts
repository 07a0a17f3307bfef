// Statistics of livestreams that do not run: real history and events on a database in memory, counts that the test sets.

import { createLog } from "#server/common/log.ts";
import type { AppOptions } from "#server/http/app.ts";
import type { StatisticsOverview } from "#server/stats/connection-counts.ts";
import { LivestreamEvents } from "#server/stats/livestream-events.ts";
import { SampleHistory } from "#server/stats/sample-history.ts";
import type { NewSample } from "#server/store/sample-store.ts";
import { SqliteEventStore } from "#server/store/sqlite/event-store.ts";
import { SqliteSampleStore } from "#server/store/sqlite/sample-store.ts";
import { openStatisticsDatabase } from "#server/store/sqlite/statistics-database.ts";
import { FakeClock } from "./fake-clock.ts";

const NOBODY = { rtmpConnections: 0, hlsConnections: 0 };

export class FakeStatistics {
  readonly database = openStatisticsDatabase(":memory:");
  readonly samples = new SqliteSampleStore(this.database);
  readonly stored = new SqliteEventStore(this.database);
  readonly events = new LivestreamEvents({
    snapshot: async () => ({ status: { status: "live" }, statistics: this.counts, inputs: this.inputs }),
    run: "run",
    log: createLog({ level: "error", write: () => {}, clock: new FakeClock() }),
  });
  inputs: readonly unknown[] = [];
  counts: StatisticsOverview = { primary: NOBODY, secondary: NOBODY, sum: NOBODY };

  get routes(): AppOptions["statistics"] {
    return {
      overview: () => this.counts,
      history: new SampleHistory({ samples: this.samples, monotonicMs: () => 0 }),
      events: this.events,
    };
  }
}

export function sampleAt(createdAtMs: number, of: Partial<NewSample> = {}): NewSample {
  return {
    livestreamId: "show",
    instance: "primary",
    createdAtMs,
    rtmpConnections: 1,
    hlsConnections: 0,
    ingestActive: true,
    onAir: true,
    videoBitrateKbps: 900,
    audioBitrateKbps: 96,
    frameRate: 29.97,
    keyFrameIntervalSeconds: 2,
    timestampRepairs: 0,
    ...of,
  };
}

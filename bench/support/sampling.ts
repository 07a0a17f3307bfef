// What it costs to sample many sides: real instances, figures and writing thread, without the media between samples.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SystemClock } from "#server/common/clock.ts";
import { createLog } from "#server/common/log.ts";
import { RtmpSource } from "#server/ingest/rtmp-source.ts";
import { inputState } from "#server/instances/input-state.ts";
import { Instance } from "#server/instances/instance.ts";
import { Sampler } from "#server/stats/sampler.ts";
import { openStatisticsDatabase } from "#server/store/sqlite/statistics-database.ts";
import { SqliteStatisticsWriter } from "#server/store/sqlite/statistics-writer.ts";
import { SyntheticEncoder } from "#test/support/synthetic-encoder.ts";
import { TARGETS } from "#test/support/targets.ts";

/** Share of one core that `count` sides take when each is sampled every second, over `seconds`. */
export async function measureSampling(count: number, seconds: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "tandem-sampling-"));
  const file = join(folder, "statistics.sqlite");
  openStatisticsDatabase(file).close();
  const clock = new SystemClock();
  const log = createLog({ level: "warn", write: (line) => process.stderr.write(line), clock });
  const instances = new Map(
    Array.from({ length: count }, (_, index) => [`livestream ${index}`, sending(clock.monotonicMs())]),
  );
  const writer = new SqliteStatisticsWriter({ file, log });
  const sampler = new Sampler({
    intervalSeconds: 1,
    clock,
    inputs: (id) => {
      const instance = instances.get(id);
      return instance === undefined ? [] : [inputState(instance, clock)];
    },
    onAir: () => "primary",
    counts: () => ({ rtmpConnections: 1, hlsConnections: 4 }),
    write: (samples) => writer.writeSamples(samples),
  });
  for (const id of instances.keys()) sampler.begin(id);
  const before = process.cpuUsage();
  sampler.start();
  await Bun.sleep(seconds * 1000);
  sampler.stop();
  const { user, system } = process.cpuUsage(before);
  await writer.close();
  rmSync(folder, { recursive: true });
  return (user + system) / 1e6 / seconds;
}

/** With ten seconds of media behind it. */
function sending(untilMs: number): Instance {
  let nowMs = untilMs - 10_000;
  const instance = new Instance({
    name: "primary",
    monotonicMs: () => nowMs,
    ingestTimeoutMs: 5000,
    targets: TARGETS,
    hasOther: false,
    listener: { publishActive: () => {}, publishInactive: () => {}, publishUnit: () => {} },
  });
  const encoder = new SyntheticEncoder();
  const publisher = instance.attach({ cut: () => {} });
  if (publisher === null) throw new Error("a new instance is taken");
  const source = new RtmpSource(publisher, () => nowMs);
  for (const message of encoder.headers()) source.receive(message);
  for (let second = 0; second < 10; second += 1, nowMs += 1000) {
    for (const message of encoder.play(1)) source.receive(message);
  }
  return instance;
}

// What a publisher costs: N of them at 1 Mbit/s from a process of their own, through real sockets, with segmenting and
// recording on. Prints CPU seconds of the server for each publisher and minute, and its memory.

import { usageOf } from "#bench/support/process-usage.ts";
import { startPublishers } from "#bench/support/publishers.ts";
import { TandemServer } from "#test/support/tandem-server.ts";

const WARM_UP_SECONDS = 10;
const MEASURED_SECONDS = 40;

print("publishers  CPU s per publisher-minute  resident MB  peak MB");
for (const count of [10, 50]) {
  await using server = await TandemServer.start({ environment: { TANDEM_LOG: "info" } });
  await using _publishers = await startPublishers(server, count);
  await Bun.sleep(WARM_UP_SECONDS * 1000);
  const before = usageOf(server.processId);
  const startedAt = performance.now();
  await Bun.sleep(MEASURED_SECONDS * 1000);
  const after = usageOf(server.processId);
  const minutes = (performance.now() - startedAt) / 60_000;
  const cost = (after.cpuSeconds - before.cpuSeconds) / (count * minutes);
  print(
    [
      String(count).padStart(10),
      cost.toFixed(4).padStart(27),
      after.residentMegabytes.toFixed(0).padStart(12),
      after.peakResidentMegabytes.toFixed(0).padStart(8),
    ].join(" "),
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

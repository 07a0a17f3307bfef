// What a publisher costs: N of them at 1 Mbit/s from a process of their own, each message written when it is due, with segmenting,
// recording and pictures on; in turns with Debian's nginx and its RTMP module, which segments and records. `--rounds N`: 5.

import { parseArgs } from "node:util";
import { NginxRtmp } from "#bench/support/nginx-rtmp.ts";
import { cpuSecondsOfTree, usageOf } from "#bench/support/process-usage.ts";
import { publishTo, startPublishers } from "#bench/support/publishers.ts";
import { TandemServer } from "#test/support/tandem-server.ts";

const WARM_UP_SECONDS = 8;
const MEASURED_SECONDS = 20;

/** Of one run; CPU in seconds for each publisher and minute. */
interface Cost {
  readonly own: number;
  /** With all of its children. */
  readonly all: number;
  readonly residentMegabytes: number;
}

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });
const rounds = Number(values.rounds);

print("publishers  server  CPU s a publisher-minute  with children  resident MB");
for (const count of [10, 50]) {
  const tandem: Cost[] = [];
  const nginx: Cost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    tandem.push(await tandemWith(count));
    if (NginxRtmp.isInstalled) nginx.push(await nginxWith(count));
  }
  printCost(count, "tandem", medianOf(tandem));
  if (nginx.length === 0) continue;
  printCost(count, "nginx", medianOf(nginx));
  const ratio = (part: "own" | "all") => medianOf(tandem)[part] / medianOf(nginx).all;
  print(
    `${pad(count, 10)}  ratio   ${pad(ratio("own").toFixed(2), 24)}  ${pad(ratio("all").toFixed(2), 13)}`,
  );
}

async function tandemWith(count: number): Promise<Cost> {
  await using server = await TandemServer.start({ environment: { TANDEM_LOG: "info" } });
  await using _publishers = await startPublishers(server, count);
  return await costOf(server.processId, count);
}

async function nginxWith(count: number): Promise<Cost> {
  await using nginx = await NginxRtmp.start();
  await using _publishers = await publishTo(nginx.urls(count));
  return await costOf(nginx.processId, count);
}

async function costOf(processId: number, count: number): Promise<Cost> {
  await Bun.sleep(WARM_UP_SECONDS * 1000);
  const before = { own: usageOf(processId).cpuSeconds, all: cpuSecondsOfTree(processId) };
  const startedAt = performance.now();
  await Bun.sleep(MEASURED_SECONDS * 1000);
  const after = usageOf(processId);
  const minutes = (count * (performance.now() - startedAt)) / 60_000;
  return {
    own: (after.cpuSeconds - before.own) / minutes,
    all: (cpuSecondsOfTree(processId) - before.all) / minutes,
    residentMegabytes: after.residentMegabytes,
  };
}

function medianOf(costs: readonly Cost[]): Cost {
  const median = (part: keyof Cost): number => {
    const sorted = costs.map((cost) => cost[part]).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  };
  return { own: median("own"), all: median("all"), residentMegabytes: median("residentMegabytes") };
}

function printCost(count: number, server: string, { own, all, residentMegabytes }: Cost): void {
  print(
    [
      pad(count, 10),
      server.padEnd(6),
      pad(own.toFixed(4), 24),
      pad(all.toFixed(4), 13),
      pad(residentMegabytes.toFixed(0), 11),
    ].join("  "),
  );
}

function pad(value: string | number, width: number): string {
  return String(value).padStart(width);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

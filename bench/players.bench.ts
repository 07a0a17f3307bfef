// What an RTMP player costs: N of them on one programme at 2.5 Mbit/s, from a process of their own, with merged writes and
// without. Prints CPU seconds of the server for each player and minute, the delay from the publisher's write to the read
// of players in a third process, and the server's memory. `players.bench.ts [PLAYERS…]`.

import { join } from "node:path";
import { usageOf } from "#bench/support/process-usage.ts";
import { publishStamped } from "#bench/support/stamped-publisher.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { ROOT } from "#test/support/imports.ts";
import { Program } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";

/** As the players' process has it. */
const WARM_UP_SECONDS = 14;
const MEASURED_SECONDS = 30;

/** So many of the players look at what they read; were it all of them, each would be late by the others' work. */
const WATCHING = 10;

interface Measured {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly bytesRead: number;
}

const counts = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [100, 300, 600];

print(
  "players  merging  CPU s per player-minute  delay p50    p95    p99 ms  Mbit/s each  resident MB  peak MB",
);
for (const merging of ["on", "off"] as const) {
  for (const count of counts) await measure(count, merging);
}

async function measure(count: number, merging: "on" | "off"): Promise<void> {
  const environment = merging === "off" ? { TANDEM_RTMP_MERGE_MILLISECONDS: "0" } : {};
  await using server = await TandemServer.start({ environment: { TANDEM_LOG: "info", ...environment } });
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const { id } = await api.create({ name: "Played", withBackup: false });
  const [input] = (await api.start(id)).inputs;
  if (input === undefined) throw new Error("It has no input.");
  const publishing = new AbortController();
  const published = publishStamped(input.url, publishing.signal);
  await api.when(id, "an active ingest", ({ inputs }) => inputs.some(({ active }) => active));
  await api.publish(id);
  const url = `rtmp://${new URL(input.url).host}/play/${id}`;
  await using draining = players(url, count - WATCHING, "drain");
  await using watching = players(url, WATCHING, "watch");

  await Bun.sleep(WARM_UP_SECONDS * 1000);
  const before = usageOf(server.processId);
  const startedAt = performance.now();
  await Bun.sleep(MEASURED_SECONDS * 1000);
  const minutes = (performance.now() - startedAt) / 60_000;
  const after = usageOf(server.processId);
  const { p50, p95, p99, bytesRead: bytesWatched } = await measuredBy(watching);
  const { bytesRead: bytesDrained } = await measuredBy(draining);
  publishing.abort();
  await published;
  const megabits = ((bytesWatched + bytesDrained) * 8) / 1e6;
  print(
    [
      String(count).padStart(7),
      merging.padStart(7),
      ((after.cpuSeconds - before.cpuSeconds) / (count * minutes)).toFixed(4).padStart(23),
      p50.toFixed(1).padStart(9),
      p95.toFixed(1).padStart(5),
      p99.toFixed(1).padStart(8),
      (megabits / count / MEASURED_SECONDS).toFixed(2).padStart(11),
      after.residentMegabytes.toFixed(0).padStart(11),
      after.peakResidentMegabytes.toFixed(0).padStart(7),
    ].join("  "),
  );
}

function players(url: string, count: number, mode: "watch" | "drain"): Program {
  const script = join(ROOT, "bench/support/player-process.ts");
  const command = [process.execPath, script, url, String(count), String(MEASURED_SECONDS), mode];
  return new Program(command, (WARM_UP_SECONDS + MEASURED_SECONDS) * 2);
}

async function measuredBy(program: Program): Promise<Measured> {
  const { exitCode, stdout, stderr } = await program.result;
  if (exitCode !== 0) throw new Error(`The players ended with ${exitCode}:\n${stderr}`);
  return JSON.parse(stdout);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

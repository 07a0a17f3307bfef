// What an RTMP player costs: N of them on one programme at 2.5 Mbit/s, from a process of their own, with merged writes and
// without. Prints CPU seconds of the server for each player and minute, the delay from the publisher's write to a player's
// read, and the server's memory. `players.bench.ts [PLAYERS…]`.

import { join } from "node:path";
import { usageOf } from "#bench/support/process-usage.ts";
import { publishStamped } from "#bench/support/stamped-publisher.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { ROOT } from "#test/support/imports.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";

const WARM_UP_SECONDS = 8;
const MEASURED_SECONDS = 30;

interface Measured {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly frames: number;
  readonly bytesRead: number;
}

const counts = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [100, 300, 600];

print("players  merging  CPU s per player-minute  delay p50  p95  p99 ms  Mbit/s each  resident MB  peak MB");
for (const merging of ["on", "off"] as const) {
  for (const count of counts) await measure(count, merging);
}

async function measure(count: number, merging: "on" | "off"): Promise<void> {
  const environment = {
    TANDEM_LOG: "info",
    ...(merging === "off" ? { TANDEM_RTMP_MERGE_MILLISECONDS: "0" } : {}),
  };
  await using server = await TandemServer.start({ environment });
  const { id, inputUrl } = await startLivestream(server);
  const publishing = new AbortController();
  const published = publishStamped(inputUrl, publishing.signal);
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  await api.when(id, "an active ingest", ({ inputs }) => inputs.some((input) => input.active));
  await api.publish(id);
  const playUrl = `rtmp://${new URL(inputUrl).host}/play/${id}`;
  const players = Bun.spawn(
    [
      ...[process.execPath, join(ROOT, "bench/support/player-process.ts"), playUrl],
      ...[String(count), String(WARM_UP_SECONDS), String(MEASURED_SECONDS)],
    ],
    { stdout: "pipe", stderr: "inherit", stdin: "ignore" },
  );
  const lines = linesOf(players.stdout);
  await lines.next();
  const before = usageOf(server.processId);
  const startedAt = performance.now();
  const { value } = await lines.next();
  const minutes = (performance.now() - startedAt) / 60_000;
  const after = usageOf(server.processId);
  publishing.abort();
  await published;
  const measured: Measured = JSON.parse(value ?? "{}");
  print(
    [
      String(count).padStart(7),
      merging.padStart(7),
      ((after.cpuSeconds - before.cpuSeconds) / (count * minutes)).toFixed(4).padStart(23),
      measured.p50.toFixed(1).padStart(9),
      measured.p95.toFixed(1).padStart(5),
      measured.p99.toFixed(1).padStart(5),
      ((measured.bytesRead * 8) / 1e6 / count / (minutes * 60)).toFixed(2).padStart(11),
      after.residentMegabytes.toFixed(0).padStart(11),
      after.peakResidentMegabytes.toFixed(0).padStart(7),
    ].join("  "),
  );
}

async function startLivestream(server: TandemServer): Promise<{ id: string; inputUrl: string }> {
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const { id } = await api.create({ name: "Played", withBackup: false });
  const [input] = (await api.start(id)).inputs;
  if (input === undefined) throw new Error("It has no input.");
  return { id, inputUrl: input.url };
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of stream) {
    text += decoder.decode(bytes, { stream: true });
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
  return undefined;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

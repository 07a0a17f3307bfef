// What a viewer's request costs: the live playlist, the newest segment, and one that left the playlist and is read from the
// recording, each asked for by `wrk -t1 -c16` while one publisher is on air.

import { usageOf } from "#bench/support/process-usage.ts";
import { startPublishers } from "#bench/support/publishers.ts";
import { fetchPlaylist, fetchVariantUrl } from "#test/support/judges.ts";
import { areInstalled, run } from "#test/support/program.ts";
import { TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const SECONDS = 10;
const CONNECTIONS = 16;

await using server = await TandemServer.start({ environment: { TANDEM_LOG: "info" } });
await using publishers = await startPublishers(server, 1);
const masterUrl = `${server.url}/live/${publishers.ids[0]}/index.m3u8`;
const mediaUrl = await until("a playlist", () => fetchVariantUrl(masterUrl));
const newestUrl = async () => (await fetchPlaylist(mediaUrl)).segments.at(-1)?.url ?? "";
const firstUrl = await until("a segment", async () => (await fetchPlaylist(mediaUrl)).segments[0]?.url);

print("what                requests/s  CPU µs per request  MB/s");
await measure("multivariant", masterUrl);
await measure("media playlist", mediaUrl);
await measure("newest segment", await newestUrl());
await measure("recorded segment", firstUrl);

async function measure(name: string, url: string): Promise<void> {
  const bytes = (await (await fetch(url)).bytes()).byteLength;
  const before = usageOf(server.processId).cpuSeconds;
  const startedAt = performance.now();
  const requests = areInstalled("wrk") ? await askWithWrk(url) : await askOurselves(url);
  const seconds = (performance.now() - startedAt) / 1000;
  const cpuSeconds = usageOf(server.processId).cpuSeconds - before;
  print(
    [
      name.padEnd(19),
      (requests / seconds).toFixed(0).padStart(10),
      ((cpuSeconds / requests) * 1e6).toFixed(1).padStart(19),
      ((requests * bytes) / seconds / 1e6).toFixed(0).padStart(5),
    ].join(" "),
  );
}

/** Throws when any answer was not a success. */
async function askWithWrk(url: string): Promise<number> {
  const output = await run(["wrk", "-t1", `-c${CONNECTIONS}`, `-d${SECONDS}s`, url]);
  if (output.includes("Non-2xx")) throw new Error(output);
  return Number(/(\d+) requests in/.exec(output)?.[1]);
}

/** Slower than wrk, so it finds less than what the server can do; the CPU time per request is as true. */
async function askOurselves(url: string): Promise<number> {
  let requests = 0;
  const deadline = performance.now() + SECONDS * 1000;
  const ask = async () => {
    while (performance.now() < deadline) {
      const response = await fetch(url);
      if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
      await response.bytes();
      requests += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, ask));
  return requests;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

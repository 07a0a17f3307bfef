// What statistics cost and how fast they are: the overview and the history at 3,000 requests a second, two thousand
// viewers who are counted right, everything at once, and five hundred sides sampled every second.

import { type LoadResult, runLoad } from "#bench/support/load.ts";
import { usageOf } from "#bench/support/process-usage.ts";
import { startPublishers } from "#bench/support/publishers.ts";
import { measureSampling } from "#bench/support/sampling.ts";
import { seedSamples } from "#bench/support/seed-samples.ts";
import { measureSessionMemory } from "#bench/support/session-memory.ts";
import { VirtualViewers } from "#bench/support/virtual-viewers.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const SECONDS = 30;
/** How often each of two that are compared takes its turn, after a first time to warm up. */
const ROUNDS = 3;
const REQUESTS_PER_SECOND = 3000;
const VIEWERS = 2000;
const HEADERS = { Authorization: `Bearer ${ADMIN_TOKEN}` };

const environment = { TANDEM_LOG: "info", TANDEM_SAMPLE_INTERVAL_SECONDS: "1" };
await using server = await TandemServer.start({ environment });
/** One file of statistics has 10,000 samples, the other 10,000,000. */
await using longServer = await TandemServer.start({ environment });
const { id: shortId } = await new ApiClient(server.url, ADMIN_TOKEN).create({ name: "10,000 samples" });
const { id: longId } = await new ApiClient(longServer.url, ADMIN_TOKEN).create({
  name: "10,000,000 samples",
});
await seedSamples(server, shortId, "primary", 10_000);
await seedSamples(longServer, longId, "primary", 10_000_000);

print("what                                   requests  errors  p50 ms  p95 ms  p99 ms  server's cores");
await measure("overview", { url: () => overviewUrl(shortId) });
await compareFirstPages();
await measure("pages of 10,000,000, at random", {
  of: longServer,
  requestsPerSecond: 1000,
  url: () => historyUrl(longServer, longId, Math.floor(Math.random() * 1_000_000)),
});

{
  await using publishers = await startPublishers(server, 1);
  await watch(publishers.ids[0] ?? "", "viewers alone");
}
{
  await using publishers = await startPublishers(server, 4);
  const id = publishers.ids[0] ?? "";
  const load = Promise.all([
    measure("overview, with all at once", { requestsPerSecond: 500, url: () => overviewUrl(id) }),
    measure("history, with all at once", { requestsPerSecond: 500, url: () => historyUrl(server, shortId) }),
  ]);
  await watch(id, "viewers, with all at once");
  await load;
}

for (const sessions of [10_000, 100_000, 200_000]) {
  const { counted, bytesPerSession } = measureSessionMemory(sessions);
  const megabytes = ((counted * bytesPerSession) / 1e6).toFixed(1);
  print(
    `${sessions} viewers of one playout: ${counted} counted, ${bytesPerSession.toFixed(0)} bytes each, ${megabytes} MB`,
  );
}

const share = await measureSampling(500, 10);
print(`500 sides sampled every second: ${(share * 100).toFixed(2)} % of a core, the writing thread included`);

/** In turn, so that what the machine does meanwhile is the same for both. */
async function compareFirstPages(): Promise<void> {
  const [short, long]: [number[], number[]] = [[], []];
  const seconds = SECONDS / ROUNDS;
  for (let round = 0; round <= ROUNDS; round += 1) {
    const ofShort = { of: server, seconds, url: () => historyUrl(server, shortId) };
    short.push((await measure("first page of 10,000", ofShort)).p99);
    const ofLong = { of: longServer, seconds, url: () => historyUrl(longServer, longId) };
    long.push((await measure("first page of 10,000,000", ofLong)).p99);
  }
  for (const p99s of [short, long]) p99s.shift();
  const ratio = medianOf(long) / medianOf(short);
  print(`p99 of the first page, 10,000,000 to 10,000, medians of ${ROUNDS} rounds: ${ratio.toFixed(2)}`);
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

interface Measured {
  readonly of?: TandemServer;
  readonly requestsPerSecond?: number;
  readonly seconds?: number;
  readonly url: () => string;
}

async function measure(
  name: string,
  { of = server, requestsPerSecond = REQUESTS_PER_SECOND, seconds = SECONDS, url }: Measured,
): Promise<LoadResult> {
  const before = usageOf(of.processId).cpuSeconds;
  const startedAt = performance.now();
  const result = await runLoad({
    requestsPerSecond,
    seconds,
    send: async () => {
      const response = await fetch(url(), { headers: HEADERS });
      await response.arrayBuffer();
      return response.ok;
    },
  });
  const cores = (usageOf(of.processId).cpuSeconds - before) / ((performance.now() - startedAt) / 1000);
  print(
    [
      name.padEnd(38),
      String(result.requests).padStart(8),
      String(result.errors).padStart(7),
      ...[result.p50, result.p95, result.p99].map((ms) => ms.toFixed(2).padStart(7)),
      cores.toFixed(2).padStart(15),
    ].join(" "),
  );
  return result;
}

/** Whether everybody is counted while they watch and nobody afterwards, and nothing of the media comes late. */
async function watch(id: string, name: string): Promise<void> {
  const url = `${server.url}/live/${id}/index.m3u8`;
  await until("a playlist", async () => (await fetch(url)).ok);
  const viewers = new VirtualViewers(url);
  const before = usageOf(server.processId).cpuSeconds;
  await viewers.join(VIEWERS, 8, 2);
  const counts: number[] = [];
  let greatestAgeSeconds = 0;
  for (let second = 0; second < 15; second += 1) {
    await Bun.sleep(1000);
    counts.push(await hlsConnections(id));
    greatestAgeSeconds = Math.max(greatestAgeSeconds, await playlistAgeSeconds());
  }
  const cores = (usageOf(server.processId).cpuSeconds - before) / 23;
  const { segments, errors, late } = await viewers.leave();
  const leftAt = performance.now();
  await until("all to be gone", async () => (await hlsConnections(id)) === 0, 25);
  const goneSeconds = (performance.now() - leftAt) / 1000;
  print(
    `${name}: ${VIEWERS} watch, counted ${Math.min(...counts)} to ${Math.max(...counts)}; ${segments} segments, ` +
      `${errors} errors, ${late} late; playlist at most ${greatestAgeSeconds.toFixed(1)} s old; ` +
      `0 after ${goneSeconds.toFixed(1)} s; ${cores.toFixed(2)} cores`,
  );
}

async function hlsConnections(id: string): Promise<number> {
  const response = await fetch(overviewUrl(id), { headers: HEADERS });
  const { data } = (await response.json()) as { data: { sum: { hlsConnections: number } } };
  return data.sum.hlsConnections;
}

async function playlistAgeSeconds(): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^tandem_playlist_age_seconds_max (\S+)$/m.exec(text)?.[1] ?? Number.NaN);
}

function overviewUrl(id: string): string {
  return `${server.url}/v2/livestreams/${id}/statistics`;
}

function historyUrl(of: TandemServer, id: string, page = 0): string {
  return `${of.url}/v2/livestreams/${id}/statistics/primary?page=${page}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

// What a viewer costs who may seek back to the beginning: the playlist of a broadcast of ten minutes, and of one of a day, each
// asked for by `wrk -t1 -c8`, as gzip and plain; then what each new segment costs, and what all of them take of memory.

import { heapStats } from "bun:jsc";
import { join } from "node:path";
import { recordPictureASecond } from "#bench/support/long-recording.ts";
import { threadMicroseconds } from "#bench/support/thread-usage.ts";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import { EventText } from "#server/programme/event-text.ts";
import { SegmentPlaces } from "#server/recording/segment-places.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { pushSegment, segment } from "#test/support/listed-segments.ts";
import { run } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const LENGTHS = { "10 min": 600, "24 h": 86_400 };
const ENCODINGS = { gzip: { "Accept-Encoding": "gzip" }, plain: { "Accept-Encoding": "identity" } };
const WRK_SECONDS = 5;

await using server = await TandemServer.start({ environment: { TANDEM_LOG: "info" } });
const urls = new Map<string, string>();
const ids = await publish(Object.keys(LENGTHS));
await server.stop();
for (const [index, [length, seconds]] of Object.entries(LENGTHS).entries()) {
  const id = ids[index] ?? "";
  await recordPictureASecond(join(server.dataDir, "recordings"), id, seconds);
  urls.set(length, `/live/${id}/v0-360/media.m3u8`);
}
const startedAt = performance.now();
await server.startAgain();
print(`ready again after ${((performance.now() - startedAt) / 1000).toFixed(2)} s, with both`);

print("playlist             bytes  requests/s  µs of the media thread per request");
for (const [encoding, headers] of Object.entries(ENCODINGS)) {
  const costs: number[] = [];
  for (const [length, path] of urls) costs.push(await measure(`${length} ${encoding}`, path, headers));
  print(`${"".padEnd(13)}24 h to 10 min: ${((costs[1] ?? 0) / (costs[0] ?? 1)).toFixed(2)}`);
}
printGrowth();

/** Ids of livestreams that are live and may be sought back in. */
async function publish(names: readonly string[]): Promise<string[]> {
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const published: string[] = [];
  for (const name of names) {
    const { id } = await api.create({ name, withDvr: true });
    const { inputs } = await api.start(id);
    await using _encoder = ffmpegEncoder({ url: inputs[0]?.url ?? "" });
    await api.when(id, "an active ingest", (livestream) => livestream.inputs.some(({ active }) => active));
    await api.publish(id);
    published.push(id);
  }
  return published;
}

/** Microseconds a request. */
async function measure(
  name: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  const url = `${server.url}${path}`;
  const byteLength = await until("the playlist", async () => {
    const response = await fetch(url, { headers, decompress: false });
    return response.ok ? (await response.bytes()).byteLength : null;
  });
  const before = threadMicroseconds(server.processId);
  const header = Object.entries(headers).flatMap(([key, value]) => ["-H", `${key}: ${value}`]);
  const output = await run(["wrk", "-t1", "-c8", `-d${WRK_SECONDS}s`, ...header, url]);
  if (output.includes("Non-2xx")) throw new Error(output);
  const requests = Number(/(\d+) requests in/.exec(output)?.[1]);
  const microseconds = (threadMicroseconds(server.processId) - before) / requests;
  const figures = [String(byteLength).padStart(12), (requests / WRK_SECONDS).toFixed(0).padStart(11)];
  print([name.padEnd(13), ...figures, microseconds.toFixed(1).padStart(11)].join(" "));
  return microseconds;
}

/** A day's segments one by one: the last ones' cost, each with a playlist asked for, and what they all hold. */
function printGrowth(): void {
  const window = new PlaylistWindow({ isEvent: true });
  const text = new EventText(window);
  const places = new SegmentPlaces();
  const heldBefore = heldBytes();
  const takes: number[] = [];
  const count = LENGTHS["24 h"] / 2;
  for (let msn = 0; msn < count; msn += 1) {
    const from = performance.now();
    pushSegment(window, segment(msn));
    window.settle(() => "recorded");
    text.takeSettled();
    places.set(msn, { offset: msn * 1_000_000, byteLength: 1_000_000 });
    if (count - msn <= 1000) takes.push((performance.now() - from) * 1000);
  }
  const asks = Array.from({ length: 1000 }, () => {
    const from = performance.now();
    text.gzipped();
    return (performance.now() - from) * 1000;
  });
  print(
    `a new segment after 24 h: p50 ${median(takes)} µs; gzip of its playlist, once for all: ${median(asks)} µs`,
  );
  print(`held of 43,200 segments: ${((heldBytes() - heldBefore) / 1024).toFixed(0)} KiB`);
  if (places.get(0) === null || text.gzipped() === null) throw new Error("They are needed until here.");
}

function heldBytes(): number {
  Bun.gc(true);
  return heapStats().heapSize;
}

function median(values: readonly number[]): string {
  return (values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0).toFixed(0);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

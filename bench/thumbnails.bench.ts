// What pictures cost the media: uploads of a 12-megapixel JPEG one after another while twenty publishers are on the air, and how
// late frames are meanwhile; then how fast a stored thumbnail is served, beside as many bytes of a segment.

import { join } from "node:path";
import sharp from "sharp";
import { startPublishers } from "#bench/support/publishers.ts";
import { publishStamped } from "#bench/support/stamped-publisher.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { ROOT } from "#test/support/imports.ts";
import { fetchPlaylist, fetchVariantUrl } from "#test/support/judges.ts";
import { areInstalled, Program, run } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const PUBLISHERS = 20;
const SECONDS = 15;
/** As the players' process has it. */
const WARM_UP_SECONDS = 14;

await using server = await TandemServer.start({ environment: { TANDEM_RTMP_MERGE_MILLISECONDS: "0" } });
const api = new ApiClient(server.url, ADMIN_TOKEN);
await using publishers = await startPublishers(server, PUBLISHERS);
const { id } = await api.create({ name: "Watched", withBackup: false });
const [input] = (await api.start(id)).inputs;
if (input === undefined) throw new Error("It has no input.");
const publishing = new AbortController();
const published = publishStamped(input.url, publishing.signal);
await api.when(id, "an active ingest", ({ inputs }) => inputs.some(({ active }) => active));
await api.publish(id);

const photo = await sharp({
  create: {
    width: 4000,
    height: 3000,
    channels: 3,
    background: "teal",
    noise: { type: "gaussian", mean: 128, sigma: 20 },
  },
})
  .jpeg({ quality: 85 })
  .toBuffer();

print(`a JPEG of ${(photo.byteLength / 1e6).toFixed(1)} MB, ${PUBLISHERS} publishers at 1 Mbit/s`);
print("                 uploads/s  frame delay p50   p95   p99 ms");
const without = await delays("without uploads", async () => 0);
const withUploads = await delays("with uploads", (until) => upload(until));
print(`uploads make the p99 ${(withUploads - without).toFixed(1)} ms later; at most 20 are allowed`);
publishing.abort();
await published;
await compareServing();

/** How late frames are at a player, from the publisher's write to the player's read, while `work` is done; the p99. */
async function delays(name: string, work: (untilMs: number) => Promise<number>): Promise<number> {
  const url = `rtmp://${new URL(input?.url ?? "").host}/play/${id}`;
  const script = join(ROOT, "bench/support/player-process.ts");
  const command = [process.execPath, script, url, "4", String(SECONDS), "watch"];
  await using players = new Program(command, (WARM_UP_SECONDS + SECONDS) * 2);
  await Bun.sleep(WARM_UP_SECONDS * 1000);
  const uploads = await work(performance.now() + SECONDS * 1000);
  const { p50, p95, p99 } = JSON.parse((await players.result).stdout);
  print(
    [
      name.padEnd(16),
      (uploads / SECONDS).toFixed(1).padStart(9),
      ...[p50, p95, p99].map((delayMs: number, index) => delayMs.toFixed(1).padStart([16, 5, 5][index] ?? 5)),
    ].join(" "),
  );
  return p99;
}

async function upload(untilMs: number): Promise<number> {
  let uploads = 0;
  while (performance.now() < untilMs) {
    const response = await fetch(`${server.url}/v2/livestreams/${id}/thumbnail`, {
      method: "PUT",
      headers: { Authorization: `Bearer ${ADMIN_TOKEN}`, "Content-Type": "image/jpeg" },
      body: new Uint8Array(photo),
    });
    if (!response.ok) throw new Error(await response.text());
    await response.body?.cancel();
    uploads += 1;
  }
  return uploads;
}

async function compareServing(): Promise<void> {
  const { thumbnailUrl } = await api.get(id);
  const url = `${(thumbnailUrl ?? "").replace(/^http:\/\/[^/]+/, server.url)}?width=640`;
  const { byteLength } = await (await fetch(url, { headers: { Accept: "image/webp" } })).bytes();
  const live = await fetchVariantUrl(`${server.url}/live/${publishers.ids[0]}/index.m3u8`);
  const segmentUrl = await until("a segment", async () => (await fetchPlaylist(live)).segments[2]?.url);
  for (let viewers = 0; viewers < 2; viewers += 1) await (await fetch(segmentUrl)).bytes(); // then it is in memory
  const segment = await requestsPerSecond(segmentUrl, `Range: bytes=0-${byteLength - 1}`);
  const thumbnail = await requestsPerSecond(url, "Accept: image/webp");
  print(
    `${byteLength} bytes: of a segment ${segment.toFixed(0)}/s, of a thumbnail ${thumbnail.toFixed(0)}/s, which is ` +
      `${((100 * thumbnail) / segment).toFixed(0)} %; at least 80 are wanted`,
  );
}

async function requestsPerSecond(url: string, header: string): Promise<number> {
  if (!areInstalled("wrk")) return Number.NaN;
  const output = await run(["wrk", "-t1", "-c16", "-d5s", "-H", header, url]);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

// What a viewer's request costs: the live playlist, the same of a signed livestream, the newest segment, and one that left the
// playlist and is read from the recording, each asked for by `wrk -t1 -c16` while two publishers are on air.

import { usageOf } from "#bench/support/process-usage.ts";
import { startPublishers } from "#bench/support/publishers.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { fetchPlaylist, fetchVariantUrl } from "#test/support/judges.ts";
import { areInstalled, run } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const SECONDS = 5;
const TURNS = 3;
const CONNECTIONS = 16;

await using server = await TandemServer.start({ environment: { TANDEM_LOG: "info" } });
await using publishers = await startPublishers(server, 1);
await using signed = await startPublishers(server, 1, "signed");
const masterUrl = `${server.url}/live/${publishers.ids[0]}/index.m3u8`;
const mediaUrl = await until("a playlist", () => fetchVariantUrl(masterUrl));
const signedMasterUrl = await withToken(signed.ids[0] ?? "");
const signedMediaUrl = await until("a playlist", () => fetchVariantUrl(signedMasterUrl));
const newestUrl = async () => (await fetchPlaylist(mediaUrl)).segments.at(-1)?.url ?? "";
const firstUrl = await until("a segment", async () => (await fetchPlaylist(mediaUrl)).segments[0]?.url);

print("what                requests/s  CPU µs per request  MB/s");
// In turns: a machine that is busy is busy for both.
for (let turn = 1; turn <= TURNS; turn += 1) {
  const open = await measure("multivariant", masterUrl);
  const withSignedOpen = await measure("  signed", signedMasterUrl);
  const media = await measure("media playlist", mediaUrl);
  const withSignedMedia = await measure("  signed", signedMediaUrl);
  const times = [withSignedOpen / open, withSignedMedia / media].map((each) => each.toFixed(2));
  print(
    `signed costs        ${times[0]} times a public multivariant, ${times[1]} times a public media playlist`,
  );
}
await measure("newest segment", await newestUrl());
await measure("recorded segment", firstUrl);

async function withToken(id: string): Promise<string> {
  const { operations } = new ApiClient(server.url, ADMIN_TOKEN);
  const { token } = await operations.createPlaybackToken(id);
  return `${server.url}/live/${id}/index.m3u8?token=${token}`;
}

/** CPU seconds a request. */
async function measure(name: string, url: string): Promise<number> {
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
  return cpuSeconds / requests;
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

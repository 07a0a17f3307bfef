// How late low latency is, and what it costs. From a frame's last byte written to the RTMP socket to its complete part at a client with
// a blocked reload, for 1 client in a process of its own and with 999 more in another; what 10,000 reloads that wait at once take of memory;
// and how old the picture is that Chromium shows on the watch page, by a number that is burned into it.
// `low-latency.bench.ts [latency] [waiting] [browser]`: all three where none is named.

import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { BlockedClient } from "#bench/support/blocked-client.ts";
import { usageOf } from "#bench/support/process-usage.ts";
import { publishStamped } from "#bench/support/stamped-publisher.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { launchBrowser } from "#test/support/browser.ts";
import { publishCounted, seenPicture } from "#test/support/counted-pictures.ts";
import { ROOT } from "#test/support/imports.ts";
import { fetchPlaylist, fetchVariantUrl } from "#test/support/judges.ts";
import { Program } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const CLIENTS = [1, 1000];
const WARM_UP_SECONDS = 8;
const MEASURED_SECONDS = 30;
const WAITING = 10_000;

/** Between two looks at the page. */
const LOOK_MS = 250;

interface Measured {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  readonly parts: number;
}

const wanted = process.argv.slice(2);
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);

print(
  `${cpus().length} × ${cpus()[0]?.model}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Linux ${release()}, Bun ${Bun.version}`,
);
if (isWanted("latency")) {
  print(
    "clients  part target  delay p50    p95    p99    max ms  parts/s each  server's CPU  the others' CPU  resident MB",
  );
  for (const count of CLIENTS) await measureLatency(count);
}
if (isWanted("waiting")) await measureWaiting();
if (isWanted("browser")) await measureBrowser();

async function measureLatency(count: number): Promise<void> {
  await using server = await TandemServer.start({ environment: { TANDEM_LOG: "info" } });
  const publishing = new AbortController();
  const { mediaUrl, published } = await goLive(server, (url) => publishStamped(url, publishing.signal));
  const partTarget = Number(/PART-TARGET=([\d.]+)/.exec((await fetchPlaylist(mediaUrl)).text)?.[1]);
  await using watched = blockedClients(mediaUrl, 1);
  await using others = count > 1 ? blockedClients(mediaUrl, count - 1) : null;
  await Bun.sleep((WARM_UP_SECONDS + 1) * 1000);
  const cpuShareOf = ({ processId }: { readonly processId: number }): (() => string) => {
    const before = usageOf(processId).cpuSeconds;
    return () =>
      `${(((usageOf(processId).cpuSeconds - before) / (MEASURED_SECONDS - 2)) * 100).toFixed(0)} %`;
  };
  const serversShare = cpuShareOf(server);
  const othersShare = others === null ? () => "" : cpuShareOf(others);
  await Bun.sleep((MEASURED_SECONDS - 2) * 1000);
  const shares = [serversShare(), othersShare()] as const;
  const { residentMegabytes } = usageOf(server.processId);
  const { p50, p95, p99, max, parts } = await measuredBy(watched);
  const partsOfOthers = others === null ? 0 : (await measuredBy(others)).parts;
  publishing.abort();
  await published;
  print(
    [
      String(count).padStart(7),
      `${(partTarget * 1000).toFixed(0)} ms`.padStart(11),
      p50.toFixed(0).padStart(9),
      p95.toFixed(0).padStart(5),
      p99.toFixed(0).padStart(5),
      max.toFixed(0).padStart(8),
      ((parts + partsOfOthers) / count / MEASURED_SECONDS).toFixed(2).padStart(12),
      shares[0].padStart(12),
      shares[1].padStart(15),
      residentMegabytes.toFixed(0).padStart(11),
    ].join("  "),
  );
}

/** In a process of their own: what many take of a core is not to delay the one that looks when its parts come. */
function blockedClients(mediaUrl: string, count: number): Program {
  const script = join(ROOT, "bench/support/blocked-client-process.ts");
  const command = [process.execPath, script, mediaUrl, String(count), String(MEASURED_SECONDS)];
  return new Program(command, 2 * (WARM_UP_SECONDS + MEASURED_SECONDS));
}

async function measuredBy(clients: Program): Promise<Measured> {
  const { exitCode, stdout, stderr } = await clients.result;
  if (exitCode !== 0) throw new Error(`The clients ended with ${exitCode}:\n${stderr}`);
  return JSON.parse(stdout);
}

/** All of them ask for the segment after the one that is being made, so none is answered while the memory is looked at. */
async function measureWaiting(): Promise<void> {
  await using server = await TandemServer.start({
    environment: { TANDEM_LOG: "info", TANDEM_SEGMENT_SECONDS: "10" },
  });
  const publishing = new AbortController();
  const { mediaUrl, published } = await goLive(server, (url) => publishStamped(url, publishing.signal));
  const clients = await Promise.all(
    Array.from({ length: WAITING }, () => BlockedClient.connect(mediaUrl, () => undefined)),
  );
  const connected = await settledMegabytes(server);
  const { mediaSequence, segments } = await fetchPlaylist(mediaUrl);
  for (const client of clients) client.block(mediaSequence + segments.length + 1);
  await Bun.sleep(3000);
  const waiting = usageOf(server.processId).residentMegabytes;
  for (const client of clients) client.leave();
  await Bun.sleep(3000);
  const left = usageOf(server.processId).residentMegabytes;
  publishing.abort();
  await published;
  print(
    `${WAITING} blocked reloads: ${connected.toFixed(0)} MB resident with their connections open, ${waiting.toFixed(0)} MB while all wait, ${left.toFixed(0)} MB once they have left`,
  );
}

async function settledMegabytes(server: TandemServer): Promise<number> {
  await Bun.sleep(3000);
  return usageOf(server.processId).residentMegabytes;
}

async function measureBrowser(): Promise<void> {
  await using server = await TandemServer.start({ environment: { TANDEM_LOG: "info" } });
  const { id, published: publish } = await goLive(server, publishCounted);
  await using counted = await publish;
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    await page.goto(`${server.url}/watch/${id}`);
    await until("a picture", () => seenPicture(page));
    await page.evaluate(`{
      const video = document.querySelector("video");
      video.muted = true;
      video.addEventListener("waiting", () => (window.stalls = (window.stalls ?? 0) + 1));
      void video.play();
    }`);
    await Bun.sleep(WARM_UP_SECONDS * 1000);
    await page.evaluate("window.stalls = 0");
    const agesMs: number[] = [];
    for (let look = 0; look < (MEASURED_SECONDS * 1000) / LOOK_MS; look += 1) {
      const seen = await seenPicture(page);
      if (seen !== null) agesMs.push(counted.ageMs(seen));
      await Bun.sleep(LOOK_MS);
    }
    agesMs.sort((a, b) => a - b);
    const at = (share: number) => (agesMs[Math.floor(agesMs.length * share)] ?? 0).toFixed(0);
    const stalls = await page.evaluate<number>("window.stalls");
    print(
      `Chromium, watch page: the picture is ${at(0.5)} ms old (p50), ${at(0.95)} (p95), ${at(0.99)} (p99), of ${agesMs.length} looks; ${stalls} stalls`,
    );
  } finally {
    await browser.close();
  }
}

/** A livestream with a playlist that lists something, fed by `publish`, whose answer comes with it. */
async function goLive<Published>(server: TandemServer, publish: (inputUrl: string) => Published) {
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const { id } = await api.create({ name: "Low latency", withBackup: false });
  const [input] = (await api.start(id)).inputs;
  if (input === undefined) throw new Error("It has no input.");
  const published = publish(input.url);
  await api.when(id, "an active ingest", ({ inputs }) => inputs.some(({ active }) => active));
  await api.publish(id);
  const mediaUrl = await until("a playlist", () => fetchVariantUrl(`${server.url}/live/${id}/index.m3u8`));
  return { id, mediaUrl, published };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

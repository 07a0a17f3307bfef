// Low latency behind nginx, set up as documented: a crowd near live is one request at the server, and is counted as a crowd.

import { describe, expect, test } from "bun:test";
import { ApiClient } from "#test/support/api-client.ts";
import { CachingProxy } from "#test/support/caching-proxy.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { edgeOf } from "#test/support/hls-validator/history.ts";
import { fetchVariantUrl } from "#test/support/judges.ts";
import { PageLoad } from "#test/support/page-load.ts";
import { PlaylistRecorder } from "#test/support/playlist-recorder.ts";
import { areInstalled } from "#test/support/program.ts";
import { RawHttp } from "#test/support/raw-http.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const RELOADS = 1000;
const PAGES = 200;
const COMING_SECONDS = 10;

/** Eight seconds of the programme, or more where a part was late: coming, which each does once, is most of what reaches the server. */
const EACH_PARTS = 40;

/** No signature of anybody's. */
const FORGED = "a".repeat(22);

describe.skipIf(!areInstalled("nginx", "ffmpeg"))("low latency behind nginx as documented", () => {
  test("a thousand blocked reloads are one request, and two hundred pages fewer than ten for each part (P6, V1)", async () => {
    await using server = await TandemServer.start();
    await using proxy = await CachingProxy.start(server.url, "as-documented");
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const { id } = await api.create({ name: "Behind a cache" });
    const { inputs } = await api.start(id);
    await using _encoder = ffmpegEncoder({ url: inputs[0]?.url ?? "", maxSeconds: 80 });
    await api.when(id, "an active ingest", (each) => each.inputs.some(({ active }) => active));
    await api.publish(id);
    await using recorder = await PlaylistRecorder.start(`${proxy.url}/live/${id}/index.m3u8`);
    await until("parts", () => (recorder.reading?.segments.length ?? 0) >= 2);

    await areOneRequest(proxy, recorder, id);

    const from = proxy.proxied.length;
    const pages = Array.from({ length: PAGES }, () => new PageLoad(proxy.url));
    const watching = pages.map(async (page, index) => {
      await Bun.sleep((index * COMING_SECONDS * 1000) / PAGES);
      await page.watch(id);
    });
    await until("parts for everybody", () => pages.every((page) => page.parts >= EACH_PARTS), 50);
    const asked = proxy.proxied.slice(from);
    const parts = new Set(asked.map(({ path }) => path).filter((path) => /\.part-\d+\.m4s$/.test(path))).size;
    const reached = asked.filter(({ cache }) => cache !== "HIT");
    // The pages and the recorder; who asked before for the first playlist is still counted for fifteen seconds.
    await until("everybody to be counted", async () => {
      const { sum } = await api.operations.getLivestreamStatsOverview(id);
      return sum.hlsConnections === PAGES + 1;
    });
    for (const page of pages) page.leave();
    await Promise.all(watching);

    expect(pages.flatMap(({ refused }) => refused)).toEqual([]);
    expect(reached.length / parts).toBeLessThan(10);
    expect(await recorder.violations()).toEqual([]);
  }, 90_000);
});

/** Each with a session of its own, and all of them wait for the same. */
async function areOneRequest(proxy: CachingProxy, recorder: PlaylistRecorder, id: string): Promise<void> {
  const origin = new URL(proxy.url);
  const connections = await Promise.all(Array.from({ length: RELOADS }, () => RawHttp.open(origin)));
  const media = new URL(await fetchVariantUrl(`${proxy.url}/live/${id}/index.m3u8`));
  const sessions = Array.from({ length: RELOADS }, (_, index) => String(index).padStart(16, "0"));
  const { msn } = recorder.reading === null ? { msn: 0 } : edgeOf(recorder.reading);
  const from = proxy.proxied.length;
  const answers = await Promise.all(
    connections.map((connection, index) =>
      // A forged session is nobody's, and no reason to be answered otherwise.
      connection.ask(`${media.pathname}?session=${sessions[index]}.${FORGED}&_HLS_msn=${msn}`),
    ),
  );
  for (const connection of connections) connection.close();
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(answers.map(({ body }) => Bun.hash(body))).size).toBe(1);
  const asked = proxy.proxied.slice(from).filter(({ query }) => query.includes(FORGED));
  expect(asked).toHaveLength(RELOADS);
  expect(asked.filter(({ cache }) => cache !== "HIT")).toHaveLength(1);
}

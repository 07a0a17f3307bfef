// Statistics as a producer sees them: who watches now, and a history that a crash does not tear.

import { describe, expect, test } from "bun:test";
import type { StatisticsOverview } from "#server/stats/connection-counts.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { hasPlayed, isInPhase, launchBrowser } from "#test/support/browser.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { fetchPlaylist, fetchVariantUrl, lintMetrics } from "#test/support/judges.ts";
import { areInstalled, Program } from "#test/support/program.ts";
import { expectNoSecrets } from "#test/support/secrets.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const HEADERS = { Authorization: `Bearer ${ADMIN_TOKEN}` };

interface SampleView {
  readonly createdAtUtc: string;
  readonly videoBitrateKbps: number | null;
}

async function overview(server: TandemServer, id: string): Promise<StatisticsOverview> {
  const response = await fetch(`${server.url}/v2/livestreams/${id}/statistics`, { headers: HEADERS });
  return ((await response.json()) as { data: StatisticsOverview }).data;
}

/** Oldest first. */
async function history(server: TandemServer, id: string): Promise<readonly SampleView[]> {
  const samples: SampleView[] = [];
  for (let page = 0; ; page += 1) {
    const path = `/v2/livestreams/${id}/statistics/primary?perpage=50&page=${page}`;
    const response = await fetch(server.url + path, { headers: HEADERS });
    const { data } = (await response.json()) as { data: SampleView[] };
    if (data.length === 0) return samples.reverse();
    samples.push(...data);
  }
}

/** A livestream that is live, and its programme's address. */
async function goLive(server: TandemServer) {
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const { id } = await api.create({ name: "Statistics" });
  const { inputs } = await api.start(id);
  const url = inputs[0]?.url ?? "";
  const encoder = ffmpegEncoder({ url, maxSeconds: 110 });
  await api.when(id, "an active ingest", (livestream) => livestream.inputs.some((input) => input.active));
  const { playouts } = await api.publish(id);
  const playlistUrl = playouts[0]?.url ?? "";
  await until("a playlist", async () => (await fetch(playlistUrl)).ok);
  return { api, id, inputs, url, encoder, playlistUrl };
}

const count = async (server: TandemServer, id: string) => (await overview(server, id)).sum.hlsConnections;

describe.skipIf(!areInstalled("ffmpeg", "ffplay"))("with an encoder", () => {
  test("samples survive kill -9: none is lost, none is there twice, and they go on in order (V3)", async () => {
    await using server = await TandemServer.start({ environment: { TANDEM_SAMPLE_INTERVAL_SECONDS: "1" } });
    const { api, id, url, inputs, encoder } = await goLive(server);
    await using _encoder = encoder;
    await until("three samples", async () => (await history(server, id)).length >= 3);
    let before = await history(server, id);
    for (let each = 0; each < 3; each += 1) {
      await Bun.sleep(300 + each * 400); // Somewhere between two samples.
      before = await history(server, id);
      await server.kill();
      await server.startAgain();
      await until("two more samples", async () => (await history(server, id)).length >= before.length + 2);
      expect((await history(server, id)).slice(0, before.length)).toEqual([...before]);
    }
    await using _again = ffmpegEncoder({ url });
    await until(
      "a measured sample",
      async () => ((await history(server, id)).at(-1)?.videoBitrateKbps ?? 0) > 0,
    );
    await api.stop(id);
    const stopped = await history(server, id);
    const times = stopped.map(({ createdAtUtc }) => createdAtUtc);
    expect(times).toEqual([...new Set(times)].sort());
    await api.when(id, "the recording", ({ status }) => status === "finished");
    expect(await server.stop()).toBe(0);
    await server.startAgain();
    expect(await history(server, id)).toEqual(stopped);
    expectNoSecrets(server, inputs);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain('tandem_livestreams{status="finished"} 1');
    if (areInstalled("promtool")) await lintMetrics(metrics);
    for (const secret of [ADMIN_TOKEN, id, "127.0.0.1", ...inputs.map(({ streamKey }) => streamKey)]) {
      expect(metrics).not.toContain(secret);
    }
  }, 120_000);

  test("ffmpeg is one viewer, with ffplay it is two, with a curl three, and all are gone within 20 s (V1)", async () => {
    await using server = await TandemServer.start();
    const { id, encoder, playlistUrl } = await goLive(server);
    await using _encoder = encoder;
    const first = new Program(["ffmpeg", "-v", "error", "-re", "-i", playlistUrl, "-f", "null", "-"]);
    await until("one viewer", async () => (await count(server, id)) === 1);
    const without = ["env", "SDL_VIDEODRIVER=dummy", "SDL_AUDIODRIVER=dummy"];
    const second = new Program([...without, "ffplay", "-v", "error", "-nodisp", playlistUrl]);
    await until("two viewers", async () => (await count(server, id)) === 2);
    const withoutSession = new URL(await fetchVariantUrl(playlistUrl));
    withoutSession.search = "";
    await fetchPlaylist(withoutSession.href);
    expect((await overview(server, id)).primary).toEqual({ rtmpConnections: 1, hlsConnections: 3 });
    const mediaUrl = await fetchVariantUrl(playlistUrl);
    await fetch(mediaUrl, { method: "HEAD" });
    await fetch(mediaUrl, { method: "OPTIONS" });
    expect(await count(server, id)).toBe(3);
    await first.kill();
    await second.kill();
    await until("nobody", async () => (await count(server, id)) === 0, 20);
  }, 90_000);

  test.skipIf(!areInstalled("chromium"))(
    "a page in Chromium is one viewer, two tabs are two, and closed ones are gone within 20 s (V1)",
    async () => {
      await using server = await TandemServer.start();
      const { id, encoder } = await goLive(server);
      await using _encoder = encoder;
      await using browser = await launchBrowser();
      const open = async () => {
        const page = await browser.newPage();
        await page.goto(`${server.url}/watch/${id}`);
        await isInPhase(page, "live");
        await hasPlayed(page, 3);
        return page;
      };
      const first = await open();
      expect(await count(server, id)).toBe(1);
      const second = await open();
      expect(await count(server, id)).toBe(2);
      await first.close();
      await second.close();
      await until("nobody", async () => (await count(server, id)) === 0, 20);
    },
    90_000,
  );
});

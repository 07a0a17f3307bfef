// A caching proxy in front: it takes the media traffic, and everybody is still counted, once.

import { describe, expect, test } from "bun:test";
import { ApiClient } from "#test/support/api-client.ts";
import { CachingProxy, type Proxied } from "#test/support/caching-proxy.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { fetchPlaylist, fetchVariantUrl } from "#test/support/judges.ts";
import { areInstalled, Program, run } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";
import { Viewer } from "#test/support/viewer.ts";

/** A livestream that is live, seen through the proxy. */
async function goLive(server: TandemServer, proxy: CachingProxy) {
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const { id } = await api.create({ name: "Behind a proxy" });
  const { inputs } = await api.start(id);
  const encoder = ffmpegEncoder({ url: inputs[0]?.url ?? "", maxSeconds: 110 });
  await api.when(id, "an active ingest", (livestream) => livestream.inputs.some((input) => input.active));
  await api.publish(id);
  const url = `${proxy.url}/live/${id}/index.m3u8`;
  await until("a playlist", async () => (await fetch(url)).ok);
  return { id, encoder, url };
}

async function count(server: TandemServer, id: string): Promise<number> {
  const headers = { Authorization: `Bearer ${ADMIN_TOKEN}` };
  const response = await fetch(`${server.url}/v2/livestreams/${id}/statistics`, { headers });
  const { data } = (await response.json()) as { data: { sum: { hlsConnections: number } } };
  return data.sum.hlsConnections;
}

/** FFmpeg, and four who do as players do. */
function watch(url: string, viewers: AsyncDisposableStack) {
  const ffmpeg = viewers.use(new Program(["ffmpeg", "-v", "error", "-re", "-i", url, "-f", "null", "-"]));
  const segmentsSeen = Array.from({ length: 4 }, async () => {
    const viewer = viewers.use(new Viewer(url));
    await viewer.follow("six segments seen", () => viewer.segmentCount >= 6, 40);
    return viewer.segmentCount;
  });
  return { ffmpeg, segmentsSeen: Promise.all(segmentsSeen) };
}

/** Each segment came from the server once, whoever asked for it, and everything else from the cache; no playlist did. */
function expectFewMisses(proxied: readonly Proxied[], segmentsSeen: readonly number[]): void {
  const segments = proxied.filter(({ path }) => path.endsWith(".m4s"));
  // FFmpeg asks for the range that is everything.
  expect(segments.filter(({ status }) => status !== 200 && status !== 206)).toEqual([]);
  const misses = segments.filter(({ cache }) => cache !== "HIT").map(({ path }) => path);
  expect(misses.sort()).toEqual([...new Set(segments.map(({ path }) => path))].sort());
  expect(segments.length).toBeGreaterThanOrEqual(segmentsSeen.reduce((sum, each) => sum + each, 0));
  expect(1 - misses.length / segments.length).toBeGreaterThan(0.6);
  const playlists = proxied.filter(({ path }) => path.endsWith(".m3u8"));
  expect(playlists.filter(({ cache }) => cache === "HIT" || cache === "STALE")).toEqual([]);
}

describe.skipIf(!areInstalled("nginx", "ffmpeg", "curl"))("behind nginx", () => {
  test("set up as documented but for playlists, and as a cache of all that may be kept, ten viewers are ten and then none (P6, V1, V2)", async () => {
    await using server = await TandemServer.start();
    await using documented = await CachingProxy.start(server.url, "without-playlists");
    await using keepsAll = await CachingProxy.start(server.url, "keeps-all");
    const { id, encoder, url } = await goLive(server, documented);
    await using _encoder = encoder;

    await using viewers = new AsyncDisposableStack();
    const first = watch(url, viewers);
    const second = watch(url.replace(documented.url, keepsAll.url), viewers);
    await until("ten viewers", async () => (await count(server, id)) === 10);
    const seen = [await first.segmentsSeen, await second.segmentsSeen] as const;
    expect(await count(server, id)).toBe(10);
    await first.ffmpeg.kill();
    await second.ffmpeg.kill();
    await until("nobody", async () => (await count(server, id)) === 0, 20);
    expectFewMisses(documented.proxied, seen[0]);
    expectFewMisses(keepsAll.proxied, seen[1]);
  }, 90_000);

  test("a viewer whose address changes is one, and what was missing is not remembered as missing (V1, P6)", async () => {
    await using server = await TandemServer.start();
    await using proxy = await CachingProxy.start(server.url, "keeps-all");
    const { id, encoder, url } = await goLive(server, proxy);
    await using _encoder = encoder;
    const mediaUrl = await fetchVariantUrl(url);
    const { mediaSequence, segments } = await fetchPlaylist(mediaUrl);
    const direct = mediaUrl.replace(proxy.url, server.url);
    for (const address of ["127.0.0.2", "127.0.0.3", "127.0.0.4"]) {
      const curl = ["curl", "-sSf", "-o", "/dev/null", "--user-agent", address, "--interface", address];
      await run([...curl, direct]);
    }
    expect(await count(server, id)).toBe(1);

    const next = new URL(`segment-${mediaSequence + segments.length + 1}.m4s`, mediaUrl).href;
    expect((await fetch(next)).status).toBe(404);
    const throughProxy = await until("the segment", async () => {
      const response = await fetch(next);
      return response.ok && response;
    });
    const itself = await fetch(next.replace(proxy.url, server.url));
    expect(throughProxy.headers.get("ETag")).toBe(itself.headers.get("ETag"));
    expect(Buffer.from(await throughProxy.bytes()).equals(await itself.bytes())).toBe(true);
  }, 60_000);
});

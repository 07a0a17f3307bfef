// Viewers who paid: nobody without a token sees a playlist of theirs, and whoever has one notices nothing.

import { expect, test } from "bun:test";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { ApiClient } from "#test/support/api-client.ts";
import { currentTime, hasPlayed, launchBrowser } from "#test/support/browser.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { ROOT } from "#test/support/imports.ts";
import { decodeAll, fetchPlaylist, fetchVariantUrl, probe } from "#test/support/judges.ts";
import { ObsSession } from "#test/support/obs-session.ts";
import { areInstalled, run } from "#test/support/program.ts";
import { ADMIN_TOKEN, TANDEM, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

/** With the patience that the README asks of whoever plays with hls.js, so that it is the token alone that is tried. */
const PAGE = `<!doctype html><video muted></video><script src="/hls.js"></script><script>
const video = document.querySelector("video");
const errors = [];
const patience = {
  maxNumRetry: 20,
  retryDelayMs: 500,
  maxRetryDelayMs: 500,
  shouldRetry: (_, count, isTimeout, response, isUsual) => isUsual || (response?.code === 0 && count < 20),
};
const policies = {};
for (const name of ["playlistLoadPolicy", "fragLoadPolicy"])
  policies[name] = { default: { ...Hls.DefaultConfig[name].default, errorRetry: patience } };
const hls = new Hls(policies);
hls.on(Hls.Events.ERROR, (_, { details, fatal }) => fatal && errors.push(details));
hls.attachMedia(video);
hls.loadSource(new URLSearchParams(location.search).get("url"));
video.play();
</script>`;

/** A site of somebody else's that plays with hls.js. */
function site() {
  const script = Bun.file(Bun.resolveSync("hls.js/dist/hls.min.js", join(ROOT, "server")));
  return Bun.serve({
    port: 0,
    routes: {
      "/": () => new Response(PAGE, { headers: { "Content-Type": "text/html" } }),
      "/hls.js": () => new Response(script),
    },
  });
}

test.skipIf(!areInstalled("ffmpeg", "ffprobe", "chromium"))(
  "a signed livestream is watched with a token alone: through a rotation, a restart, the stop, and as a recording",
  async () => {
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const { operations } = api;
    const { id } = await operations.createLivestream({
      name: "For those who paid",
      playbackPolicy: "signed",
    });
    const { token, url: publicUrl } = await operations.createPlaybackToken(id, { viewerId: "ticket-4711" });
    const url = publicUrl.replace(new URL(publicUrl).origin, server.url);
    const secrets = [token];
    const { inputs } = await api.start(id);
    const [{ url: inputUrl = "" } = {}] = inputs;
    const first = ffmpegEncoder({ url: inputUrl });
    await api.when(id, "an active ingest", (each) => each.inputs.some(({ active }) => active));
    await api.publish(id);

    const mediaUrl = await until("a playlist", () => fetchVariantUrl(url));
    const { segments } = await fetchPlaylist(mediaUrl);
    const segmentUrl = segments[0]?.url ?? "";
    const [, folder = ""] = /\/([0-9a-f]{32})\/v0-360\/segment-\d+\.m4s$/.exec(segmentUrl) ?? [];
    secrets.push(folder, mediaUrl.split("session=")[1] ?? "no session");
    const base = `${server.url}/live/${id}`;
    const playlists = [url, mediaUrl, `${base}/primary/index.m3u8`, `${base}/v0-360/media.m3u8`];
    for (const each of playlists.map((playlist) => playlist.replace(/\?.*/, "")))
      expect(await denied(each)).toBe(true);
    for (const listed of await listedBy(mediaUrl)) {
      const answer = await fetch(listed);
      expect([listed, answer.status]).toEqual([listed, 200]);
      expect(answer.headers.get("Cache-Control")).toContain("immutable");
      expect((await fetch(listed.replace(`${folder}/`, ""))).status).toBe(404);
      expect((await fetch(listed.replace(folder, "0".repeat(32)))).status).toBe(404);
    }
    await expect(probe(`${server.rtmpUrl}/play/${id}`)).rejects.toThrow();
    expect(await (await fetch(server.url)).text()).not.toContain("For those who paid");
    const page = await fetch(`${server.url}/watch/${id}?token=${token}`);
    expect(page.headers.get("Referrer-Policy")).toBe("no-referrer");

    using elsewhere = site();
    await using browser = await launchBrowser();
    const viewer = await browser.newPage();
    await viewer.goto(`${elsewhere.url}?url=${encodeURIComponent(url)}`);
    await hasPlayed(viewer, 2);

    const watched = decodeAll(url, ["-t", "2"]);
    const where = Object.entries(server.environment).map(([name, value]) => `${name}=${value}`);
    await run(["env", ...where, ...TANDEM, "token", "rotate-playback-key"]);
    const fresh = (await operations.createPlaybackToken(id, { expiresInSeconds: 3 })).token;
    secrets.push(fresh);
    const shortUrl = `${base}/index.m3u8?token=${fresh}`;
    const shortMediaUrl = await until("the new key to be known", () => fetchVariantUrl(shortUrl));
    await until("the short token to run out", () => denied(shortMediaUrl));
    expect(await denied(shortUrl)).toBe(true);
    await watched;
    await hasPlayed(viewer, 1);

    await server.stop();
    await server.startAgain();
    await first.kill();
    await using _second = ffmpegEncoder({ url: inputUrl });
    expect((await fetch(segmentUrl)).status).toBe(200);
    expect(await denied(mediaUrl)).toBe(false);
    await api.when(id, "the encoder again", (each) => each.inputs.some(({ active }) => active));
    await hasPlayed(viewer, 4); // More than it had before.
    expect(await errorsOf(viewer)).toEqual([]);
    const { sum } = await operations.getLivestreamStatsOverview(id);
    expect(sum.hlsConnections).toBeGreaterThan(0);

    await api.stop(id);
    const { mediaId } = await api.when(id, "its media", ({ status }) => status === "finished");
    const media = await api.media(mediaId ?? "");
    expect(media.playbackPolicy).toBe("signed");
    // But for a part: by parts hls.js 1.7 does not ask for the last one of what was live, and never says that it has ended.
    const isAtEnd = "video.ended || video.duration - video.currentTime < 0.5";
    await until("the viewer to come to the end", () => viewer.evaluate<boolean>(isAtEnd), 30);
    expect(await errorsOf(viewer)).toEqual([]);
    expect(await currentTime(viewer)).toBeGreaterThan(10);
    await decodeAll(url); // Now led to the recording.
    const mediaPath = `${server.url}/media/${mediaId}`;
    const clip = await operations.createMediaClip(media.id, { name: "Goal", startSeconds: 1, endSeconds: 3 });
    for (const path of [mediaPath, `${server.url}/media/${clip.id}`]) {
      for (const file of ["index.m3u8", "download.mp4"]) {
        expect(await denied(`${path}/${file}`)).toBe(true);
        expect(await denied(`${path}/${file}?token=${token}`)).toBe(true);
      }
    }
    const ofMedia = (await operations.createMediaPlaybackToken(media.id)).token;
    const ofClip = (await operations.createMediaPlaybackToken(clip.id)).token;
    secrets.push(ofMedia, ofClip);
    await decodeAll(`${mediaPath}/download.mp4?token=${ofMedia}`);
    expect(await denied(`${mediaPath}/index.m3u8?token=${ofClip}`)).toBe(true);
    const { durationSeconds } = await probe(`${server.url}/media/${clip.id}/index.m3u8?token=${ofClip}`);
    expect(durationSeconds).toBeGreaterThan(1.5);

    for (const secret of secrets) expect(server.logs).not.toContain(secret);
  },
  120_000,
);

test("a stream key that is reset cuts its encoder and no other, stays dead over a restart, and the new one is taken", async () => {
  await using server = await TandemServer.start();
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const { id } = await api.create({ name: "Leaked" });
  const [primary, secondary] = (await api.start(id)).inputs;
  if (primary === undefined || secondary === undefined) throw new Error("It has no inputs.");
  const { serverUrl } = primary;
  await using leaked = await ObsSession.publish(serverUrl, primary.streamKey);
  await using other = await ObsSession.publish(serverUrl, secondary.streamKey);
  const after = await api.operations.resetStreamKey(id, "primary");
  await until("its encoder to be cut", () => leaked.isClosed);
  const streamKey = after.inputs[0]?.streamKey ?? "";
  expect(after.inputs[1]?.streamKey).toBe(secondary.streamKey);
  expect(other.isClosed).toBe(false);
  await expect(ObsSession.publish(serverUrl, primary.streamKey)).rejects.toThrow("NetStream.Publish.Denied");
  await server.kill();
  await server.startAgain();
  await expect(ObsSession.publish(serverUrl, primary.streamKey)).rejects.toThrow("NetStream.Publish.Denied");
  await using taken = await ObsSession.publish(serverUrl, streamKey);
  expect(taken.isClosed).toBe(false);
  for (const key of [primary.streamKey, streamKey]) expect(server.logs).not.toContain(key);
}, 60_000);

/** Initializations, segments, parts and what is hinted at: without a query, so that caches keep them for everybody. */
async function listedBy(mediaUrl: string): Promise<readonly string[]> {
  const text = await (await fetch(mediaUrl)).text();
  const uris = [...text.matchAll(/URI="([^"]+\.(?:mp4|m4s))"|^([^#\n]+)$/gm)].map(
    ([, tag, line]) => tag ?? line,
  );
  expect(uris.length).toBeGreaterThan(1);
  return uris.map((uri) => new URL(uri ?? "", mediaUrl).href);
}

async function denied(url: string): Promise<boolean> {
  const response = await fetch(url);
  if (response.status !== 403) return false;
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(await response.json()).toMatchObject({ data: { code: "playback_denied" } });
  return true;
}

function errorsOf(page: Page): Promise<string[]> {
  return page.evaluate<string[]>("errors");
}

// Clips of real broadcasts, judged by decoders that did not cut them: while it is live, of its recording, across a reconnect, as a
// copy, and for as long as one of those that refer to the same bytes is there.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Media } from "#openapi/client.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { launchBrowser } from "#test/support/browser.ts";
import { decodedPictures, firstPicture } from "#test/support/decoded-pictures.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { playToEnd } from "#test/support/hls-page.ts";
import { decodeAll, decodeEach, fetchPlaylist, probe, stretchesOf } from "#test/support/judges.ts";
import { areInstalled } from "#test/support/program.ts";
import { ADMIN_TOKEN, TANDEM, TandemServer } from "#test/support/tandem-server.ts";

const FRAME_SECONDS = 1 / 30;

/** Less than any two pictures that are seen are apart. */
const SAME_SECONDS = 0.002;

/** Encoders make a key frame a second. */
const GOP_SECONDS = 1;

interface Broadcast {
  readonly server: TandemServer;
  readonly api: ApiClient;
  readonly livestreamId: string;
  readonly whole: Media;
  readonly whileLive: Media;
}

let broadcast: Broadcast;

describe.skipIf(!areInstalled("ffmpeg", "ffprobe"))("a clip", () => {
  beforeAll(async () => {
    broadcast = await broadcastWithReconnect();
  }, 90_000);

  afterAll(() => broadcast.server[Symbol.asyncDispose]());

  test("of what is live plays while it is live, and for good", async () => {
    const { whileLive, livestreamId } = broadcast;
    expect(whileLive.clipOf).toMatchObject({ livestreamId, mediaId: null });
    await expectPlayable(whileLive);
  });

  test("begins with the key frame at or before its start, and ends with the picture asked for", async () => {
    const { api, whole } = broadcast;
    // Of the first encoder, which all of these are of.
    const stretches = stretchesOf(whole.playlistUrl);
    const source = await decodedPictures((await stretches.next()).value ?? "");
    await stretches.return(undefined);
    for (const [startSeconds, endSeconds] of [
      [1.5, 3.1],
      [0, 0.02],
      [1.02, 1.7],
      [2.4, 2.6],
      [0.3, 4],
    ] as const) {
      const body = { name: "Cut", startSeconds, endSeconds };
      const clip = await api.operations.createMediaClip(whole.id, body);
      const { clipOf } = clip;
      expect(clipOf).toMatchObject({ livestreamId: whole.livestreamId, mediaId: whole.id });
      expect(startSeconds - (clipOf?.startSeconds ?? 0)).toBeWithin(0, GOP_SECONDS + FRAME_SECONDS);
      expect(Math.abs((clipOf?.endSeconds ?? 0) - endSeconds)).toBeLessThan(FRAME_SECONDS);
      expect(clip.durationSeconds).toBeCloseTo((clipOf?.endSeconds ?? 0) - (clipOf?.startSeconds ?? 0), 6);
      await expectPlayable(clip);
      const pictures = await decodedPictures(clip.playlistUrl);
      const seen = pictures.filter(({ seconds }) => seconds < clip.durationSeconds - SAME_SECONDS);
      const from = (clipOf?.startSeconds ?? 0) - SAME_SECONDS;
      const asked = source.filter(({ seconds }) => seconds > from && seconds < from + clip.durationSeconds);
      expect(seen.map(({ hash }) => hash)).toEqual(asked.map(({ hash }) => hash));
      // What is only decoded for those before is behind the end, and not there to be seen.
      for (const { seconds } of pictures.slice(seen.length)) {
        expect(Math.abs(seconds - clip.durationSeconds)).toBeLessThan(SAME_SECONDS);
      }
    }
  }, 60_000);

  test("goes across a reconnect, with another initialization and another size behind it", async () => {
    const { api, whole } = broadcast;
    const { segments } = await fetchPlaylist(whole.playlistUrl);
    const at = segments.findIndex(({ hasDiscontinuity }) => hasDiscontinuity);
    const breakAt = segments.slice(0, at).reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
    const span = { startSeconds: breakAt - 1.3, endSeconds: breakAt + 1.3 };
    const clip = await api.operations.createMediaClip(whole.id, { name: "Across", ...span });
    const playlist = await fetchPlaylist(clip.playlistUrl);
    expect(playlist.segments.filter(({ hasDiscontinuity }) => hasDiscontinuity)).toHaveLength(1);
    expect(new Set(playlist.segments.map(({ initializationUrl }) => initializationUrl)).size).toBe(
      new Set(segments.map(({ initializationUrl }) => initializationUrl)).size,
    );
    await expectPlayable(clip);
  }, 30_000);

  test.skipIf(!areInstalled("chromium"))(
    "plays in a browser from its first to its last picture",
    async () => {
      const { api, whole } = broadcast;
      const { segments } = await fetchPlaylist(whole.playlistUrl);
      const at = segments.findIndex(({ hasDiscontinuity }) => hasDiscontinuity);
      const breakAt = segments.slice(0, at).reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
      await using browser = await launchBrowser();
      for (const [startSeconds, endSeconds] of [
        [1.5, 3.3],
        [2.4, 2.47],
        [breakAt - 1.3, breakAt + 1.3],
      ] as const) {
        const body = { name: "Watched", startSeconds, endSeconds };
        const clip = await api.operations.createMediaClip(whole.id, body);
        const played = await playToEnd(browser, clip.playlistUrl);
        expect(played.errors).toEqual([]);
        // A browser counts from the first sound, which begins up to two pictures before what it is heard with.
        expect(Math.abs(played.durationSeconds - clip.durationSeconds)).toBeLessThan(0.1);
        expect(Math.abs(played.endedAtSeconds - clip.durationSeconds)).toBeLessThan(0.1);
        expect(played.pictures).toBeGreaterThan(0);
        expect(played.soundBytes).toBeGreaterThan(0);
      }
    },
    60_000,
  );

  test("of a clip is of the first one's bytes, and goes to the end of it", async () => {
    const { api, whole } = broadcast;
    const outer = { name: "Outer", startSeconds: 0.5, endSeconds: 3.3 };
    const clip = await api.operations.createMediaClip(whole.id, outer);
    const inner = { name: "Inner", startSeconds: 1.2, endSeconds: clip.durationSeconds + 0.09 };
    const clipOfClip = await api.operations.createMediaClip(clip.id, inner);
    expect(clipOfClip.clipOf).toMatchObject({ mediaId: clip.id, endSeconds: clip.durationSeconds });
    await api.operations.deleteMedia(clip.id, { permanent: true });
    await expectPlayable(clipOfClip);
    expect((await fetch(clip.playlistUrl)).status).toBe(404);
  }, 30_000);

  test("takes no more of the disk than the two pieces of a segment that it cut, unless it is a copy", async () => {
    const { api, whole, server } = broadcast;
    const before = bytesOf(server);
    const span = { startSeconds: 0.5, endSeconds: whole.durationSeconds - 0.5 };
    const clip = await api.operations.createMediaClip(whole.id, { name: "Referring", ...span });
    expect(bytesOf(server) - before).toBeLessThan(100_000);
    const copy = await api.operations.createMediaClip(whole.id, { name: "Copy", ...span, copy: true });
    expect(bytesOf(server) - before).toBeGreaterThan(clip.sizeBytes);
    expect(copy).toMatchObject({ durationSeconds: clip.durationSeconds, sizeBytes: clip.sizeBytes });
    await expectPlayable(copy);
    expect(await segmentHashes(copy)).toEqual(await segmentHashes(clip));
  }, 30_000);

  test("is downloaded as one MP4 with the same pictures, also across a reconnect", async () => {
    const { api, whole } = broadcast;
    const span = { startSeconds: 1.5, endSeconds: 3.3 };
    for (const copy of [false, true]) {
      const clip = await api.operations.createMediaClip(whole.id, { name: "Kept", ...span, copy });
      const listed = await decodedPictures(clip.playlistUrl);
      expect((await decodedPictures(clip.downloadUrl)).map(({ hash }) => hash)).toEqual(
        listed.map(({ hash }) => hash),
      );
      const { durationSeconds, streams } = await probe(clip.downloadUrl);
      expect(streams).toHaveLength(2);
      expect(Math.abs(durationSeconds - clip.durationSeconds)).toBeLessThan(0.1);
      const head = await fetch(clip.downloadUrl, { headers: { Range: "bytes=-100" } });
      expect([head.status, (await head.bytes()).byteLength]).toEqual([206, 100]);
    }
    const { segments } = await fetchPlaylist(whole.playlistUrl);
    const at = segments.findIndex(({ hasDiscontinuity }) => hasDiscontinuity);
    const breakAt = segments.slice(0, at).reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
    const across = { startSeconds: breakAt - 1.3, endSeconds: breakAt + 1.3 };
    const clip = await api.operations.createMediaClip(whole.id, { name: "Across", ...across });
    await decodeAll(clip.downloadUrl);
    expect(Math.abs((await probe(clip.downloadUrl)).durationSeconds - clip.durationSeconds)).toBeLessThan(
      0.7,
    );
  }, 30_000);

  test("is nothing that `tandem verify` finds anything wrong with", async () => {
    const { server } = broadcast;
    const child = Bun.spawn([...TANDEM, "verify"], {
      env: { ...process.env, ...server.environment },
      stdout: "pipe",
      stderr: "inherit",
    });
    expect([await child.stdout.text(), await child.exited]).toEqual(["", 0]);
  }, 30_000);

  test("has a picture of its own: what it begins with", async () => {
    const { api, whole } = broadcast;
    const span = { startSeconds: 2, endSeconds: 3 };
    const clip = await api.operations.createMediaClip(whole.id, { name: "Pictured", ...span });
    expect(clip.thumbnailUrl).toContain(`/thumbnails/${clip.id}/`);
    const picture = await fetch(clip.thumbnailUrl ?? "");
    expect([picture.status, picture.headers.get("Content-Type")]).toEqual([200, "image/jpeg"]);
    const byToken = await api.operations.getMediaThumbnail(clip.id);
    expect(byToken.size).toBe((await picture.blob()).size);
  });

  // The last one: nothing is left behind it.
  test("keeps the bytes it refers to when the asset and its livestream are gone, and takes them along", async () => {
    const { api, whole, server, livestreamId, whileLive } = broadcast;
    const clips = (await api.operations.listMedia({ perpage: 50 })).items.filter(
      ({ clipOf, id }) => clipOf !== null && id !== whileLive.id,
    );
    for (const { id } of clips) await api.operations.deleteMedia(id, { permanent: true });
    expect(foldersOf(server)).toEqual([livestreamId, whileLive.id].sort());
    await api.operations.deleteMedia(whole.id, { permanent: true });
    expect((await fetch(whole.playlistUrl)).status).toBe(404);
    await expect(api.get(livestreamId)).rejects.toMatchObject({ code: "not_found" });
    expect(foldersOf(server)).toContain(livestreamId);
    await expectPlayable(whileLive);
    await decodeAll(whileLive.downloadUrl);
    await server.kill();
    await server.startAgain();
    await expectPlayable(whileLive);
    await api.operations.deleteMedia(whileLive.id, { permanent: true });
    expect(foldersOf(server)).toEqual([]);
    expect(readdirSync(join(server.dataDir, "thumbnails"))).toEqual([]);
    expect(server.logs).not.toContain('"level":"error"');
  }, 60_000);
});

async function expectPlayable(clip: Media): Promise<void> {
  const playlist = await fetchPlaylist(clip.playlistUrl);
  expect([playlist.playlistType, playlist.isEnded]).toEqual(["VOD", true]);
  await decodeEach(clip.playlistUrl);
  const { durationSeconds, streams } = await probe(clip.playlistUrl);
  expect(streams).toHaveLength(2);
  expect(Math.abs(durationSeconds - clip.durationSeconds)).toBeLessThan(FRAME_SECONDS);
  expect(await firstPicture(clip.playlistUrl)).toEqual({ type: "I", isKeyFrame: true });
}

/** The copy of a stretch has the bytes of the stretch. */
async function segmentHashes({ playlistUrl }: Media): Promise<string[]> {
  const { segments } = await fetchPlaylist(playlistUrl);
  const bytes = segments.map(async ({ url }) => (await fetch(url)).bytes());
  return (await Promise.all(bytes)).map((each) => Bun.hash(each).toString());
}

/** Two encoders of different picture sizes, one after the other; a clip is cut while the first one sends. */
async function broadcastWithReconnect(): Promise<Broadcast> {
  const server = await TandemServer.start();
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const { id } = await api.create({ name: "Match" });
  const { inputs } = await api.start(id);
  const url = inputs[0]?.url ?? "";
  const first = ffmpegEncoder({ url });
  await api.when(id, "an active ingest", (each) => each.inputs.some(({ active }) => active));
  await api.publish(id);
  await Bun.sleep(5300);
  const now = Date.now();
  const whileLive = await api.operations.createLivestreamClip(id, {
    ...{ name: "Just now", startAtUtc: iso(now - 3500), endAtUtc: iso(now) },
  });
  await expectPlayable(whileLive);
  await first.kill();
  await api.when(id, "nothing on air", ({ onAir }) => onAir === null);
  const second = ffmpegEncoder({ url, size: "320x180" });
  await api.when(id, "the way on", ({ onAir }) => onAir !== null);
  await Bun.sleep(4000);
  await api.stop(id);
  await second.kill();
  const { mediaId } = await api.when(id, "the recording", ({ status }) => status === "finished");
  return { server, api, livestreamId: id, whole: await api.media(mediaId ?? ""), whileLive };
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

function foldersOf(server: TandemServer): string[] {
  const folder = join(server.dataDir, "recordings");
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Of all recordings. */
function bytesOf(server: TandemServer): number {
  const folder = join(server.dataDir, "recordings");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return files
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

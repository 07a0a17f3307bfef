// The process is killed while it cuts, copies and removes clips, and while it converts: nothing is left that no row refers to, and
// what a row refers to is whole.

import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Media } from "#openapi/client.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { seededRandom } from "#test/support/damage.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { decodeAll, fetchPlaylist } from "#test/support/judges.ts";
import { areInstalled } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const KILLS = 12;
const LIVESTREAMS = 6;

test.skipIf(!areInstalled("ffmpeg"))(
  "killed at any moment of cutting and removing, it leaves what is referred to, and nothing else",
  async () => {
    const random = seededRandom(7);
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const [id = ""] = await broadcast(server, api, 1);
    const { mediaId } = await api.when(id, "the recording", ({ status }) => status === "finished");
    for (let kill = 0; kill < KILLS; kill += 1) {
      const isOver = { value: false };
      const work = [0, 1, 2].map(() => cutAndRemove(api, mediaId ?? "", random, isOver));
      await Bun.sleep(20 + random() * 700);
      await server.kill();
      isOver.value = true;
      await Promise.all(work);
      await server.startAgain();
      await expectTidy(server, api, [id]);
    }
    const clips = (await allMedia(api)).filter(({ clipOf }) => clipOf !== null);
    await api.operations.createMediaClip(mediaId ?? "", { name: "Last", startSeconds: 0.4, endSeconds: 2.2 });
    for (const clip of clips) await api.operations.deleteMedia(clip.id, { permanent: true });
    // The source goes, then the last clip of it: each is killed in the middle.
    for (const which of [mediaId ?? "", null]) {
      const removed = which ?? (await allMedia(api))[0]?.id ?? "";
      const deletion = api.operations.deleteMedia(removed, { permanent: true }).catch(() => null);
      await Bun.sleep(random() * 12);
      await server.kill();
      await deletion;
      await server.startAgain();
      await api.operations.deleteMedia(removed, { permanent: true }).catch(() => null);
      await expectTidy(server, api, which === null ? [] : [id]);
    }
    expect([foldersIn(server, "recordings"), foldersIn(server, "thumbnails")]).toEqual([[], []]);
    expect(server.logs).not.toContain('"level":"error"');
  },
  180_000,
);

test.skipIf(!areInstalled("ffmpeg"))(
  "killed again and again while it converts, each livestream becomes one asset",
  async () => {
    const random = seededRandom(11);
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const ids = await broadcast(server, api, LIVESTREAMS, async (each) => {
      const stops = each.map((id) => api.stop(id).catch(() => null));
      await Bun.sleep(random() * 40);
      await server.kill();
      await Promise.all(stops);
      for (let kill = 0; kill < 3; kill += 1) {
        await server.startAgain();
        await Bun.sleep(random() * 15);
        await server.kill();
      }
      await server.startAgain();
      for (const id of each) if ((await api.get(id)).status === "live") await api.stop(id);
    });
    for (const id of ids) await api.when(id, "the recording", ({ status }) => status === "finished");
    const media = await allMedia(api);
    expect(media.map(({ livestreamId }) => livestreamId).sort()).toEqual([...ids].sort());
    for (const { playlistUrl } of media) await decodeAll(playlistUrl);
    await expectTidy(server, api, ids);
  },
  120_000,
);

/** One encoder for all of them; they are stopped by `stop`, or one after another. */
async function broadcast(
  server: TandemServer,
  api: ApiClient,
  count: number,
  stop = async (ids: readonly string[]): Promise<void> => {
    for (const id of ids) await api.stop(id);
  },
): Promise<string[]> {
  const ids: string[] = [];
  const urls: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const { id } = await api.create({ name: `Show ${index}` });
    ids.push(id);
    urls.push((await api.start(id)).inputs[0]?.url ?? "");
  }
  await using encoder = ffmpegEncoder({ urls });
  for (const id of ids) {
    await api.when(id, "an active ingest", ({ inputs }) => inputs.some(({ active }) => active));
    await api.publish(id);
  }
  await Bun.sleep(3000);
  await stop(ids);
  await encoder.kill();
  expect(server.processId).toBeGreaterThan(0);
  return ids;
}

/** Until it is over, or the server is gone. */
async function cutAndRemove(
  api: ApiClient,
  mediaId: string,
  random: () => number,
  isOver: { value: boolean },
): Promise<void> {
  try {
    for (let count = 0; !isOver.value; count += 1) {
      const span = { startSeconds: random(), endSeconds: 1.2 + random() };
      const name = `Clip ${count}`;
      const clip = await api.operations.createMediaClip(mediaId, { name, ...span, copy: random() < 0.5 });
      if (random() < 0.7) await api.operations.deleteMedia(clip.id, { permanent: true });
    }
  } catch {
    // The server is gone.
  }
}

async function allMedia(api: ApiClient): Promise<readonly Media[]> {
  return (await api.operations.listMedia({ perpage: 50 })).items;
}

/** Folders are of livestreams or of clips that are there; each asset's playlist and segments are. */
async function expectTidy(
  server: TandemServer,
  api: ApiClient,
  livestreamIds: readonly string[],
): Promise<void> {
  const media = await allMedia(api);
  const known = new Set([...livestreamIds, ...media.map(({ id }) => id)]);
  for (const folder of ["recordings", "thumbnails"]) {
    await until(`nothing in ${folder} that no row refers to`, () =>
      foldersIn(server, folder).every((name) => known.has(name)),
    );
  }
  for (const { playlistUrl } of media.slice(0, 3)) await decodeAll(playlistUrl);
  for (const { playlistUrl, sizeBytes } of media) {
    const { segments } = await fetchPlaylist(playlistUrl);
    const urls = [
      ...segments.map(({ url }) => url),
      ...new Set(segments.map(({ initializationUrl }) => initializationUrl)),
    ];
    const lengths = await Promise.all(urls.map(async (url) => (await (await fetch(url)).bytes()).byteLength));
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(sizeBytes);
  }
}

function foldersIn(server: TandemServer, folder: string): string[] {
  const path = join(server.dataDir, folder);
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

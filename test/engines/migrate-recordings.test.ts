// A directory of ten recordings goes to the store by `tandem migrate-recordings`, is served from there, and comes back as it was.

import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { fetchPlaylist, fetchVariantUrl } from "#test/support/judges.ts";
import { migrateRecordings } from "#test/support/migrate-recordings-command.ts";
import { ObjectServer } from "#test/support/object-server.ts";
import { areInstalled } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";
import { verify } from "#test/support/verify-command.ts";

/** Two of them are clips with bytes of their own: one refers to a recording besides, one is a copy. */
const RECORDINGS = 10;

/** What a disk that is full has room for: a server's, and no recording's. */
const RESERVE_FILE = "reserve";

const HEALTHY = { exitCode: 0, lines: [], errors: "" };

test.skipIf(!ObjectServer.isInstalled || !areInstalled("ffmpeg", "ffprobe"))(
  "ten recordings go there and come back with every byte",
  async () => {
    await using objects = await ObjectServer.start();
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    await makeRecordings(server, api);
    const urls = await urlsOf(api);
    const served = await hashesAt(urls);
    expect(await server.stop()).toBe(0);
    const kept = filesBelow(server.dataDir);
    const ids = recordingsIn(server.dataDir);
    expect(ids).toHaveLength(RECORDINGS);

    await objects.bucket("ten");
    const environment = { ...server.environment, ...objects.environment("ten") };
    expect(saidOf(await migrateRecordings(environment))).toEqual(ids.map((id) => `${id}: in the store`));
    expect(recordingsIn(server.dataDir)).toEqual([]);
    expect(await verify({ environment })).toMatchObject(HEALTHY);
    {
      await using onStore = await TandemServer.start({ environment });
      const there = new ApiClient(onStore.url, ADMIN_TOKEN);
      expect(await hashesAt(await urlsOf(there))).toEqual(served);
      expect(await onStore.stop()).toBe(0);
    }

    expect(saidOf(await migrateRecordings(environment, "--back"))).toEqual(
      ids.map((id) => `${id}: on the disk`),
    );
    expect(filesBelow(server.dataDir)).toEqual(kept);
    expect(await verify(server)).toMatchObject(HEALTHY);
    await server.startAgain();
    expect(await hashesAt(urls)).toEqual(served);
  },
  240_000,
);

/** Six of one encoder, one whose encoder came again, one whose server was killed, and the two clips. */
async function makeRecordings(server: TandemServer, api: ApiClient): Promise<void> {
  const shows: { id: string; url: string }[] = [];
  for (let each = 0; each < RECORDINGS - 2; each += 1) {
    const { id } = await api.create({ name: `Show ${each}` });
    shows.push({ id, url: (await api.start(id)).inputs[0]?.url ?? "" });
  }
  const first = ffmpegEncoder({ urls: shows.map(({ url }) => url) });
  for (const { id } of shows) {
    await api.when(id, "an active ingest", ({ inputs }) => inputs.some(({ active }) => active));
    await api.publish(id);
  }
  for (const { id } of shows) await records(server, id, 2);
  await first.kill();
  const twice = shows.slice(-2);
  for (const { id } of shows) await api.when(id, "nobody on air", ({ onAir }) => onAir === null);
  for (const { id } of shows.slice(0, -2)) await api.stop(id);

  const second = ffmpegEncoder({ urls: twice.map(({ url }) => url) });
  for (const { id } of twice) await api.when(id, "the way on", ({ onAir }) => onAir !== null);
  const [interrupted, killed] = twice.map(({ id }) => id);
  for (const { id } of twice) await records(server, id, 5);
  await api.stop(interrupted ?? "");
  await server.kill();
  await second.kill();
  await server.startAgain();
  await api.stop(killed ?? "");
  for (const { id } of shows) await api.when(id, "its media", ({ status }) => status === "finished");

  const { mediaId } = await api.get(interrupted ?? "");
  const { playlistUrl } = await api.media(mediaId ?? "");
  const { segments } = await fetchPlaylist(playlistUrl);
  expect(segments.some(({ hasDiscontinuity }) => hasDiscontinuity)).toBe(true);
  const span = { startSeconds: 0.6, endSeconds: 2.7 };
  for (const copy of [false, true])
    await api.operations.createMediaClip(mediaId ?? "", { name: `Clip, copy ${copy}`, ...span, copy });
}

/** So many segments are listed, or more. */
async function records(server: TandemServer, id: string, count: number): Promise<void> {
  const variant = await until("a playlist", () => fetchVariantUrl(`${server.url}/live/${id}/index.m3u8`));
  await until(`${count} segments`, async () => {
    const { mediaSequence, segments } = await fetchPlaylist(variant);
    return mediaSequence + segments.length >= count;
  });
}

/** Of everything that is served of each asset: its playlist, what that lists, the download and the picture. */
async function urlsOf(api: ApiClient): Promise<readonly string[]> {
  const { items } = await api.operations.listMedia({ perpage: 50, sort: "name" });
  expect(items).toHaveLength(RECORDINGS);
  const urls: string[] = [];
  for (const { playlistUrl, downloadUrl, thumbnailUrl } of items) {
    const { segments } = await fetchPlaylist(playlistUrl);
    const listed = segments.flatMap(({ initializationUrl, url }) => [initializationUrl, url]);
    urls.push(playlistUrl, ...new Set(listed), downloadUrl, ...(thumbnailUrl === null ? [] : [thumbnailUrl]));
  }
  return urls;
}

/** By path. */
async function hashesAt(urls: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  for (const url of urls) {
    const response = await fetch(url);
    expect([url, response.status]).toEqual([url, 200]);
    hashes.set(new URL(url).pathname, hashOf(await response.bytes()));
  }
  return hashes;
}

/** Their ids. */
function recordingsIn(dataDir: string): readonly string[] {
  const entries = readdirSync(join(dataDir, "recordings"), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Of recordings and pictures, by path. */
function filesBelow(dataDir: string): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const folder of ["recordings", "thumbnails"]) {
    const entries = readdirSync(join(dataDir, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((each) => each.isFile() && each.name !== RESERVE_FILE)) {
      const path = join(entry.parentPath, entry.name);
      files[path] = hashOf(readFileSync(path));
    }
  }
  return files;
}

function hashOf(bytes: Uint8Array): string {
  return Bun.SHA256.hash(bytes, "hex");
}

function saidOf(output: string): readonly string[] {
  return output.trim().split("\n").sort();
}

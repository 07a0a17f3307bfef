// The machine is lost, and its disk with it: what its broadcasts had uploaded by then is their recording.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { S3ObjectStore } from "#server/store/s3/s3-object-store.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { decodeAll, fetchPlaylist, fetchVariantUrl } from "#test/support/judges.ts";
import { Line } from "#test/support/line.ts";
import { ObjectServer, SECRET_ACCESS_KEY } from "#test/support/object-server.ts";
import { PostgresServer } from "#test/support/postgres-server.ts";
import { areInstalled } from "#test/support/program.ts";
import { keysIn } from "#test/support/stored-keys.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";
import { verify } from "#test/support/verify-command.ts";

const isHere = ObjectServer.isInstalled && PostgresServer.isInstalled && areInstalled("ffmpeg", "ffprobe");

describe.skipIf(!isHere)("with PostgreSQL and a store", () => {
  let postgres: PostgresServer;
  let objects: ObjectServer;
  beforeAll(async () => {
    [postgres, objects] = await Promise.all([PostgresServer.start(), ObjectServer.start()]);
  }, 60_000);
  afterAll(async () => {
    await objects[Symbol.asyncDispose]();
    await postgres[Symbol.asyncDispose]();
  });

  /** All that is on the machine is gone; what others keep is not. */
  function loseDisk(server: TandemServer): void {
    for (const name of readdirSync(server.dataDir))
      rmSync(join(server.dataDir, name), { recursive: true, force: true });
  }

  test("a broadcast goes on on another machine, and its recording has what was uploaded of the first part", async () => {
    const store = await objects.bucket("live");
    const environment = { ...objects.environment("live"), TANDEM_DATABASE_URL: await postgres.newDatabase() };
    await using server = await TandemServer.start({ environment });
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const { id } = await api.create({ name: "Show", withDvr: true });
    const url = (await api.start(id)).inputs[0]?.url ?? "";
    await using first = ffmpegEncoder({ url });
    await api.when(id, "an active ingest", (each) => each.inputs.some(({ active }) => active));
    await api.publish(id);
    await until("some segments in the store", async () => (await segmentsIn(store, id)) >= 4);
    await server.kill();
    await first.kill();
    const uploaded = await segmentsIn(store, id);
    loseDisk(server);

    await server.startAgain();
    expect(await api.get(id)).toMatchObject({ status: "live" });
    const again = new URL(url);
    again.port = String(server.rtmpPort);
    await using _ = ffmpegEncoder({ url: again.href });
    const variant = await until("a playlist", () => fetchVariantUrl(`${server.url}/live/${id}/index.m3u8`));
    await until("some segments more", async () => (await fetchPlaylist(variant)).segments.length >= 3);
    await api.stop(id);
    const { mediaId, conversion } = await api.when(id, "its media", ({ status }) => status === "finished");
    expect(conversion?.message).toContain(`it is put together from the ${uploaded} segments`);
    const { playlistUrl, downloadUrl, durationSeconds } = await api.media(mediaId ?? "");
    await isWhole(playlistUrl, uploaded + 3, durationSeconds);
    await until("the recording in the store", () => server.logs.includes('"event":"recording_stored"'), 60);
    const files = ["download.head", "journal.ndjson", "media.mp4"].map((file) => `${id}/${file}`);
    await until("no segments", async () => (await segmentsIn(store, id)) === 0);
    expect((await keysIn(store)).filter((key) => !key.startsWith("thumbnails/"))).toEqual(files);
    const before = await (await fetch(downloadUrl)).bytes();
    await server.stop();
    loseDisk(server);
    await server.startAgain();
    await isWhole(playlistUrl, uploaded + 3, durationSeconds);
    expect(Buffer.compare(await (await fetch(downloadUrl)).bytes(), before)).toBe(0);
    expect(server.logs).not.toContain(SECRET_ACCESS_KEY);
  }, 120_000);

  test("a broadcast that had just ended is an asset of what was uploaded, and says what it is", async () => {
    const store = await objects.bucket("ended");
    using line = await Line.to(objects.port);
    const environment = {
      ...objects.environment("ended", line.port),
      TANDEM_DATABASE_URL: await postgres.newDatabase(),
    };
    await using server = await TandemServer.start({ environment });
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const { id } = await api.create({ name: "Show" });
    await using _ = ffmpegEncoder({ url: (await api.start(id)).inputs[0]?.url ?? "" });
    await api.when(id, "an active ingest", (each) => each.inputs.some(({ active }) => active));
    await api.publish(id);
    await until("some segments in the store", async () => (await segmentsIn(store, id)) >= 4);
    line.trouble = { refuses: true };
    line.reset();
    await api.stop(id);
    const { mediaId } = await api.when(id, "its media", ({ status }) => status === "finished");
    const before = await api.media(mediaId ?? "");
    const uploaded = await segmentsIn(store, id);
    await server.kill();
    loseDisk(server);

    line.trouble = {};
    expect(await verify({ environment: { ...environment, TANDEM_DATA_DIR: server.dataDir } })).toMatchObject({
      exitCode: 1,
      lines: [expect.objectContaining({ finding: "missing", path: `s3://ended/tandem/${id}/` })],
    });
    await server.startAgain();
    await until("the recording in the store", () => server.logs.includes('"event":"recording_stored"'), 60);
    const { playlistUrl, durationSeconds } = await api.media(mediaId ?? "");
    expect(durationSeconds).toBeLessThanOrEqual(before.durationSeconds);
    await isWhole(playlistUrl, uploaded, durationSeconds);
    expect((await api.get(id)).conversion?.message).toContain(
      `it is put together from the ${uploaded} segments`,
    );
    await until("no segments", async () => (await segmentsIn(store, id)) === 0);
    await server.stop();
    expect(existsSync(join(server.dataDir, "recordings", id))).toBe(true);
    expect(await verify({ environment: { ...environment, TANDEM_DATA_DIR: server.dataDir } })).toMatchObject({
      exitCode: 0,
      lines: [],
    });
  }, 120_000);
});

/** At least so many segments, every one of which decodes, and as long as the asset says. */
async function isWhole(playlistUrl: string, segments: number, durationSeconds: number): Promise<void> {
  const playlist = await fetchPlaylist(playlistUrl);
  expect(playlist.segments.length).toBeGreaterThanOrEqual(segments);
  const listed = playlist.segments.reduce((sum, { durationSeconds: each }) => sum + each, 0);
  expect(Math.abs(listed - durationSeconds)).toBeLessThan(0.1);
  await decodeAll(playlistUrl);
}

async function segmentsIn(store: S3ObjectStore, id: string): Promise<number> {
  return (await keysIn(store)).filter((key) => key.startsWith(`${id}/0-`) && key.endsWith(".m4s")).length;
}

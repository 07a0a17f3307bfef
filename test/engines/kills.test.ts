// The process is killed at any moment of an upload, a conversion, a removal, a migration: nothing that was acknowledged is lost,
// nothing half is taken for whole, nothing is left that nobody refers to, and the next run comes to the end of it.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { decodeAll, fetchPlaylist, fetchVariantUrl } from "#test/support/judges.ts";
import { Line } from "#test/support/line.ts";
import { ObjectServer } from "#test/support/object-server.ts";
import { PostgresServer } from "#test/support/postgres-server.ts";
import { areInstalled } from "#test/support/program.ts";
import { keysIn } from "#test/support/stored-keys.ts";
import { ADMIN_TOKEN, TANDEM, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";
import { verify } from "#test/support/verify-command.ts";

const isHere = ObjectServer.isInstalled && PostgresServer.isInstalled && areInstalled("ffmpeg", "ffprobe");

/** A moment within so many milliseconds. */
function someTime(milliseconds: number): Promise<void> {
  return Bun.sleep(Math.random() * milliseconds);
}

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

  /** It finds nothing, neither on the disk nor in the store. */
  async function isWell(dataDir: string, environment: Readonly<Record<string, string>>): Promise<void> {
    const { exitCode, lines, errors } = await verify({
      environment: { ...environment, TANDEM_DATA_DIR: dataDir },
    });
    expect({ exitCode, lines, errors }).toEqual({ exitCode: 0, lines: [], errors: "" });
  }

  test("while segments are uploaded, again and again: the recording has every segment that was listed", async () => {
    const store = await objects.bucket("segments");
    const environment = {
      ...objects.environment("segments"),
      TANDEM_DATABASE_URL: await postgres.newDatabase(),
    };
    await using server = await TandemServer.start({ environment });
    const { api, id, url } = await started(server);
    let listed = 0;
    for (let kills = 0; kills < 6; kills += 1) {
      await using _ = ffmpegEncoder({ url: at(url, server) });
      await api.when(id, "an active ingest", (each) => each.inputs.some(({ active }) => active));
      if (kills === 0) await api.publish(id);
      listed = await until("more that is listed", async () => {
        const newest = await newestMsn(server, id);
        return newest > listed ? newest : null;
      });
      await someTime(2000);
      listed = await newestMsn(server, id);
      await server.kill();
      await server.startAgain();
    }
    expect((await api.get(id)).status).toBe("live");
    await api.stop(id);
    const asset = await itsMedia(api, id);
    await until("three objects", async () => (await keysIn(store, `${id}/`)).length === 3, 60);
    const { segments } = await fetchPlaylist(asset.playlistUrl);
    const numbers = segments.map(({ url: each }) => Number(/segment-(\d+)/.exec(each)?.[1]));
    expect(numbers).toEqual(Array.from(numbers, (_, index) => index + 1));
    expect(numbers.at(-1)).toBeGreaterThanOrEqual(listed);
    await server.stop();
    await isWell(server.dataDir, environment);
  }, 180_000);

  test("while whole recordings go to the store: it has all of them in the end, and nothing else", async () => {
    const store = await objects.bucket("whole");
    using line = await Line.to(objects.port);
    const environment = {
      ...objects.environment("whole", line.port),
      TANDEM_DATABASE_URL: await postgres.newDatabase(),
    };
    await using server = await TandemServer.start({ environment });
    const { api, id, mediaId } = await aBroadcast(server);
    const { downloadUrl } = await api.media(mediaId);
    const before = await (await fetch(downloadUrl)).bytes();
    for (let kills = 0; kills < 6; kills += 1) {
      line.narrow(100_000 * (kills + 1));
      await copyOf(api, mediaId, 4).catch(() => null); // One that has no time to be made is not there.
      await someTime(1500);
      await server.kill();
      line.reset();
      await server.startAgain();
    }
    line.narrow(Number.POSITIVE_INFINITY);
    const assets = (await api.operations.listMedia({ perpage: 100 })).items;
    expect(assets.length).toBeGreaterThan(1);
    const files = [id, ...assets.filter(({ id: each }) => each !== mediaId).map(({ id: each }) => each)];
    for (const each of files)
      await until("three objects", async () => (await keysIn(store, `${each}/`)).length === 3, 60);
    for (const { playlistUrl } of assets) await decodeAll(playlistUrl);
    expect(Buffer.compare(await (await fetch(downloadUrl)).bytes(), before)).toBe(0);
    await server.stop();
    await isWell(server.dataDir, environment);
  }, 180_000);

  test("while a stopped broadcast becomes an asset: one whose stop was acknowledged is one, every time", async () => {
    const environment = {
      ...objects.environment("stops"),
      TANDEM_DATABASE_URL: await postgres.newDatabase(),
    };
    const store = await objects.bucket("stops");
    await using server = await TandemServer.start({ environment });
    const ids: string[] = [];
    for (let kills = 0; kills < 5; kills += 1) {
      const { api, id, url } = await started(server);
      ids.push(id);
      await using _ = ffmpegEncoder({ url: at(url, server) });
      await api.when(id, "an active ingest", (each) => each.inputs.some(({ active }) => active));
      await api.publish(id);
      await until("something that is listed", async () => (await newestMsn(server, id)) > 0);
      const stopped = api.stop(id).then(
        () => true,
        () => false,
      );
      await someTime(250);
      await server.kill();
      const isAcknowledged = await stopped;
      await server.startAgain();
      const { status } = await api.get(id);
      expect(["live", "converting", "finished"]).toContain(status);
      if (isAcknowledged) expect(status).not.toBe("live");
      else if (status === "live") await api.stop(id);
      await decodeAll((await itsMedia(api, id)).playlistUrl);
    }
    for (const each of ids)
      await until("three objects", async () => (await keysIn(store, `${each}/`)).length === 3, 60);
    await server.stop();
    await isWell(server.dataDir, environment);
  }, 180_000);

  test("while assets and livestreams are removed: what is gone from the lists is gone from the store", async () => {
    const store = await objects.bucket("removed");
    const environment = {
      ...objects.environment("removed"),
      TANDEM_DATABASE_URL: await postgres.newDatabase(),
    };
    await using server = await TandemServer.start({ environment });
    const { api, mediaId } = await aBroadcast(server);
    for (let copies = 0; copies < 8; copies += 1) await copyOf(api, mediaId, 3);
    await until("the recordings in the store", () => occurrences(server.logs, "recording_stored") >= 9, 60);
    const { items } = await api.operations.listMedia({ perpage: 100 });
    for (const { id: each } of items) {
      const removed = api.operations.deleteMedia(each, { permanent: true }).then(
        () => true,
        () => false,
      );
      await someTime(60);
      await server.kill();
      const isAcknowledged = await removed;
      await server.startAgain();
      const left = (await api.operations.listMedia({ perpage: 100 })).items.map(({ id: other }) => other);
      if (isAcknowledged) expect(left).not.toContain(each);
      else if (left.includes(each)) await api.operations.deleteMedia(each, { permanent: true });
    }
    await until("an empty store", async () => (await Array.fromAsync(store.list(""))).length === 0, 60);
    await server.stop();
    expect(readdirSync(join(server.dataDir, "recordings")).filter((name) => name !== "reserve")).toEqual([]);
    await isWell(server.dataDir, environment);
  }, 180_000);

  test("while a directory is migrated, there and back: it is done by the next run, and every byte is the same", async () => {
    const store = await objects.bucket("migrated");
    await using server = await TandemServer.start({ environment: { TANDEM_SAMPLE_INTERVAL_SECONDS: "1" } });
    const { api, id, mediaId } = await aBroadcast(server);
    const copies = await Promise.all([1, 2, 3, 4].map((seconds) => copyOf(api, mediaId, seconds)));
    const ids = [id, ...copies];
    const downloads = new Map<string, Uint8Array>();
    for (const each of [mediaId, ...copies])
      downloads.set(each, await (await fetch((await api.media(each)).downloadUrl)).bytes());
    const samples = JSON.stringify((await api.operations.getLivestreamStats(id, "primary")).items);
    await server.stop();
    const databaseUrl = await postgres.newDatabase();
    const databaseEnvironment = { TANDEM_DATA_DIR: server.dataDir, TANDEM_DATABASE_URL: databaseUrl };
    for (let kills = 0; kills < 5; kills += 1)
      await killedDuring(["migrate-database"], databaseEnvironment, 700);
    const migrated = await ran(["migrate-database"], databaseEnvironment);
    expect(migrated).toMatchObject({ exitCode: 0 });
    expect(migrated.said).toMatch(/^livestreams: 1\nmedia: 5\n/);

    const environment = { ...databaseEnvironment, ...objects.environment("migrated") };
    for (let kills = 0; kills < 6; kills += 1) await killedDuring(["migrate-recordings"], environment, 700);
    expect(await ran(["migrate-recordings"], environment)).toMatchObject({ exitCode: 0 });
    for (const each of ids) {
      expect(existsSync(join(server.dataDir, "recordings", each, "media.mp4"))).toBe(false);
      expect(await keysIn(store, `${each}/`)).toContain(`${each}/media.mp4`);
    }
    await isWell(server.dataDir, environment);
    for (let kills = 0; kills < 6; kills += 1)
      await killedDuring(["migrate-recordings", "--back"], environment, 700);
    expect(await ran(["migrate-recordings", "--back"], environment)).toMatchObject({ exitCode: 0 });
    expect(await Array.fromAsync(store.list(""))).toEqual([]);
    await isWell(server.dataDir, environment);

    await using onPostgres = await TandemServer.start({ environment: databaseEnvironment });
    const after = new ApiClient(onPostgres.url, ADMIN_TOKEN);
    for (const [each, bytes] of downloads) {
      const { downloadUrl } = await after.media(each);
      expect(Buffer.compare(await (await fetch(downloadUrl)).bytes(), bytes)).toBe(0);
    }
    expect(JSON.stringify((await after.operations.getLivestreamStats(id, "primary")).items)).toBe(samples);
  }, 180_000);
});

/** A livestream whose inputs are open. */
async function started(server: TandemServer): Promise<{ api: ApiClient; id: string; url: string }> {
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const { id } = await api.create({ name: "Show" });
  return { api, id, url: (await api.start(id)).inputs[0]?.url ?? "" };
}

/** One that is over. */
async function aBroadcast(server: TandemServer): Promise<{ api: ApiClient; id: string; mediaId: string }> {
  const { api, id, url } = await started(server);
  await using _ = ffmpegEncoder({ url });
  await api.when(id, "an active ingest", (each) => each.inputs.some(({ active }) => active));
  await api.publish(id);
  await until("some segments", async () => (await newestMsn(server, id)) >= 3);
  await api.stop(id);
  return { api, id, mediaId: (await itsMedia(api, id)).id };
}

/** An asset with bytes of its own. */
async function copyOf(api: ApiClient, mediaId: string, seconds: number): Promise<string> {
  const of = { name: "Copy", startSeconds: 0, endSeconds: seconds, copy: true };
  return (await api.operations.createMediaClip(mediaId, of)).id;
}

async function itsMedia(api: ApiClient, id: string) {
  const { mediaId } = await api.when(id, "its media", ({ status }) => status === "finished");
  return await api.media(mediaId ?? "");
}

/** The same input, where the server listens now. */
function at(url: string, { rtmpPort }: TandemServer): string {
  const there = new URL(url);
  there.port = String(rtmpPort);
  return there.href;
}

/** 0 where nothing is listed. */
async function newestMsn(server: TandemServer, id: string): Promise<number> {
  try {
    const { segments } = await fetchPlaylist(await fetchVariantUrl(`${server.url}/live/${id}/index.m3u8`));
    return Number(/segment-(\d+)/.exec(segments.at(-1)?.url ?? "")?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function occurrences(logs: string, event: string): number {
  return logs.split(`"event":"${event}"`).length - 1;
}

async function ran(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ exitCode: number; said: string }> {
  const child = Bun.spawn([...TANDEM, ...words], {
    env: { ...process.env, ...environment },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { exitCode: await child.exited, said: output + errors };
}

/** At some moment after it has begun to work, if it has not ended by then. */
async function killedDuring(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  milliseconds: number,
): Promise<void> {
  const child = Bun.spawn([...TANDEM, ...words], {
    env: { ...process.env, ...environment },
    stdout: "ignore",
    stderr: "ignore",
  });
  await Promise.race([child.exited, Bun.sleep(150 + Math.random() * milliseconds)]);
  child.kill("SIGKILL");
  await child.exited;
}

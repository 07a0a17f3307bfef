// Recordings in an object store: a broadcast, its asset, its clips and its download, from there when the disk has none of it.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { S3ObjectStore } from "#server/store/s3/s3-object-store.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { decodeAll, fetchPlaylist, fetchVariantUrl } from "#test/support/judges.ts";
import { migrateRecordings } from "#test/support/migrate-recordings-command.ts";
import { ACCESS_KEY_ID, ObjectServer, SECRET_ACCESS_KEY } from "#test/support/object-server.ts";
import { areInstalled } from "#test/support/program.ts";
import { keysIn } from "#test/support/stored-keys.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

describe.skipIf(!ObjectServer.isInstalled || !areInstalled("ffmpeg", "ffprobe"))(
  "with an object store",
  () => {
    let objects: ObjectServer;
    beforeAll(async () => {
      objects = await ObjectServer.start();
    }, 120_000);
    afterAll(() => objects[Symbol.asyncDispose]());

    function bucketOf(bucket: string): S3ObjectStore {
      return new S3ObjectStore({
        ...{ endpoint: objects.endpoint, region: "us-east-1", bucket, prefix: "tandem/" },
        ...{ accessKeyId: ACCESS_KEY_ID, secretAccessKey: SECRET_ACCESS_KEY },
      });
    }

    test("an asset is playable at once, goes to the store while that hangs and comes back, and plays from there alone", async () => {
      const store = bucketOf("whole");
      await until("a bucket", () => store.putNew("made", new Uint8Array(1), "text/plain"), 60);
      await using server = await TandemServer.start({ environment: objects.environment("whole") });
      const api = new ApiClient(server.url, ADMIN_TOKEN);
      objects.freeze();
      const { id, mediaId } = await aBroadcast(server, api).finally(() => objects.thaw());
      const { playlistUrl, downloadUrl } = await api.media(mediaId);
      const before = await bytesOf(downloadUrl);
      await until("the recording in the store", () => server.logs.includes('"event":"recording_stored"'), 60);
      const files = ["download.head", "journal.ndjson", "media.mp4"].map((file) => `${id}/${file}`);
      await api.when(id, "a picture", ({ thumbnailUrl }) => thumbnailUrl !== null);
      const { thumbnailUrl } = await api.media(mediaId);
      const picture = await bytesOf(thumbnailUrl ?? "");
      const pictureKey = new URL(thumbnailUrl ?? "").pathname.slice(1);
      await until("the picture in the store", async () => (await keysIn(store)).includes(pictureKey));
      expect((await keysIn(store)).filter((key) => !key.startsWith("thumbnails/"))).toEqual([
        ...files,
        "made",
      ]);
      expect(await server.stop()).toBe(0);

      for (const folder of ["recordings", "thumbnails"])
        rmSync(join(server.dataDir, folder), { recursive: true });
      await server.startAgain();
      expect(Buffer.compare(await bytesOf(thumbnailUrl ?? ""), picture)).toBe(0);
      await decodeAll(playlistUrl);
      expect(Buffer.compare(await bytesOf(downloadUrl), before)).toBe(0);
      const range = await fetch(downloadUrl, { headers: { Range: "bytes=5000-5999" } });
      expect([range.status, Buffer.compare(await range.bytes(), before.subarray(5000, 6000))]).toEqual([
        206, 0,
      ]);
      const clip = await api.operations.createMediaClip(mediaId, {
        name: "Clip",
        startSeconds: 1.2,
        endSeconds: 3.3,
      });
      await decodeAll(clip.playlistUrl);
      expect((await bytesOf(clip.downloadUrl)).byteLength).toBeGreaterThan(10_000);
      const copy = await api.operations.createMediaClip(mediaId, {
        ...{ name: "Copy", startSeconds: 1, endSeconds: 3, copy: true },
      });
      await until("the copy in the store", async () =>
        (await keysIn(store)).includes(`${copy.id}/media.mp4`),
      );

      await api.operations.deleteMedia(mediaId, { permanent: true });
      expect(await keysIn(store)).toContain(`${id}/media.mp4`);
      await decodeAll(clip.playlistUrl);
      await api.operations.deleteMedia(clip.id, { permanent: true });
      await api.operations.deleteMedia(copy.id, { permanent: true });
      await until("nothing but that", async () => (await keysIn(store)).join() === "made");
      expect(server.logs).not.toContain(SECRET_ACCESS_KEY);
    }, 120_000);

    test("recordings go there and come back by a command, every byte the same, also where it is run again", async () => {
      await using server = await TandemServer.start();
      const api = new ApiClient(server.url, ADMIN_TOKEN);
      const { id, mediaId } = await aBroadcast(server, api);
      await api.when(id, "a picture", ({ thumbnailUrl }) => thumbnailUrl !== null);
      const { downloadUrl, thumbnailUrl } = await api.media(mediaId);
      const before = [await bytesOf(downloadUrl), await bytesOf(thumbnailUrl ?? "")];
      await server.stop();
      const files = readdirSync(join(server.dataDir, "recordings", id)).sort();
      const environment = { ...objects.environment("moved"), TANDEM_DATA_DIR: server.dataDir };
      const store = bucketOf("moved");
      await until("a bucket", () => store.putNew("made", new Uint8Array(1), "text/plain"), 60);

      for (let run = 0; run < 2; run += 1) {
        expect(await migrateRecordings(environment)).toBe(run === 0 ? `${id}: in the store\n` : "");
        expect(existsSync(join(server.dataDir, "recordings", id))).toBe(false);
      }
      expect((await keysIn(store)).filter((key) => key.startsWith(id))).toHaveLength(3);
      for (let run = 0; run < 2; run += 1) {
        const said = await migrateRecordings(environment, "--back");
        expect(said).toBe(run === 0 ? `${id}: on the disk\n` : "");
      }
      expect(await keysIn(store)).toEqual(["made"]);
      expect(readdirSync(join(server.dataDir, "recordings", id)).sort()).toEqual(files);
      await server.startAgain();
      const after = [await bytesOf(downloadUrl), await bytesOf(thumbnailUrl ?? "")];
      expect(after.map((bytes, index) => Buffer.compare(bytes, before[index] ?? bytes.subarray(1)))).toEqual([
        0, 0,
      ]);
    }, 90_000);

    test("recorded bytes are fetched from the store itself where viewers are sent there", async () => {
      const environment = { ...objects.environment("redirected"), TANDEM_OBJECT_STORE_REDIRECT: "true" };
      const store = bucketOf("redirected");
      await until("a bucket", () => store.putNew("made", new Uint8Array(1), "text/plain"), 60);
      await using server = await TandemServer.start({ environment });
      const api = new ApiClient(server.url, ADMIN_TOKEN);
      const { id, mediaId } = await aBroadcast(server, api);
      const { playlistUrl, downloadUrl } = await api.media(mediaId);
      const before = await bytesOf(downloadUrl);
      await until("the disk without it", () => server.logs.includes('"event":"recording_left_disk"'), 60);
      const playlist = await (await fetch(playlistUrl)).text();
      const [, range = "", uri = ""] = /#EXT-X-BYTERANGE:(\S+)\n(\S+)/.exec(playlist) ?? [];
      const [length = 0, offset = 0] = range.split("@").map(Number);
      const Range = `bytes=${offset}-${offset + length - 1}`;
      const answer = await fetch(new URL(uri, playlistUrl), { headers: { Range }, redirect: "manual" });
      expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([302, "private, max-age=1800"]);
      const location = answer.headers.get("Location") ?? "";
      expect(location).toStartWith(`${objects.endpoint}/redirected/tandem/${id}/media.mp4?`);
      expect((await fetch(location, { headers: { Range } })).status).toBe(206);
      await decodeAll(playlistUrl);
      expect(Buffer.compare(await bytesOf(downloadUrl), before)).toBe(0);
    }, 90_000);

    test("a store that refuses stops the start in a line, and one that is away does not", async () => {
      const environment = { ...objects.environment("other"), S3_SECRET_ACCESS_KEY: "wrong-horse" };
      const failure = await TandemServer.start({ environment }).catch((error: unknown) => String(error));
      expect(failure).toContain("tandem: the store of TANDEM_OBJECT_STORE_URL cannot be used: ");
      expect(failure).not.toContain("horse");
      const away = { ...objects.environment("other"), S3_ENDPOINT: "http://127.0.0.1:9" };
      await using server = await TandemServer.start({ environment: away });
      expect(await (await fetch(`${server.url}/readyz`)).json()).toMatchObject({
        data: { problems: [{ part: "objects", code: "object_store_away" }] },
      });
    });
  },
);

async function aBroadcast(server: TandemServer, api: ApiClient): Promise<{ id: string; mediaId: string }> {
  const { id } = await api.create({ name: "Show" });
  const { inputs } = await api.start(id);
  await using _ = ffmpegEncoder({ url: inputs[0]?.url ?? "" });
  await api.when(id, "an active ingest", (each) => each.inputs.some(({ active }) => active));
  await api.publish(id);
  const variant = await until("a playlist", () => fetchVariantUrl(`${server.url}/live/${id}/index.m3u8`));
  await until("some segments", async () => (await fetchPlaylist(variant)).segments.length >= 3);
  await api.stop(id);
  const { mediaId } = await api.when(id, "its media", ({ status }) => status === "finished");
  return { id, mediaId: mediaId ?? "" };
}

async function bytesOf(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return response.bytes();
}

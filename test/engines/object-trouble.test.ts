// The object store is slow, silent, broken, noisy, or refuses, in the middle of a broadcast and of what is played from it alone.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { S3ObjectStore } from "#server/store/s3/s3-object-store.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { decodeAll, fetchPlaylist, fetchVariantUrl } from "#test/support/judges.ts";
import { Line, type Trouble } from "#test/support/line.ts";
import { ObjectServer, SECRET_ACCESS_KEY } from "#test/support/object-server.ts";
import { areInstalled } from "#test/support/program.ts";
import { problemsOf } from "#test/support/readiness.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";
import { WatchedShow } from "#test/support/watched-show.ts";

describe.skipIf(!ObjectServer.isInstalled || !areInstalled("ffmpeg", "ffprobe"))("with a store", () => {
  let objects: ObjectServer;
  beforeAll(async () => {
    objects = await ObjectServer.start();
  }, 60_000);
  afterAll(() => objects[Symbol.asyncDispose]());

  function saysNoSecret({ logs, output }: TandemServer): void {
    for (const secret of [SECRET_ACCESS_KEY, "another-horse"]) expect(logs + output).not.toContain(secret);
  }

  test("a broadcast goes on whatever the store does, and every segment of it is there afterwards", async () => {
    const store = await objects.bucket("broadcast");
    using line = await Line.to(objects.port);
    await using server = await TandemServer.start({
      environment: objects.environment("broadcast", line.port),
    });
    await using show = await WatchedShow.begin(server, 170);
    expect(await problemsOf(server)).toEqual([]);
    const troubles: readonly (readonly [Trouble, string | null])[] = [
      [{ delayMs: 700 }, null],
      [{ cut: { direction: "up", afterBytes: 20_000 } }, null],
      [{ cut: { direction: "down", afterBytes: 10 } }, "objects: object_store_away"],
      [{ noise: { direction: "up", leastBytes: 20_000 } }, null],
      [{ isSilent: true }, "objects: object_store_silent"],
      [{ refuses: true }, "objects: object_store_away"],
    ];
    for (const [trouble, problem] of troubles) {
      line.trouble = trouble;
      if (trouble.refuses === true) line.reset();
      if (problem !== null)
        await show.meanwhile(until(problem, async () => (await problemsOf(server)).includes(problem)));
      await show.goesOnFor(2);
      await show.meanwhile(show.answersReaders());
      line.trouble = {};
      line.reset();
      await show.meanwhile(until("readiness", async () => (await problemsOf(server)).length === 0));
    }
    await show.meanwhile(objects.expire("another-horse"));
    try {
      await show.meanwhile(
        until("a refusal", async () => (await problemsOf(server)).includes("objects: object_store_refuses")),
      );
      await show.goesOnFor(1);
    } finally {
      await show.meanwhile(objects.expire());
    }
    await show.meanwhile(until("readiness", async () => (await problemsOf(server)).length === 0));

    await show.meanwhile(
      until(
        "all but the newest in the store",
        async () => {
          const listed = await store.byteLengthOf(`${show.id}/0-${(await show.newestMsn()) - 1}.m4s`);
          return listed !== null;
        },
        60,
      ),
    );
    const numbers = await msnsIn(store, show.id);
    expect(numbers).toEqual(Array.from(numbers, (_, index) => index + 1));
    saysNoSecret(server);
  }, 180_000);

  test("what is played from the store alone is whole, or refused, or breaks off", async () => {
    const store = await objects.bucket("played");
    using line = await Line.to(objects.port);
    await using server = await TandemServer.start({ environment: objects.environment("played", line.port) });
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const { id, mediaId } = await aStoredBroadcast(server, api);
    const { playlistUrl, downloadUrl, thumbnailUrl } = await api.media(mediaId);
    const { segments } = await fetchPlaylist(playlistUrl);
    const urls = [downloadUrl, segments[0]?.initializationUrl ?? "", ...segments.map(({ url }) => url)];
    const whole = new Map<string, Uint8Array>();
    for (const url of urls) whole.set(url, await (await fetch(url)).bytes());
    /** What was answered: all of it, that it cannot be had now, or nothing that could be taken for all of it. */
    const answerOf = async (url: string): Promise<"whole" | "refused" | "broken off"> => {
      let response: Response;
      let bytes: Uint8Array;
      try {
        response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
        bytes = await response.bytes();
      } catch {
        return "broken off";
      }
      if (response.status === 200) {
        expect(Buffer.compare(bytes, whole.get(url) ?? new Uint8Array(0))).toBe(0);
        return "whole";
      }
      expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "5"]);
      expect(new TextDecoder().decode(bytes)).toContain("This cannot be done now: the object store");
      return "refused";
    };
    /** In a process that knows nothing of it yet. */
    const answers = async (): Promise<ReadonlySet<string>> => {
      const said = new Set<string>();
      for (const url of urls) said.add(await answerOf(url));
      return said;
    };
    const restarted = async (): Promise<void> => {
      await server.stop();
      rmSync(join(server.dataDir, "recordings"), { recursive: true, force: true });
      await server.startAgain();
    };

    for (const trouble of [
      { noise: { direction: "down", leastBytes: 1000 } },
      { cut: { direction: "down", afterBytes: 800 } },
      { refuses: true },
    ] satisfies readonly Trouble[]) {
      await restarted();
      expect(await answers()).toEqual(new Set(["whole"]));
      line.trouble = trouble;
      line.reset();
      const said = await answers();
      expect(said.has("whole")).toBe(false);
      line.trouble = {};
      line.reset();
      await restarted();
      line.trouble = trouble;
      line.reset();
      expect((await answers()).has("whole")).toBe(false);
      line.trouble = {};
      line.reset();
    }
    line.trouble = { isSilent: true };
    expect(await answerOf(urls[2] ?? "")).toBe("refused");
    line.trouble = { delayMs: 100 };
    line.reset();
    expect(await answerOf(urls[2] ?? "")).toBe("whole");
    line.trouble = {};

    const key = `${id}/media.mp4`;
    const { bytes } = await store.readWhole(key);
    const damaged = bytes.slice();
    const at = damaged.length - 100;
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    for (const wrong of [damaged, bytes.slice(0, -1000), bytes.slice(0, 0)]) {
      await restarted();
      await store.put(key, wrong, "video/mp4");
      const said = await answers();
      expect(said.has("refused") || said.has("broken off")).toBe(true);
    }
    const journal = await store.readWhole(`${id}/journal.ndjson`);
    await store.put(key, bytes, "video/mp4");
    for (const half of [journal.bytes.slice(0, 1000), firstLines(journal.bytes), new Uint8Array(0)]) {
      await restarted();
      await store.put(`${id}/journal.ndjson`, half, "application/x-ndjson");
      expect((await answers()).has("whole")).toBe(false);
    }
    await store.put(`${id}/journal.ndjson`, journal.bytes, "application/x-ndjson");
    await restarted();
    expect(await answers()).toEqual(new Set(["whole"]));
    await decodeAll(playlistUrl);

    const pictureKey = new URL(thumbnailUrl ?? "").pathname.slice(1);
    const picture = await store.readWhole(pictureKey);
    rmSync(join(server.dataDir, "thumbnails"), { recursive: true });
    await store.put(pictureKey, picture.bytes.slice(0, -10), "image/jpeg");
    expect((await fetch(thumbnailUrl ?? "")).status).toBe(503);
    await store.put(pictureKey, picture.bytes, "image/jpeg");
    expect((await fetch(thumbnailUrl ?? "")).status).toBe(200);
    saysNoSecret(server);
  }, 180_000);

  test("a bucket that is not there stops the start in a line", async () => {
    const failure = await TandemServer.start({ environment: objects.environment("never-made") }).catch(
      (error: unknown) => String(error),
    );
    expect(failure).toContain(
      "tandem: the store of TANDEM_OBJECT_STORE_URL cannot be used: there is no bucket never-made",
    );
    expect(failure).not.toContain(SECRET_ACCESS_KEY);
  });
});

/** A broadcast that is over, and in the store. */
async function aStoredBroadcast(
  server: TandemServer,
  api: ApiClient,
): Promise<{ id: string; mediaId: string }> {
  const { id } = await api.create({ name: "Show" });
  await using _ = ffmpegEncoder({ url: (await api.start(id)).inputs[0]?.url ?? "" });
  await api.when(id, "an active ingest", (each) => each.inputs.some(({ active }) => active));
  await api.publish(id);
  const variant = await until("a playlist", () => fetchVariantUrl(`${server.url}/live/${id}/index.m3u8`));
  await until("some segments", async () => (await fetchPlaylist(variant)).segments.length >= 3);
  await api.when(id, "a picture", ({ thumbnailUrl }) => thumbnailUrl !== null);
  await api.stop(id);
  const { mediaId } = await api.when(id, "its media", ({ status }) => status === "finished");
  await until("the recording in the store", () => server.logs.includes('"event":"recording_stored"'), 60);
  return { id, mediaId: mediaId ?? "" };
}

async function msnsIn(store: S3ObjectStore, id: string): Promise<readonly number[]> {
  const keys = (await Array.fromAsync(store.list(`${id}/0-`))).map(({ key }) => key);
  return keys
    .flatMap((key) => /\/0-(\d+)\.m4s$/.exec(key)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** Whole lines, but not all of them: two segments. */
function firstLines(journal: Uint8Array): Uint8Array<ArrayBuffer> {
  const lines = new TextDecoder().decode(journal).split("\n");
  return new TextEncoder().encode(`${lines.slice(0, 6).join("\n")}\n`);
}

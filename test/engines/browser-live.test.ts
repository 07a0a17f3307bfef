// A page plays through a minute's hang and a restart of the database and of the object store without a stall, and the recording
// is whole, in the store alone, too.

import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { ApiClient } from "#test/support/api-client.ts";
import { hasPlayed, isInPhase, launchBrowser } from "#test/support/browser.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { decodeAll, fetchPlaylist, fetchVariantUrl } from "#test/support/judges.ts";
import { ObjectServer } from "#test/support/object-server.ts";
import { PostgresServer } from "#test/support/postgres-server.ts";
import { areInstalled } from "#test/support/program.ts";
import { stallsOf, watchStalls } from "#test/support/stalls.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";
import { verify } from "#test/support/verify-command.ts";
import { sampleTimes } from "#test/support/watched-show.ts";

const HANG_MS = 60_000;

/** Between what is done to the two, seconds that the page plays. */
const BETWEEN_SECONDS = 5;

/** Segments of 2 s, as much as a steady delay: before that a page has to play what has just come. */
const WINDOW = 6;

const ENCODER_SECONDS = 400;

/** A sample a second; one that comes late on a busy machine is no gap. */
const LONGEST_GAP_MS = 2500;

const areHere =
  PostgresServer.isInstalled && ObjectServer.isInstalled && areInstalled("ffmpeg", "ffprobe", "chromium");

test.skipIf(!areHere)(
  "in Chromium a broadcast plays through a hang of a minute and a restart of each, and its recording is whole",
  async () => {
    await using postgres = await PostgresServer.start();
    await using objects = await ObjectServer.start();
    await using server = await TandemServer.start({
      environment: {
        ...objects.environment("watched"),
        TANDEM_DATABASE_URL: await postgres.newDatabase(),
        TANDEM_SAMPLE_INTERVAL_SECONDS: "1",
      },
    });
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const { id } = await api.create({ name: "Watched" });
    const { inputs } = await api.start(id);
    const encoders = inputs.map(({ url }) => ffmpegEncoder({ url: url ?? "", maxSeconds: ENCODER_SECONDS }));
    await api.when(id, "both inputs", (each) => each.inputs.every(({ active }) => active));
    await api.publish(id);
    const beganAt = performance.now();
    const variant = await until("a playlist", () => fetchVariantUrl(`${server.url}/live/${id}/index.m3u8`));
    await until("all of a window", async () => (await fetchPlaylist(variant)).segments.length >= WINDOW, 40);

    await using browser = await launchBrowser();
    const page = await browser.newPage({ viewport: { width: 640, height: 480 } });
    await page.addInitScript(`localStorage.setItem("tandem-delay", "steady")`);
    await page.goto(`${server.url}/watch/${id}`);
    await isInPhase(page, "live");
    await hasPlayed(page, BETWEEN_SECONDS);
    await watchStalls(page);

    const isReady = () => until("readiness", async () => (await fetch(`${server.url}/readyz`)).ok, 60);
    for (const engine of [postgres, objects]) {
      engine.freeze();
      await until("a problem", async () => (await fetch(`${server.url}/readyz`)).status === 503);
      await Bun.sleep(HANG_MS);
      engine.thaw();
      await isReady();
      await hasPlayed(page, BETWEEN_SECONDS);
      await engine.kill();
      await until("a problem", async () => (await fetch(`${server.url}/readyz`)).status === 503);
      await engine.restart();
      await isReady();
      await hasPlayed(page, BETWEEN_SECONDS);
    }
    expect(await stallsOf(page)).toEqual([]);
    expect(encoders.map(({ hasExited }) => hasExited)).toEqual([false, false]);

    const onAirSeconds = (performance.now() - beganAt) / 1000;
    const times = await sampleTimes(api, id);
    await api.stop(id);
    await Promise.all(encoders.map((encoder) => encoder.kill()));
    const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(LONGEST_GAP_MS);
    expect(times.length).toBeGreaterThan(onAirSeconds - 5);

    const { mediaId } = await api.when(id, "its media", ({ status }) => status === "finished");
    const { playlistUrl, downloadUrl, durationSeconds } = await api.media(mediaId ?? "");
    expect(durationSeconds).toBeGreaterThan(onAirSeconds - 2);
    const { segments } = await fetchPlaylist(playlistUrl);
    expect(segments.filter(({ hasDiscontinuity }) => hasDiscontinuity)).toEqual([]);
    await decodeAll(playlistUrl);
    const download = await (await fetch(downloadUrl)).bytes();
    await until("the recording in the store", () => server.logs.includes('"event":"recording_stored"'), 60);
    expect(await verify(server)).toMatchObject({ exitCode: 0, lines: [] });

    expect(await server.stop()).toBe(0);
    rmSync(join(server.dataDir, "recordings"), { recursive: true });
    await server.startAgain();
    await decodeAll(playlistUrl);
    expect(Buffer.compare(await (await fetch(downloadUrl)).bytes(), download)).toBe(0);
  },
  480_000,
);

// One MP4 of a whole broadcast, whatever happened to its encoders: as other programs, a browser and an impatient client take it.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { ApiClient } from "#test/support/api-client.ts";
import { launchBrowser } from "#test/support/browser.ts";
import { decodeAll, probe } from "#test/support/judges.ts";
import { readMovie } from "#test/support/movie-reader.ts";
import { areInstalled, Program, run } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";

/** A switch, and a way back after nobody was there. */
const JOINTS = 2;

/** Pictures a second, and so many from one key frame to the next. */
const RATE = 30;

describe.skipIf(!areInstalled("ffmpeg", "ffprobe", "curl"))(
  "the download of a broadcast with a switch, a change of size and a reconnect",
  () => {
    let server: TandemServer;
    let folder: string;
    let url: string;
    let durationSeconds: number;
    let mediaId: string;
    const file = () => join(folder, "download.mp4");

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "tandem-download-"));
      await chmod(folder, 0o777);
      server = await TandemServer.start({ environment: { TANDEM_INGEST_TIMEOUT_SECONDS: "1" } });
      const api = new ApiClient(server.url, ADMIN_TOKEN);
      ({ url, durationSeconds, mediaId } = await broadcast(api));
      await run(["curl", "--silent", "--fail", "--output", file(), url]);
    }, 90_000);

    afterAll(async () => {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    });

    test("is as long as it was said to be, and so is the movie in it", async () => {
      const head = await fetch(url, { method: "HEAD" });
      expect(head.headers.get("Content-Length")).toBe(String(Bun.file(file()).size));
      const { streams, durationSeconds: found } = await probe(file());
      expect(streams.map(({ codec_name }) => codec_name).sort()).toEqual(["aac", "h264"]);
      expect(Math.abs(found - durationSeconds)).toBeLessThan(0.5);
      const { video } = await readMovie(Bun.file(file()));
      expect(video.filter(({ isKey }) => isKey).length).toBeGreaterThan(10);
    });

    test("decodes without an error, sound and picture in step to its end", async () => {
      await decodeAll(file(), ["-vsync", "vfr"]);
      const { flashes, beeps } = await flashesAndBeeps(file());
      expect(flashes.length).toBeGreaterThan(10);
      const apart = flashes.map((flash) => Math.min(...beeps.map((beep) => Math.abs(beep - flash))));
      const outOfStep = apart.filter((seconds) => seconds > 0.08);
      expect(outOfStep.length).toBeLessThanOrEqual(JOINTS); // What a joint cuts off is a flash without its beep.
      expect([...apart.slice(0, 2), ...apart.slice(-3)].filter((seconds) => seconds > 0.08)).toEqual([]);
    }, 60_000);

    test("goes on where it broke off, by the same file alone", async () => {
      const etag = (await fetch(url, { method: "HEAD" })).headers.get("ETag") ?? "";
      const { size } = Bun.file(file());
      const resumed = join(folder, "resumed.mp4");
      for (const end of [1000, size >> 1]) {
        await Bun.write(resumed, await Bun.file(file()).slice(0, end).bytes());
        await run([
          "curl",
          "--silent",
          "--fail",
          "--continue-at",
          "-",
          "--header",
          `If-Range: ${etag}`,
          "--output",
          resumed,
          url,
        ]);
        expect(Buffer.compare(await Bun.file(resumed).bytes(), await Bun.file(file()).bytes())).toBe(0);
      }
    });

    test.skipIf(!areInstalled("gst-launch-1.0"))(
      "plays in GStreamer",
      async () => {
        const decode = (pad: string, decoder: string) => [
          `demux.${pad}`,
          "!",
          "queue",
          "!",
          decoder,
          "!",
          "fakesink",
          "sync=false",
        ];
        await run([
          "gst-launch-1.0",
          "-q",
          "filesrc",
          `location=${file()}`,
          "!",
          "qtdemux",
          "name=demux",
          ...decode("video_0", "avdec_h264"),
          ...decode("audio_0", "avdec_aac"),
        ]);
      },
      30_000,
    );

    test.skipIf(!areInstalled("cvlc", "runuser"))(
      "plays in VLC, of both sizes",
      async () => {
        const home = await mkdtemp(join(tmpdir(), "tandem-vlc-"));
        await chmod(home, 0o777);
        const log = join(home, "vlc.log");
        const asNobody = ["runuser", "-u", "nobody", "--", "env", `HOME=${home}`];
        const options = [
          "--vout",
          "dummy",
          "--aout",
          "dummy",
          "--rate",
          "4",
          "--file-logging",
          `--logfile=${log}`,
          "-vv",
        ];
        await run([...asNobody, "cvlc", "--quiet", ...options, url, "vlc://quit"], 60);
        const text = await Bun.file(log).text();
        await rm(home, { recursive: true });
        expect(text).toContain("640x360");
        expect(text).toContain("1280x720");
        expect(text).not.toMatch(/main decoder error|avcodec.* error: /);
      },
      60_000,
    );

    test.skipIf(!areInstalled("chromium"))(
      "plays through in a browser, which seeks in it wherever it likes",
      async () => {
        await using browser = await launchBrowser();
        const page = await browser.newPage();
        await page.goto(`${server.url}/nothing`);
        await page.evaluate(`document.body.innerHTML = '<video src="${url}"></video>'`);
        await isAt(page, 0);
        for (const [seconds, width] of [
          [durationSeconds - 1, 1280],
          [1, 640],
          [durationSeconds - 5, 1280],
        ] as const) {
          await page.evaluate(`document.querySelector("video").currentTime = ${seconds}`);
          await isAt(page, seconds);
          expect(await page.evaluate<number>(`document.querySelector("video").videoWidth`)).toBe(width);
        }
        const ended = await page.evaluate<{
          at: number;
          error: string;
          soundBytes: number;
          widths: number[];
        }>(PLAY_THROUGH);
        expect(ended.error).toBe("");
        expect(Math.abs(ended.at - durationSeconds)).toBeLessThan(0.5);
        expect(ended.soundBytes).toBeGreaterThan(0);
        expect(ended.widths).toContain(1280);
      },
      90_000,
    );

    test("ends for who takes it as it is removed, and for nobody else", async () => {
      const api = new ApiClient(server.url, ADMIN_TOKEN);
      await api.operations.deleteMedia(mediaId);
      expect((await fetch(url)).status).toBe(404);
      await api.operations.recoverMedia(mediaId);
      await using slow = new Program([
        "curl",
        "--silent",
        "--fail",
        "--limit-rate",
        "100K",
        "--output",
        "/dev/null",
        url,
      ]);
      await Bun.sleep(500);
      await api.operations.deleteMedia(mediaId, { permanent: true });
      expect((await fetch(url)).status).toBe(404);
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
      await slow.kill();
    }, 30_000);
  },
);

/** Both instances on air, the second one twice as large, and nobody for a while. */
async function broadcast(api: ApiClient) {
  const { id } = await api.create({ name: "Flash and beep" });
  const [primary = "", secondary = ""] = (await api.start(id)).inputs.map(({ url }) => url ?? "");
  const small = encoder(primary, "640x360");
  const large = encoder(secondary, "1280x720");
  await api.when(id, "both inputs", ({ inputs }) => inputs.every(({ active }) => active));
  await api.publish(id);
  await Bun.sleep(4000);
  await api.switchTo(id, "secondary");
  await api.when(id, "the switch", ({ onAir }) => onAir === "secondary");
  await Bun.sleep(4000);
  await small.kill();
  await large.kill();
  await api.when(id, "nobody on air", ({ onAir }) => onAir === null);
  await using _again = encoder(secondary, "1280x720");
  await api.when(id, "the way on", ({ onAir }) => onAir === "secondary");
  await Bun.sleep(6000);
  await api.stop(id);
  const { mediaId } = await api.when(id, "the recording", (livestream) => livestream.mediaId !== null);
  const { downloadUrl, durationSeconds } = await api.media(mediaId ?? "");
  return { url: downloadUrl, durationSeconds, mediaId: mediaId ?? "" };
}

/** White and loud for the first fifth of each second, black and silent for the rest. */
function encoder(url: string, size: string): Program {
  const flash = `color=black:size=${size}:rate=${RATE},drawbox=color=white:t=fill:enable='lt(mod(t,1),0.2)'`;
  const beep = "aevalsrc='0.5*sin(2*PI*440*t)*lt(mod(t,1),0.2)':sample_rate=48000";
  return new Program([
    ...[
      "ffmpeg",
      "-hide_banner",
      "-loglevel",
      "warning",
      "-re",
      "-f",
      "lavfi",
      "-i",
      flash,
      "-f",
      "lavfi",
      "-i",
      beep,
    ],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-bf", "2", "-b_strategy", "0"],
    ...["-g", String(RATE), "-sc_threshold", "0", "-c:a", "aac", "-ac", "2", "-f", "flv", url],
  ]);
}

/** When the picture becomes white, and when sound begins; seconds of the file. */
async function flashesAndBeeps(file: string): Promise<{ flashes: number[]; beeps: number[] }> {
  const filters = [
    "-vf",
    "scale=64:36,blackdetect=d=0.1:pix_th=0.5",
    "-af",
    "silencedetect=noise=-30dB:d=0.1",
  ];
  const { stderr } = await new Program(["ffmpeg", "-hide_banner", "-i", file, ...filters, "-f", "null", "-"])
    .result;
  const seconds = (name: string) =>
    Array.from(stderr.matchAll(new RegExp(`${name}: ?([\\d.]+)`, "g")), ([, found]) => Number(found));
  return { flashes: seconds("black_end"), beeps: seconds("silence_end") };
}

/** Resolves once a picture of this time is shown. */
async function isAt(page: Page, seconds: number): Promise<void> {
  await page.waitForFunction(
    `(() => { const video = document.querySelector("video"); if (video.error !== null) throw new Error(video.error.message);
    return !video.seeking && video.readyState >= 2 && Math.abs(video.currentTime - ${seconds}) < 0.2; })()`,
    undefined,
    { timeout: 20_000 },
  );
}

const PLAY_THROUGH = `new Promise((resolve) => {
  const video = document.querySelector("video");
  const widths = [];
  const end = (error) => resolve({ at: video.currentTime, error, soundBytes: video.webkitAudioDecodedByteCount, widths });
  video.onresize = () => widths.push(video.videoWidth);
  video.onerror = () => end(video.error.message);
  video.onended = () => end("");
  video.currentTime = 0;
  video.playbackRate = 2;
  video.play();
  setTimeout(() => end("not ended"), 40000);
})`;

// What the download of a recording of six hours costs: its first byte, for the first who asks and from then on, and how fast it is
// sent beside a plain file of its size. The recording is made by the recorder itself, on a clock of its own.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesizeRecording } from "#bench/support/synthetic-recording.ts";
import { mediaDownloadPath } from "#openapi/playback-paths.ts";
import { readFlvFile } from "#server/command/demo/flv-file.ts";
import { ListedAnswers } from "#server/delivery/listed-answers.ts";
import { MediaPlayback } from "#server/delivery/media-playback.ts";
import { parsePlaybackUrl } from "#server/delivery/playback-path.ts";
import { openTerms } from "#server/delivery/playback-terms.ts";
import { StretchCache } from "#server/delivery/stretch-cache.ts";
import { HttpListener } from "#server/http/http-listener.ts";
import { Footages } from "#server/recording/footages.ts";
import { Recordings } from "#server/recording/recordings.ts";
import { ROOT } from "#test/support/imports.ts";

const HOURS = [0.1, 6];
const ROUNDS = 5;

const clip = readFlvFile(await Bun.file(join(ROOT, "server/command/demo/clip.flv")).bytes());

print(
  "download            MB  prepared ms  first byte ms: at once  prepared, new process  again  MB/s  plain file MB/s  share",
);
for (const hours of HOURS) await measure(hours);

async function measure(hours: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tandem-bench-"));
  try {
    await synthesizeRecording(new Recordings(folder), "one", { clip, seconds: hours * 3600 });
    await using cold = serving(folder);
    const atOnce = await firstByteMs(cold.url);
    await using warm = serving(folder);
    const newProcess = await firstByteMs(warm.url);
    const again = await firstByteMs(warm.url);
    const plainFile = join(folder, "plain");
    const whole = await fetch(warm.url);
    await Bun.write(plainFile, whole);
    const bytes = Bun.file(plainFile).size;
    using plain = Bun.serve({ port: 0, fetch: () => new Response(Bun.file(plainFile)) });
    const rates = { download: [] as number[], plain: [] as number[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      rates.download.push(await megabytesASecond(warm.url, bytes));
      rates.plain.push(await megabytesASecond(`http://127.0.0.1:${plain.port}/`, bytes));
    }
    const [download, file] = [median(rates.download), median(rates.plain)];
    print(
      [
        `${hours} h`.padEnd(12),
        (bytes / 1e6).toFixed(0).padStart(9),
        (atOnce - again).toFixed(0).padStart(12),
        atOnce.toFixed(0).padStart(23),
        newProcess.toFixed(0).padStart(22),
        again.toFixed(1).padStart(6),
        download.toFixed(0).padStart(5),
        file.toFixed(0).padStart(16),
        `${((download / file) * 100).toFixed(0)} %`.padStart(6),
      ].join(" "),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As the server does, without its database. */
function serving(folder: string) {
  const playback = new MediaPlayback({
    media: {
      playable: async (id) => ({
        id,
        recordingId: "one",
        cut: null,
        playbackPolicy: "public",
        name: "Bench",
      }),
    },
    guard: { answer: (_request, _path, _isSigned, play) => play(openTerms(() => "")) },
    footages: new Footages(new Recordings(folder)),
    redirects: null,
    listed: new ListedAnswers(new StretchCache(() => performance.now())),
  });
  const listener = new HttpListener({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => {
      const path = parsePlaybackUrl(request.url);
      return path === null ? new Response(null, { status: 404 }) : playback.answer(request, path);
    },
    failed: (error) => new Response(String(error), { status: 500 }),
    tls: null,
    sizedStreamPath: `/${mediaDownloadPath(":id")}`,
  });
  const url = `http://127.0.0.1:${listener.port}/${mediaDownloadPath("one")}`;
  return { url, [Symbol.asyncDispose]: () => listener.stop() };
}

async function firstByteMs(url: string): Promise<number> {
  const startedAt = performance.now();
  const { body } = await fetch(url);
  const reader = body?.getReader();
  await reader?.read();
  const elapsedMs = performance.now() - startedAt;
  await reader?.cancel();
  return elapsedMs;
}

/** By another process, which throws what it gets away. */
async function megabytesASecond(url: string, bytes: number): Promise<number> {
  const startedAt = performance.now();
  const exitCode = await Bun.spawn(["curl", "--silent", "--fail", "--output", "/dev/null", url]).exited;
  if (exitCode !== 0) throw new Error(`curl ended with ${exitCode}`);
  return bytes / 1e3 / (performance.now() - startedAt);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

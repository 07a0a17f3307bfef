// A picture that says which one it is: its number as black and white blocks, so that whoever sees it knows when it was sent.

import { existsSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { CLIP_DURATION_MS, repeatClip } from "#server/command/demo/clip.ts";
import { readFlvFile } from "#server/command/demo/flv-file.ts";
import { publishInRealTime } from "#server/command/demo/publisher.ts";
import { run } from "./program.ts";

const PATH = join(tmpdir(), "tandem-counted-pictures.flv");
const FRAMES_PER_SECOND = 30;

/** 720 pictures have less than 1024 numbers. Before the blocks of the bits, least first, a white and a black one. */
const BITS = 10;
const BLOCK_PIXELS = 40;
const TOP_PIXELS = 16;

/** Grey is neither. */
const WHITE_FROM = 180;
const BLACK_TO = 75;

/** An encoder whose pictures are counted. */
export interface CountedPublish extends AsyncDisposable {
  /** How long ago the picture of this number was written to the server, milliseconds, if it was in the last 20 s. */
  ageMs(picture: SeenPicture): number;
}

export interface SeenPicture {
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly seenAtMs: number;
}

/** Publishes in real time until disposed: 640x360, 30 pictures a second, a key frame each second, sound. `inputUrl`: with the key. */
export async function publishCounted(inputUrl: string): Promise<CountedPublish> {
  const clip = readFlvFile(await Bun.file(await countedClip()).bytes());
  const { hostname: host, port, pathname } = new URL(inputUrl);
  const [, app = "", streamKey = ""] = pathname.split("/");
  const end = new AbortController();
  let startedAtMs: number | null = null;
  function* messages() {
    for (const message of repeatClip(clip)) {
      startedAtMs ??= performance.timeOrigin + performance.now();
      yield message;
    }
  }
  const serverUrl = `rtmp://${host}:${port}/${app}`;
  const published = publishInRealTime({
    ...{ host, port: Number(port), serverUrl, streamKey },
    ...{ messages: messages(), signal: end.signal },
  });
  return {
    ageMs: ({ number, seenAtMs }) => {
      const sentAtMs = (startedAtMs ?? 0) + (number * 1000) / FRAMES_PER_SECOND;
      return (((seenAtMs - sentAtMs) % CLIP_DURATION_MS) + CLIP_DURATION_MS) % CLIP_DURATION_MS;
    },
    [Symbol.asyncDispose]: () => {
      end.abort();
      return published;
    },
  };
}

/** The number of the picture that the page's video shows; null where it shows none that can be read. */
export function seenPicture(page: Page): Promise<SeenPicture | null> {
  return page.evaluate<SeenPicture | null>(`(() => {
    const video = document.querySelector("video");
    const canvas = document.createElement("canvas");
    canvas.width = 640;
    canvas.height = ${BLOCK_PIXELS + 2 * TOP_PIXELS};
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(video, 0, 0, 640, 360);
    const seenAtMs = performance.timeOrigin + performance.now();
    const middle = ${TOP_PIXELS + BLOCK_PIXELS / 2};
    const blocks = Array.from({ length: ${BITS + 2} }, (_, block) => {
      const [red] = context.getImageData((block + 0.5) * ${BLOCK_PIXELS}, middle, 1, 1).data;
      return red >= ${WHITE_FROM} ? 1 : red <= ${BLACK_TO} ? 0 : null;
    });
    if (blocks[0] !== 1 || blocks[1] !== 0 || blocks.includes(null)) return null;
    return { number: blocks.slice(2).reduce((sum, bit, index) => sum + bit * 2 ** index, 0), seenAtMs };
  })()`);
}

/** The path of the FLV file, made once. */
async function countedClip(): Promise<string> {
  if (existsSync(PATH)) return PATH;
  const unfinished = `${PATH}.part`;
  const seconds = CLIP_DURATION_MS / 1000;
  const source = `testsrc2=size=640x360:rate=${FRAMES_PER_SECOND}:duration=${seconds}`;
  await run([
    ...["ffmpeg", "-y", "-v", "error", "-f", "lavfi", "-i", source],
    ...["-f", "lavfi", "-i", `sine=frequency=440:sample_rate=48000:duration=${seconds}`],
    ...["-vf", blocks(), "-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency"],
    ...["-pix_fmt", "yuv420p", "-g", String(FRAMES_PER_SECOND), "-sc_threshold", "0", "-b:v", "900k"],
    ...["-c:a", "aac", "-b:a", "96k", "-ac", "2", "-f", "flv", unfinished],
  ]);
  renameSync(unfinished, PATH);
  return PATH;
}

/** A black row, a white block at its beginning, and one for each bit that is set. */
function blocks(): string {
  const box = (block: number, count: number, color: string, enabled: string) =>
    `drawbox=x=${block * BLOCK_PIXELS}:y=${TOP_PIXELS}:w=${count * BLOCK_PIXELS}:h=${BLOCK_PIXELS}:color=${color}:t=fill:enable='${enabled}'`;
  const bits = Array.from({ length: BITS }, (_, bit) =>
    box(bit + 2, 1, "white", `mod(floor(n/${2 ** bit})\\,2)`),
  );
  return [box(0, BITS + 2, "black", "1"), box(0, 1, "white", "1"), ...bits].join(",");
}

import { describe, expect, test } from "bun:test";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { TagDemuxer } from "#media/flv/tag-demuxer.ts";
import { Timeline } from "#media/track/timeline.ts";
import type { VideoTrack } from "#media/track/track.ts";
import { readFlvFile } from "#server/command/demo/flv-file.ts";
import {
  type DecodeKeyFrame,
  DecoderError,
  ffmpegDecoder,
  type KeyFrame,
} from "#server/thumbnails/key-frame-decoder.ts";
import { damaged } from "#test/support/damage.ts";
import { areInstalled } from "#test/support/program.ts";
import { videoTrack } from "#test/support/tracks.ts";

/** Red, green, blue. */
const COLOR = [32, 160, 96];

/** What 8-bit 4:2:0 and an encoder do to a color; the wrong matrix does more. */
const MAX_DIFFERENCE = 4;

const never = new AbortController().signal;

describe.skipIf(!areInstalled("ffmpeg"))("ffmpeg", () => {
  /** What comes out is judged, not how soon: a busy machine may take long. */
  const unhurried = {
    which: (name: string) => (name === "nice" ? null : Bun.which(name)),
    deadlineMs: 60_000,
  };
  const decode = ffmpegDecoder(unhurried) ?? (() => Promise.reject(new Error("there is no ffmpeg")));

  test.each([
    {
      what: "a picture of 720 lines, which says nothing of its colors",
      size: "1280x720",
      filter: "scale=out_color_matrix=bt709",
    },
    { what: "one of 360 lines", size: "640x360", filter: "scale=out_color_matrix=bt601" },
  ])("$what has them right", async ({ size, filter }) => {
    const { picture } = await decode(await keyFrameOf(size, filter), never);
    expect(await sizeOf(picture)).toBe(size);
    const means = (await sharp(picture).stats()).channels.map(({ mean }) => mean);
    const differences = COLOR.map((value, index) => Math.abs(value - (means[index] ?? 0)));
    expect(Math.max(...differences)).toBeLessThan(MAX_DIFFERENCE);
  });

  test("pixels that are not square become so", async () => {
    expect(await sizeOf((await decode(await keyFrameOf("720x576", "setsar=64/45"), never)).picture)).toBe(
      "1024x576",
    );
  });

  test.each([
    ["2560x1440", "1920x1080"],
    ["1080x1920", "1080x1920"],
    ["480x2400", "384x1920"],
    ["16x16", "16x16"],
  ])("a picture of %s is stored as a JPEG of %s", async (size, stored) => {
    const { picture } = await decode(await keyFrameOf(size, "null"), never);
    expect(await sizeOf(picture)).toBe(stored);
    expect((await sharp(picture).metadata()).format).toBe("jpeg");
  });

  test.each(["black", "white"])("%s comes out as it went in", async (color) => {
    const { picture } = await decode(await keyFrameOf("320x180", "null", color), never);
    const { channels } = await sharp(picture).stats();
    const means = channels.map(({ mean }) => Math.round(mean));
    expect(means).toEqual(color === "black" ? [0, 0, 0] : [255, 255, 255]);
  });

  test("damage ends in a picture or an error that says so", async () => {
    const { unit, configuration } = await keyFrameOf("64x64", "null");
    for (const data of damaged(unit.data, 8)) {
      const outcome = await decode({ unit: { ...unit, data }, configuration }, never).catch(
        (error: Error) => error,
      );
      if (outcome instanceof Error) expect(["DecoderError", "CodecError"]).toContain(outcome.name);
    }
  });
});

describe("whatever the decoder does", () => {
  test("a killed one is an error, and so are one that fails and one that answers nothing", async () => {
    expect(await failureOf("kill -9 $$")).toContain("was ended by SIGKILL");
    expect(await failureOf("echo 'no such codec' >&2; exit 3")).toContain("ended with 3: no such codec");
    expect(await failureOf("exec cat >/dev/null")).toContain("ended with 0");
  });

  test("what it is told to do is only to read its input, and what it knows of this process is nothing", async () => {
    await using program = await fake(
      'printf "%s|%s" "$*" "$(/usr/bin/env | /usr/bin/cut -d= -f1 | /usr/bin/sort | /usr/bin/xargs)"',
    );
    const told = Buffer.from((await program.decode(keyFrame, never)).picture).toString();
    expect(told).toContain("-nostdin -threads 1 -f h264");
    expect(told).toContain("-protocol_whitelist pipe -i pipe:0");
    expect(
      told
        .split("|")[1]
        ?.replaceAll(/\b(PWD|SHLVL|_|OLDPWD)\b ?/g, "")
        .trim(),
    ).toBe("");
  });

  test("it ends with the server", async () => {
    await using program = await fake("exec sleep 60");
    const abort = new AbortController();
    const decoding = program.decode(keyFrame, abort.signal);
    abort.abort(new Error("the server stops"));
    expect(await decoding.catch(String)).toContain("the server stops");
  });

  test("one that hangs is ended at its deadline", async () => {
    expect(await failureOf("exec sleep 60", 1)).toContain("was ended by SIGKILL");
  });
});

test("without ffmpeg there is no decoder, and prlimit and nice are used where they are", () => {
  expect(ffmpegDecoder({ which: () => null })).toBeNull();
  expect(ffmpegDecoder({ which: (name) => (name === "ffmpeg" ? "/ffmpeg" : null) })).not.toBeNull();
});

const keyFrame: KeyFrame = {
  unit: { data: new Uint8Array() },
  configuration: videoTrack.configuration,
};

async function failureOf(script: string, deadlineMs?: number): Promise<string> {
  await using program = await fake(script, deadlineMs);
  const outcome = await program.decode(keyFrame, never).catch((error: Error) => error);
  expect(outcome).toBeInstanceOf(DecoderError);
  return String(outcome);
}

/** A shell script in the place of ffmpeg. */
async function fake(
  script: string,
  deadlineMs = 60_000,
): Promise<{ decode: DecodeKeyFrame } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "tandem-decoder-"));
  const path = join(folder, "ffmpeg");
  await Bun.write(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  const decode = ffmpegDecoder({ which: (name) => (name === "ffmpeg" ? path : null), deadlineMs });
  if (decode === null) throw new Error("there is no decoder");
  return { decode, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

/** That color all over, as an encoder sends it that does not say by which matrix. */
async function keyFrameOf(size: string, filter: string, color = "0x20a060"): Promise<KeyFrame> {
  const child = Bun.spawn(
    [
      ...["ffmpeg", "-v", "error", "-f", "lavfi", "-i", `color=c=${color}:s=${size},format=rgb24`],
      ...[
        "-frames:v",
        "1",
        "-vf",
        `${filter},format=yuv420p,setparams=colorspace=unknown`,
        "-c:v",
        "libx264",
        "-f",
        "flv",
        "pipe:1",
      ],
    ],
    { stdout: "pipe", stderr: "inherit" },
  );
  const demuxer = new TagDemuxer();
  const timeline = new Timeline();
  let track: VideoTrack | null = null;
  for (const message of readFlvFile(await child.stdout.bytes())) {
    for (const item of demuxer.push(message)) {
      if (item.type === "track" && item.track.kind === "video") {
        track = item.track;
        timeline.addTrack(track);
      }
      if (item.type === "unit" && track !== null)
        return { unit: timeline.place(item.unit).unit, configuration: track.configuration };
    }
  }
  throw new Error("ffmpeg made no key frame");
}

async function sizeOf(picture: Uint8Array): Promise<string> {
  const { width, height } = await sharp(picture).metadata();
  return `${width}x${height}`;
}

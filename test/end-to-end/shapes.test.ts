// Streams of every shape: without sound or picture, with sound that comes late, without a second key frame, with a clock far
// ahead. All are watched live, recorded, and play (F5, R4).

import { expect, test } from "bun:test";
import { ApiClient } from "#test/support/api-client.ts";
import { decodeAll, fetchPlaylist, probe } from "#test/support/judges.ts";
import { areInstalled, Program } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";

const SECONDS = 7;

/** How much of the recording may be missing or too much: encoders that share two cores are late by some tenths of a second. */
const TOLERANCE_SECONDS = 0.8;

const picture = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30"];
const sound = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"];
const h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "60"];
const aac = ["-c:a", "aac", "-ac", "2"];

interface Shape {
  readonly name: string;
  readonly encoder: readonly string[];
  readonly codecs: readonly string[];
  /**
   * What the encoder sends at once, beyond a tenth of a second: the broadcast may begin and end anywhere in it. It begins with
   * several of these, which are not broadcast.
   */
  readonly burstSeconds?: number;
}

const SHAPES: readonly Shape[] = [
  { name: "sound alone", encoder: [...sound, ...aac], codecs: ["aac"] },
  { name: "a picture alone", encoder: [...picture, ...h264], codecs: ["h264"] },
  {
    name: "sound that comes late",
    encoder: [...picture, "-itsoffset", "3", ...sound, ...h264, ...aac],
    codecs: ["h264", "aac"],
  },
  {
    name: "one key frame and no other",
    encoder: [...picture, ...sound, ...h264, "-g", "100000", "-sc_threshold", "0", ...aac],
    codecs: ["h264", "aac"],
  },
  {
    name: "a clock that wraps at 31 bits",
    encoder: [...picture, ...sound, ...h264, ...aac, "-output_ts_offset", "2147480"],
    codecs: ["h264", "aac"],
  },
  {
    name: "a slide a second",
    encoder: ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=1", ...sound, ...h264, "-g", "2", ...aac],
    codecs: ["h264", "aac"],
    burstSeconds: 1, // a slide with all of its sound
  },
];

test.skipIf(!areInstalled("ffmpeg", "ffprobe"))(
  "each is watched live and then as a recording as long as the broadcast",
  async () => {
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    await Promise.all(SHAPES.map((shape) => broadcast(server, api, shape)));
    expect(server.logs).not.toContain('"level":"error"');
  },
  90_000,
);

async function broadcast(server: TandemServer, api: ApiClient, shape: Shape): Promise<void> {
  const { name, encoder, codecs, burstSeconds = 0 } = shape;
  const { id } = await api.create({ name });
  const { inputs } = await api.start(id);
  const output = ["-f", "flv", inputs[0]?.url ?? ""];
  await using _encoder = new Program(["ffmpeg", "-loglevel", "warning", "-re", ...encoder, ...output], 60);
  await api.when(id, `${name} to arrive`, (each) => each.inputs.some((input) => input.active));
  await Bun.sleep(burstSeconds * 3000);
  await api.publish(id);
  await Bun.sleep(SECONDS * 1000);
  const { startedAtUtc, stoppedAtUtc } = await api.stop(id);
  const { mediaId } = await api.when(id, `the recording of ${name}`, ({ status }) => status === "finished");
  const media = await api.media(mediaId ?? "");
  const seconds = (Date.parse(stoppedAtUtc ?? "") - Date.parse(startedAtUtc ?? "")) / 1000;
  const off = media.durationSeconds - seconds;
  const isOff = Math.abs(off) > TOLERANCE_SECONDS + burstSeconds;
  expect(isOff ? `${name} is off by ${off.toFixed(2)} s` : "").toBe("");
  const { segments, targetDurationSeconds } = await fetchPlaylist(media.playlistUrl);
  for (const { durationSeconds } of segments) {
    expect(Math.round(durationSeconds)).toBeLessThanOrEqual(targetDurationSeconds);
  }
  const { streams } = await probe(media.playlistUrl);
  expect([name, ...streams.map((stream) => stream.codec_name)]).toEqual([name, ...codecs]);
  await decodeAll(media.playlistUrl);
  expect((await fetch(`${server.url}/live/${id}/index.m3u8`)).url).toContain(`/media/${mediaId}/`);
}

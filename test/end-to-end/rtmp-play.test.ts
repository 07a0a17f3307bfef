// RTMP players that we did not write, on the programme and on its sides.

import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publishInRealTime } from "#server/command/demo/publisher.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { decodeAll, probe } from "#test/support/judges.ts";
import {
  ffmpegPlayer,
  gstreamerPlayer,
  type Packet,
  type PlayerOptions,
  packetsOf,
  rtmpdumpPlayer,
} from "#test/support/players.ts";
import { areInstalled, Program } from "#test/support/program.ts";
import { startRawPlayer } from "#test/support/raw-player.ts";
import { SyntheticEncoder } from "#test/support/synthetic-encoder.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

/**
 * Four frames at 30 a second: a switch may not show in the times. The encoders' clocks have nothing in common, so the joint is
 * by arrival, which a busy machine moves by a frame or two.
 */
const STEP_SECONDS = 0.14;

const MEGABYTE = 1024 * 1024;

const PLAYERS: readonly { name: string; needs: string; play: (options: PlayerOptions) => Program }[] = [
  { name: "ffmpeg", needs: "ffmpeg", play: ffmpegPlayer },
  { name: "librtmp (rtmpdump)", needs: "rtmpdump", play: rtmpdumpPlayer },
  { name: "GStreamer's rtmp2src", needs: "gst-launch-1.0", play: gstreamerPlayer },
];

class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "tandem-players-"));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A livestream with an ffmpeg encoder on each of its first `sides` sides, live. */
async function broadcast(server: TandemServer, sides: 1 | 2) {
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const { id } = await api.create({ name: "Played by RTMP", withBackup: true });
  const { inputs } = await api.start(id);
  const encoders = inputs.slice(0, sides).map(({ url }) => ffmpegEncoder({ url }));
  await api.when(id, "active ingests", (livestream) => livestream.inputs.filter(isActive).length === sides);
  await api.publish(id);
  const [input] = inputs;
  const { host } = new URL(input?.url ?? "");
  const end = async (): Promise<void> => {
    await Promise.all(encoders.map((encoder) => encoder.kill()));
  };
  return { api, id, encoders, playUrl: `rtmp://${host}/play/${id}`, [Symbol.asyncDispose]: end };
}

function isActive({ active }: { active: boolean }): boolean {
  return active;
}

describe.each([...PLAYERS])("with $name", ({ needs, play }) => {
  test.skipIf(!areInstalled(needs, "ffmpeg", "ffprobe"))(
    "a player starts at once, gets sound and pictures, and ends when the livestream is stopped",
    async () => {
      using folder = new Folder();
      await using server = await TandemServer.start();
      await using live = await broadcast(server, 1);
      const file = join(folder.path, "played.flv");
      await using player = play({ url: live.playUrl, file });
      await until("two seconds of it", () => Bun.file(file).size > 250_000);
      expect(player.hasExited).toBe(false);
      await live.api.stop(live.id);
      await player.result;

      const { streams } = await probe(file);
      expect(streams.map((each) => `${each.codec_type} ${each.codec_name}`).sort()).toEqual([
        "audio aac",
        "video h264",
      ]);
      await decodeAll(file);
      expectSteadyTimes(await packetsOf(file));
    },
    60_000,
  );
});

test.skipIf(!areInstalled("ffmpeg", "ffprobe"))(
  "a player's session outlives a switch of sides, and its time goes on",
  async () => {
    await using server = await TandemServer.start();
    await using live = await broadcast(server, 2);
    const packets = packetsOf(live.playUrl);
    await Bun.sleep(3000); // Some of it is watched before the switch and some after.
    const [primary] = live.encoders;
    await primary?.kill();
    await live.api.when(live.id, "the switch", ({ onAir }) => onAir === "secondary");
    await Bun.sleep(3000);
    await live.api.stop(live.id);
    const played = await packets;
    expectSteadyTimes(played);
    const last = played.at(-1)?.dtsSeconds ?? 0;
    expect(last - (played[0]?.dtsSeconds ?? 0)).toBeGreaterThan(5);
  },
  60_000,
);

test.skipIf(!areInstalled("ffmpeg", "ffprobe"))(
  "each side is played by itself, and what is not live is not found",
  async () => {
    using folder = new Folder();
    await using server = await TandemServer.start();
    await using live = await broadcast(server, 1);
    const file = join(folder.path, "primary.flv");
    await using player = ffmpegPlayer({ url: `${live.playUrl}/primary`, file });
    await until("two seconds of it", () => Bun.file(file).size > 250_000);
    for (const path of ["/tertiary", "/primary/more", "x"]) {
      await expectNotFound(`${live.playUrl}${path}`);
    }
    await live.api.stop(live.id);
    await player.result;
    expectSteadyTimes(await packetsOf(file));
    await expectNotFound(live.playUrl);
    expect(server.logs).not.toContain('"level":"error"');
  },
  60_000,
);

test("players that stop reading cost little, hold up nobody, and are disconnected", async () => {
  await using server = await TandemServer.start();
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const { id } = await api.create({ name: "Slow readers", withBackup: false });
  const [input] = (await api.start(id)).inputs;
  if (input === undefined) throw new Error("It has no input.");
  const publishing = new AbortController();
  const { hostname: host, port, host: authority } = new URL(input.url);
  const published = publishInRealTime({
    ...{ host, port: Number(port), serverUrl: input.serverUrl, streamKey: input.streamKey },
    messages: fortyMegabits(),
    signal: publishing.signal,
  });
  await api.when(id, "an active ingest", ({ inputs }) => inputs.some(isActive));
  await api.publish(id);
  const url = `rtmp://${authority}/play/${id}`;
  let bytesRead = 0;
  using _reader = await startRawPlayer({
    url,
    onBytes: (bytes) => {
      bytesRead += bytes.byteLength;
    },
  });
  let disconnected = 0;
  const onClosed = (): void => {
    disconnected += 1;
  };
  for (let index = 0; index < 20; index += 1) {
    await startRawPlayer({ url, stopsReadingAfterBytes: MEGABYTE, onClosed });
  }
  await until("all of them to be given up", () => disconnected === 20, 40);
  expect(server.logs).toContain("player_too_slow");
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain("\ntandem_rtmp_players_disconnected_total 20\n");
  expect(Number(/^tandem_rtmp_player_skips_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThanOrEqual(20);
  const before = bytesRead;
  await until("the one that reads to go on", () => bytesRead > before + 5 * MEGABYTE);
  publishing.abort();
  await published;
}, 60_000);

function* fortyMegabits() {
  const encoder = new SyntheticEncoder({ gopFrames: 25, frameBytes: 200_000 });
  yield* encoder.headers();
  yield* encoder.play(60);
}

/** The times of both tracks never go back, and are no further apart than frames are. */
function expectSteadyTimes(packets: readonly Packet[]): void {
  expect(packets.find(({ kind }) => kind === "video")?.isKey).toBe(true);
  for (const kind of ["video", "audio"]) {
    const times = packets.filter((packet) => packet.kind === kind).map(({ dtsSeconds }) => dtsSeconds);
    expect(times.length).toBeGreaterThan(30);
    const steps = times.slice(1).map((time, index) => ({ kind, from: times[index] ?? 0, to: time }));
    expect(steps.filter(({ from, to }) => to < from || to - from >= STEP_SECONDS)).toEqual([]);
  }
}

async function expectNotFound(url: string): Promise<void> {
  const { exitCode, stderr } = await new Program(["ffprobe", "-hide_banner", url], 10).result;
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain("nothing is played here under this name");
}

// Low latency as players near live have it: a playlist that is right at every moment, whatever happens to encoders and server.

import { describe, expect, test } from "bun:test";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { ffmpegHls, gstreamerHls } from "#test/support/players.ts";
import { PlaylistRecorder } from "#test/support/playlist-recorder.ts";
import { areInstalled, type Program } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

/** The two encoders do not agree on the length of a frame. */
const ENCODERS = {
  primary: { color: "red" },
  secondary: { color: "blue", frameRate: "30000/1001" },
} as const;

type Side = keyof typeof ENCODERS;

class Broadcast implements AsyncDisposable {
  readonly api: ApiClient;
  readonly #running = new Map<Side, Program>();
  #id = "";
  #urls: Record<Side, string> = { primary: "", secondary: "" };

  constructor(server: TandemServer) {
    this.api = new ApiClient(server.url, ADMIN_TOKEN);
  }

  get id(): string {
    return this.#id;
  }

  async begin(): Promise<void> {
    const { id } = await this.api.create({ name: "Low latency" });
    const { inputs } = await this.api.start(id);
    this.#id = id;
    this.#urls = { primary: inputs[0]?.url ?? "", secondary: inputs[1]?.url ?? "" };
    this.encode("primary");
    this.encode("secondary");
    await this.areActive();
    await this.api.publish(id);
  }

  encode(side: Side): void {
    this.#running.set(side, ffmpegEncoder({ url: this.#urls[side], ...ENCODERS[side] }));
  }

  async kill(side: Side): Promise<void> {
    await this.#running.get(side)?.kill();
  }

  areActive() {
    return this.api.when(this.#id, "both inputs", ({ inputs }) => inputs.every(({ active }) => active));
  }

  isOnAir(side: Side) {
    return this.api.when(this.#id, `${side} on air`, ({ onAir }) => onAir === side);
  }

  async switchTo(side: Side): Promise<void> {
    await this.api.switchTo(this.#id, side);
    await this.isOnAir(side);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const encoder of this.#running.values()) await encoder.kill();
  }
}

/** So many segments more were listed. */
async function goesOn(recorder: PlaylistRecorder, segments: number): Promise<void> {
  const newest = () => recorder.reading?.segments.at(-1)?.msn ?? 0;
  const from = newest();
  await until(`${segments} segments more`, () => newest() >= from + segments, 30);
}

/** Five seconds: more than two segments, or 25 parts. */
const PICTURES = 150;

describe.skipIf(!areInstalled("ffmpeg", "gst-launch-1.0"))("the same playlist", () => {
  test("plays in GStreamer, old and new, and in FFmpeg", async () => {
    await using server = await TandemServer.start();
    await using broadcast = new Broadcast(server);
    await broadcast.begin();
    const url = `${server.url}/live/${broadcast.id}/index.m3u8`;
    await using recorder = await PlaylistRecorder.start(url);
    await goesOn(recorder, 3); // One whole segment alone, and hlsdemux2 of GStreamer 1.22 loses the thread at the next reload.
    await Promise.all([
      gstreamerHls("hlsdemux", url, PICTURES),
      gstreamerHls("hlsdemux2", url, PICTURES),
      ffmpegHls(url, PICTURES / 30),
    ]);
    expect(await recorder.violations()).toEqual([]);
  }, 90_000);
});

describe.skipIf(!areInstalled("ffmpeg"))("a playlist followed by blocked reloads", () => {
  test("breaks no rule through switches, a lost encoder, a gap and kill -9, to its end (P1 to P5)", async () => {
    await using server = await TandemServer.start({ environment: { TANDEM_INGEST_TIMEOUT_SECONDS: "1" } });
    await using broadcast = new Broadcast(server);
    await broadcast.begin();
    await using recorder = await PlaylistRecorder.start(`${server.url}/live/${broadcast.id}/index.m3u8`);
    await goesOn(recorder, 1);
    for (const side of ["secondary", "primary", "secondary"] as const) {
      await broadcast.switchTo(side);
      await goesOn(recorder, 1);
    }

    await broadcast.kill("secondary");
    await broadcast.isOnAir("primary");
    await goesOn(recorder, 1);
    await broadcast.kill("primary"); // Nobody is left: a gap.
    await broadcast.api.when(broadcast.id, "the gap", ({ onAir }) => onAir === null);
    broadcast.encode("secondary");
    broadcast.encode("primary");
    await broadcast.areActive();
    await goesOn(recorder, 2);

    await server.kill();
    await broadcast.kill("primary");
    await broadcast.kill("secondary");
    await server.startAgain();
    broadcast.encode("primary");
    broadcast.encode("secondary");
    await broadcast.areActive();
    await goesOn(recorder, 2);
    await broadcast.api.stop(broadcast.id);
    await until("the end", () => recorder.reading?.playlist.hasEnded === true || null);

    const { playlists, media } = await recorder.history();
    expect(playlists.filter(({ url }) => url.includes("_HLS_part=")).length).toBeGreaterThan(20);
    expect(media.length).toBeGreaterThan(50);
    expect(recorder.reading?.playlist.partTargetSeconds).not.toBeNull();
    expect(await recorder.violations()).toEqual([]);
  }, 90_000);
});

// FRAME-RATE is that of the media, from the first playlist on: whatever is only decoded, whoever is on air, after restarts.

import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderMultivariantPlaylist } from "#media/hls/multivariant-playlist.ts";
import type { InstanceName } from "#openapi/names.ts";
import { RtmpSource } from "#server/ingest/rtmp-source.ts";
import { PlayoutManager } from "#server/playout/playout-manager.ts";
import { endedOpener, instanceOpener, programmeOpener } from "#server/programme/open-programme.ts";
import { Recordings } from "#server/recording/recordings.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { RecordedReports } from "#test/support/recorded-reports.ts";
import { SyntheticEncoder } from "#test/support/synthetic-encoder.ts";
import { TARGETS } from "#test/support/targets.ts";

const ID = "0190b8e8-0000-7000-8000-000000000001";

/** A server on a disk, with encoders of one frame rate and key frames every two seconds. */
class Studio implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "tandem-frame-rate-"));
  readonly #framesPerSecond: number;
  readonly #encoders = new Map<InstanceName, { source: RtmpSource; encoder: SyntheticEncoder }>();
  readonly #clock = new FakeClock();
  readonly #reports = new RecordedReports();
  manager = this.#open();

  constructor(framesPerSecond: number) {
    this.#framesPerSecond = framesPerSecond;
  }

  get frameRate(): string | null {
    const window = this.manager.programme(ID)?.leadWindow ?? null;
    const playlist = window === null ? null : renderMultivariantPlaylist([{ window, uri: "media.m3u8" }]);
    return /FRAME-RATE=([\d.]+)/.exec(playlist ?? "")?.[1] ?? null;
  }

  frameRateOfInput(name: InstanceName): number | null {
    return this.manager.inputs(ID).find(({ instance }) => instance === name)?.video?.frameRate ?? null;
  }

  connect(name: InstanceName, startMs: number): void {
    const publisher = this.manager.claim(name === "primary" ? "key-1" : "key-2", { cut: () => {} });
    if (typeof publisher === "string") throw new Error(`the key is ${publisher}`);
    const gopFrames = Math.round(this.#framesPerSecond * 2);
    const encoder = new SyntheticEncoder({ framesPerSecond: this.#framesPerSecond, gopFrames, startMs });
    const source = new RtmpSource(publisher, this.#clock.monotonicMs);
    for (const message of encoder.headers()) source.receive(message);
    this.#encoders.set(name, { source, encoder });
  }

  drop(name: InstanceName): void {
    this.#encoders.get(name)?.source.end();
    this.#encoders.delete(name);
  }

  /** One frame after the other, until `isReached` or for this long; says whether it was reached. */
  run(seconds: number, isReached: () => boolean = () => false): boolean {
    for (let frame = 0; frame < Math.round(seconds * this.#framesPerSecond); frame += 1) {
      this.#clock.pass(1000 / this.#framesPerSecond);
      for (const { source, encoder } of this.#encoders.values()) {
        for (const message of encoder.play(1 / this.#framesPerSecond)) source.receive(message);
      }
      if (isReached()) return true;
    }
    return false;
  }

  async restart(): Promise<void> {
    await this.manager.shutdown();
    this.#encoders.clear();
    this.manager = this.#open();
    await this.manager.publish(ID);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.manager.shutdown();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #open(): PlayoutManager {
    const clock = this.#clock;
    const options = {
      clock,
      risingMs: clock.dateMs,
      segmentSeconds: 2,
      partMilliseconds: 200,
      rtmpMergeMilliseconds: 0,
    };
    const recordings = new Recordings(this.#folder);
    const manager = new PlayoutManager({
      clock,
      ingestTimeoutSeconds: 5,
      targets: TARGETS,
      isRevertive: false,
      openProgramme: programmeOpener({ ...options, recordings, reports: this.#reports }),
      openEnded: endedOpener({ ...options, recordings }),
      openInstance: instanceOpener(options),
      reports: this.#reports,
    });
    const streamKeys = { primary: "key-1", secondary: "key-2" };
    manager.open({ id: ID, withDvr: false, streamKeys, hasRecordingFailed: false });
    return manager;
  }
}

test.each([
  [24_000 / 1001, "23.976"],
  [25, "25.000"],
  [30_000 / 1001, "29.970"],
  [30, "30.000"],
  [50, "50.000"],
  [60_000 / 1001, "59.940"],
  [60, "60.000"],
])(
  "%p pictures a second are so in the first playlist, after each switch, and after a restart",
  async (rate, expected) => {
    await using studio = new Studio(rate);
    studio.connect("primary", 5000);
    studio.run(1.9); // What is only decoded of it is a segment's worth of pictures.
    await studio.manager.publish(ID);
    expect(studio.run(3, () => studio.frameRate !== null)).toBe(true);
    expect(studio.frameRate).toBe(expected);

    studio.connect("secondary", 777_777);
    expect(studio.run(8, () => studio.frameRate !== expected)).toBe(false);
    for (const to of ["secondary", "primary", "secondary"] as const) {
      studio.run(0.7);
      expect(studio.manager.requestSwitch(ID, to)).toBe(true);
      expect(studio.run(5, () => studio.frameRate !== expected)).toBe(false);
      expect(studio.manager.onAir(ID)).toBe(to);
    }
    for (const name of ["primary", "secondary"] as const)
      expect(studio.frameRateOfInput(name)?.toFixed(3)).toBe(expected);

    studio.drop("secondary"); // The primary takes over from its last key frame, most of a group of pictures ago.
    expect(studio.run(5, () => studio.frameRate !== expected)).toBe(false);
    studio.drop("primary");
    studio.run(2);
    studio.connect("primary", 0);
    expect(studio.run(5, () => studio.frameRate !== expected)).toBe(false);

    await studio.restart();
    expect(studio.frameRate).toBe(expected);
    studio.connect("primary", 3_000_000);
    expect(studio.run(5, () => studio.frameRate !== expected)).toBe(false);
  },
);

test("an input whose pictures stay away has no frame rate, whatever its bitstream declares", async () => {
  await using studio = new Studio(25);
  expect(studio.frameRateOfInput("primary")).toBeNull();
  studio.connect("primary", 0);
  expect(studio.frameRateOfInput("primary")).toBeNull();
  studio.run(3);
  expect(studio.frameRateOfInput("primary")).toBe(25);
  studio.drop("primary");
  expect(studio.frameRateOfInput("primary")).toBeNull();
});

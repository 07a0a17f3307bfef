import { expect, test } from "bun:test";
import type { InputState } from "#server/instances/input-state.ts";
import { Sampler } from "#server/stats/sampler.ts";
import type { NewSample } from "#server/store/sample-store.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { until } from "#test/support/until.ts";

const SENDING: InputState = {
  instance: "primary",
  active: true,
  connectedAtMs: 0,
  lastSeenAtMs: 0,
  video: {
    ...{ codec: "h264", width: 640, height: 360, frameRate: 25, bitrateKbps: 800 },
    keyFrameIntervalSeconds: 2,
  },
  audio: { codec: "aac", sampleRate: 48_000, channels: 2, bitrateKbps: 96 },
  health: { score: 100, faults: [] },
  advice: [],
  problem: null,
  timestampRepairs: 3,
};

const SILENT: InputState = {
  ...{ instance: "secondary", active: false, connectedAtMs: null, lastSeenAtMs: null },
  ...{ video: null, audio: null, health: null, advice: [], problem: null, timestampRepairs: 0 },
};

function samplerInto(written: NewSample[][], intervalSeconds = 10): Sampler {
  return new Sampler({
    intervalSeconds,
    clock: new FakeClock(5000),
    inputs: (id) => (id === "without a backup" ? [SENDING] : [SENDING, SILENT]),
    onAir: () => "primary",
    counts: (_, instance) => ({ rtmpConnections: 1, hlsConnections: instance === "primary" ? 7 : 0 }),
    write: (samples) => written.push([...samples]),
  });
}

test("every side that runs gives one sample of all its figures", () => {
  const written: NewSample[][] = [];
  const sampler = samplerInto(written);
  sampler.begin("show");
  sampler.sample();
  expect(written).toEqual([
    [
      {
        ...{
          livestreamId: "show",
          instance: "primary",
          createdAtMs: 5000,
          rtmpConnections: 1,
          hlsConnections: 7,
        },
        ...{ ingestActive: true, onAir: true, videoBitrateKbps: 800, audioBitrateKbps: 96, frameRate: 25 },
        ...{ keyFrameIntervalSeconds: 2, timestampRepairs: 3 },
      },
      {
        ...{
          livestreamId: "show",
          instance: "secondary",
          createdAtMs: 5000,
          rtmpConnections: 1,
          hlsConnections: 0,
        },
        ...{
          ingestActive: false,
          onAir: false,
          videoBitrateKbps: null,
          audioBitrateKbps: null,
          frameRate: null,
        },
        ...{ keyFrameIntervalSeconds: null, timestampRepairs: 0 },
      },
    ],
  ]);
});

test("a livestream without a backup has one side, and one that ended has none", () => {
  const written: NewSample[][] = [];
  const sampler = samplerInto(written);
  sampler.begin("without a backup");
  sampler.begin("without a backup");
  sampler.sample();
  sampler.end("without a backup");
  sampler.sample();
  expect(written.map(({ length }) => length)).toEqual([1, 0]);
});

test("it samples by itself from its start to its stop", async () => {
  const written: NewSample[][] = [];
  const sampler = samplerInto(written, 0.02);
  sampler.begin("show");
  sampler.start();
  await until("three samples", () => written.length >= 3);
  sampler.stop();
  const { length } = written;
  await Bun.sleep(60); // Nothing would announce a timer that goes on.
  expect(written).toHaveLength(length);
});

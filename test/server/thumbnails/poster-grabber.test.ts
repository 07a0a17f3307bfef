import { beforeEach, expect, test } from "bun:test";
import { createLog } from "#server/common/log.ts";
import { DecoderError } from "#server/thumbnails/key-frame-decoder.ts";
import { PosterGrabber } from "#server/thumbnails/poster-grabber.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { videoTrack } from "#test/support/tracks.ts";

const keyFrame = {
  unit: { trackId: 1, dts: 0, pts: 0, isSync: true, data: new Uint8Array(1) },
  configuration: videoTrack.configuration,
};

let nowMs = 0;
let onAir: string[] = [];
let uploads = new Set<string>();
let stored: string[] = [];
let lines: string[] = [];

beforeEach(() => {
  nowMs = 1_000_000;
  onAir = ["one"];
  uploads = new Set();
  stored = [];
  lines = [];
});

function grabber(decode: (() => Promise<Uint8Array>) | null = async () => new Uint8Array(3)): PosterGrabber {
  return new PosterGrabber({
    decode,
    playouts: { onAirIds: () => onAir, onAirKeyFrame: () => keyFrame },
    thumbnails: {
      current: async (id) => (uploads.has(id) ? { source: "upload" } : null),
      keepAutomatic: async (id) => {
        stored.push(id);
        return null;
      },
    },
    monotonicMs: () => nowMs,
    log: createLog({ level: "info", write: (line) => lines.push(line), clock: new FakeClock() }),
  });
}

/** A second passes, `seconds` times. */
async function pass(posters: PosterGrabber, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    posters.tick();
    await posters.settled();
    nowMs += 1000;
  }
}

test("a picture is taken at once, and another every half minute", async () => {
  const posters = grabber();
  await pass(posters, 1);
  expect(stored).toEqual(["one"]);
  await pass(posters, 60);
  expect(stored).toHaveLength(3);
  await posters.stop();
});

test("an uploaded picture is left alone", async () => {
  uploads.add("one");
  const posters = grabber();
  await pass(posters, 40);
  expect(stored).toEqual([]);
  await posters.stop();
});

test("with many on air each gets its turn, within the minute's budget of decoders", async () => {
  onAir = Array.from({ length: 45 }, (_, index) => `show ${index}`);
  const posters = grabber();
  await pass(posters, 60);
  expect(stored).toHaveLength(30);
  await pass(posters, 60);
  expect(new Set(stored).size).toBe(45);
  await posters.stop();
});

test("one decoder runs at a time, and a slow one holds up nobody but the next picture", async () => {
  onAir = ["one", "two"];
  const first = Promise.withResolvers<Uint8Array>();
  let started = 0;
  const posters = grabber(() => {
    started += 1;
    return first.promise;
  });
  for (let second = 0; second < 10; second += 1) {
    posters.tick();
    await Promise.resolve();
  }
  expect(started).toBe(1);
  first.resolve(new Uint8Array(3));
  await posters.settled();
  posters.tick();
  await posters.settled();
  expect(started).toBe(2);
  await posters.settled();
  await posters.stop();
});

test("a decoder that dies leaves the picture before, and says why", async () => {
  const posters = grabber(async () => {
    throw new DecoderError("the decoder was ended by SIGKILL");
  });
  await pass(posters, 1);
  expect(stored).toEqual([]);
  expect(lines.join("")).toContain("the decoder was ended by SIGKILL");
  await posters.stop();
});

test("without ffmpeg one line says that there will be no automatic thumbnails", async () => {
  const posters = grabber(null);
  await pass(posters, 5);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("automatic thumbnails are off");
  await posters.stop();
});

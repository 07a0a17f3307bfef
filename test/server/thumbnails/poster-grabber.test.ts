import { beforeEach, expect, test } from "bun:test";
import { createLog } from "#server/common/log.ts";
import { type Decoded, DecoderError } from "#server/thumbnails/key-frame-decoder.ts";
import { DECODER_ALLOWANCE_MS, DECODER_SHARE } from "#server/thumbnails/limits.ts";
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

const CPU_MS = 100;
const DECODED: Decoded = { picture: new Uint8Array(3), cpuMs: CPU_MS };

function grabber(decode: (() => Promise<Decoded>) | null = async () => DECODED): PosterGrabber {
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

test("with many on air decoders take their share of a core and no more, and each gets its turn", async () => {
  onAir = Array.from({ length: 30 }, (_, index) => `show ${index}`);
  const posters = grabber();
  await pass(posters, 40); // The allowance is spent.
  stored = [];
  await pass(posters, 100);
  expect(stored).toHaveLength((100_000 * DECODER_SHARE) / CPU_MS);
  expect(new Set(stored).size).toBe(stored.length);
  await posters.stop();
});

test("what nobody needed for an hour may be taken at once as far as the allowance goes", async () => {
  onAir = [];
  const posters = grabber();
  nowMs += 3_600_000;
  await pass(posters, 1);
  onAir = Array.from({ length: 30 }, (_, index) => `show ${index}`);
  for (const _picture of onAir) {
    posters.tick(); // In no time at all.
    await posters.settled();
  }
  expect(stored).toHaveLength(DECODER_ALLOWANCE_MS / CPU_MS + 1); // The last one begins with nothing left.
  await posters.stop();
});

test("a decoder that fails has taken its share, too", async () => {
  onAir = Array.from({ length: 30 }, (_, index) => `show ${index}`);
  let started = 0;
  const posters = grabber(async () => {
    started += 1;
    throw new DecoderError("the decoder was ended by SIGKILL", DECODER_ALLOWANCE_MS);
  });
  await pass(posters, 20);
  expect(started).toBe(2);
  await posters.stop();
});

test("one decoder runs at a time, and a slow one holds up nobody but the next picture", async () => {
  onAir = ["one", "two"];
  const first = Promise.withResolvers<Decoded>();
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
  first.resolve(DECODED);
  await posters.settled();
  posters.tick();
  await posters.settled();
  expect(started).toBe(2);
  await posters.settled();
  await posters.stop();
});

test("a decoder that dies leaves the picture before, and says why", async () => {
  const posters = grabber(async () => {
    throw new DecoderError("the decoder was ended by SIGKILL", CPU_MS);
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

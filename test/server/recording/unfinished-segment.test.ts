import { expect, test } from "bun:test";
import { closingEntry, type FoundFragment } from "#server/recording/unfinished-segment.ts";

const VIDEO = {
  trackId: 1,
  kind: "video",
  timescale: 90_000,
  codec: "avc1.42c01e",
  width: 640,
  height: 360,
} as const;
const START = {
  ...({
    type: "segment-start",
    rendition: "v0-360",
    msn: 4,
    initializationId: 0,
    discontinuity: false,
  } as const),
  ...{ independent: true, programDateTimeMs: 0, offset: 1000 },
};

/** A fragment of pictures that last this long each, milliseconds. */
function fragment(durationsMs: readonly number[]): FoundFragment {
  const samples = durationsMs.map((durationMs) => ({
    ...{ dts: 0, durationTicks: durationMs * 90, compositionTimeOffset: 0, isSync: false },
    ...{ byteOffset: 0, byteLength: 1 },
  }));
  const durationTicks = samples.reduce((sum, sample) => sum + sample.durationTicks, 0);
  const runs = [{ trackId: 1, baseMediaDecodeTime: 0, durationTicks, samples }];
  return { sequenceNumber: 1, byteLength: 100, runs, offset: 1000, crc32: 0 };
}

function frameRateOf(...fragments: readonly FoundFragment[]): number | null | undefined {
  const unfinished = {
    tracks: [VIDEO],
    targetDurationSeconds: null,
    partTargetSeconds: null,
    leastTargetDurationSeconds: 2,
  };
  return closingEntry(START, fragments, unfinished)?.frameRate;
}

test("the frame rate of an unfinished segment is that of the pictures that are seen", () => {
  const seen = [33, 33, 34, 33, 33, 34, 33, 33, 34];
  expect(frameRateOf(fragment(seen), fragment(seen))).toBe(30);
  const onlyDecoded = Array.from({ length: 40 }, () => 33 / 250);
  expect(frameRateOf(fragment([...onlyDecoded, ...seen]), fragment(seen))).toBe(30);
});

test("one picture alone has none", () => {
  expect(frameRateOf(fragment([33]))).toBeNull();
});

// How AAC's frames are counted between the milliseconds of its encoder's clock.

import { expect, test } from "bun:test";
import { RTMP_CLOCK } from "#media/flv/tag-demuxer.ts";
import { Timeline } from "#media/track/timeline.ts";
import type { Track } from "#media/track/track.ts";
import { TrackTiming } from "#media/track/track-timing.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

const FRAME = 1024;
const DAY_SECONDS = 86_400;

function aacAt(sampleRate: number, samplesPerFrame: 960 | 1024 = FRAME): Track {
  const configuration = audioTrack.configuration;
  const changed = { ...configuration, sampleRate, samplesPerFrame };
  return { ...audioTrack, timescale: sampleRate, configuration: changed };
}

/** Distance of the last `frames` placed units from the encoder's true times, in ticks, at worst. */
function worstDistance(placed: readonly number[], trueTicks: (frame: number) => number, from = 0): number {
  return placed.reduce(
    (worst, dts, index) => Math.max(worst, index < from ? 0 : Math.abs(dts - trueTicks(index))),
    0,
  );
}

for (const [sampleRate, samplesPerFrame] of [
  [44_100, 1024],
  [48_000, 1024],
  [24_000, 1024],
  [48_000, 960],
] as const) {
  for (const round of [Math.round, Math.floor]) {
    test(`a day of ${samplesPerFrame}-sample frames at ${sampleRate} Hz, ${round.name === "floor" ? "cut" : "rounded"} to milliseconds, is exact`, () => {
      const timing = new TrackTiming(aacAt(sampleRate, samplesPerFrame), null);
      const frames = Math.ceil((DAY_SECONDS * sampleRate) / samplesPerFrame);
      let isExact = true;
      for (let frame = 0; frame < frames && isExact; frame += 1) {
        const ms = round((frame * samplesPerFrame * 1000) / sampleRate);
        isExact = timing.advance(ms) === frame * samplesPerFrame;
      }
      expect(isExact).toBe(true);
    });
  }
}

/** Six million units: seconds, and more on a busy machine. */
const A_DAY_OF_UNITS_MS = 60_000;

test(
  "sound that is 50 ppm off the encoder's clock stays within a frame of the pictures for a day",
  () => {
    const timeline = new Timeline();
    const audio = aacAt(44_100);
    timeline.addTrack(videoTrack);
    timeline.addTrack(audio);
    const data = new Uint8Array(1);
    const unit = { clock: RTMP_CLOCK, compositionTime: 0, isSync: true, data };
    const frameMs = ((FRAME * 1000) / 44_100) * (1 + 50e-6); // by the clock that times the pictures
    let pictures = 0;
    let before = -1;
    let worstMs = 0;
    let isRising = true;
    for (let frame = 0; frame * frameMs < DAY_SECONDS * 1000; frame += 1) {
      const trueMs = frame * frameMs;
      for (; pictures * 40 <= trueMs; pictures += 1) {
        timeline.place({ trackId: videoTrack.id, sentDts: pictures * 40, ...unit });
      }
      const { dts } = timeline.place({ trackId: audio.id, sentDts: Math.round(trueMs), ...unit }).unit;
      isRising &&= dts > before;
      before = dts;
      worstMs = Math.max(worstMs, Math.abs(dts / 44.1 - trueMs));
    }
    expect(isRising).toBe(true);
    expect(worstMs).toBeLessThan((FRAME * 1000) / 44_100);
    expect(timeline.repairs).toBe(0);
  },
  A_DAY_OF_UNITS_MS,
);

test("tracks that start at different times keep their distance", () => {
  const timeline = new Timeline();
  timeline.addTrack(videoTrack);
  timeline.addTrack(audioTrack);
  const unit = { clock: RTMP_CLOCK, compositionTime: 0, isSync: true, data: new Uint8Array(1) };
  const picture = timeline.place({ trackId: 1, sentDts: 0, ...unit }).unit;
  const sound = timeline.place({ trackId: 2, sentDts: 177, ...unit }).unit;
  expect(sound.dts / 48_000 - picture.dts / 90_000).toBeCloseTo(0.177, 6);
});

test("frames that share a timestamp two by two are spread, and stay within a frame of their time", () => {
  const timing = new TrackTiming(audioTrack, null);
  const placed = Array.from({ length: 2000 }, (_, frame) =>
    timing.advance(Math.floor(((frame - (frame % 2)) * FRAME) / 48)),
  );
  expect(worstDistance(placed, (frame) => frame * FRAME)).toBeLessThan(FRAME);
  const steps = placed.slice(200).map((dts, index) => dts - (placed[index + 199] ?? 0));
  expect(new Set(steps)).toEqual(new Set([FRAME]));
});

test("one missing frame is made up within two seconds", () => {
  const timing = new TrackTiming(audioTrack, null);
  const placed = Array.from({ length: 200 }, (_, frame) =>
    timing.advance(((frame < 50 ? frame : frame + 1) * FRAME) / 48),
  );
  expect(worstDistance(placed, (frame) => (frame + 1) * FRAME, 150)).toBeLessThan(FRAME);
});

test("a gap of more than three frames is a gap at once", () => {
  const timing = new TrackTiming(audioTrack, null);
  timing.advance(0);
  expect(timing.advance(500)).toBe(24_000);
  expect(timing.advance(521)).toBe(24_000 + FRAME);
});

test("a clock set back by more than three frames holds the sound until it is made up, never backwards", () => {
  const timing = new TrackTiming(audioTrack, null);
  timing.advance(1000);
  expect(timing.advance(800)).toBe(48_001);
  expect(timing.advance(821)).toBe(48_002);
});

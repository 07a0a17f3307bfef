// How AAC's frames are counted between the milliseconds of its encoder's clock.

import { expect, test } from "bun:test";
import { RTMP_CLOCK } from "#media/flv/rtmp-clock.ts";
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
        isExact = timing.advance(ms, 0) === frame * samplesPerFrame;
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
    timing.advance(Math.floor(((frame - (frame % 2)) * FRAME) / 48), 0),
  );
  expect(worstDistance(placed, (frame) => frame * FRAME)).toBeLessThan(FRAME);
  const steps = placed.slice(200).map((dts, index) => dts - (placed[index + 199] ?? 0));
  expect(new Set(steps)).toEqual(new Set([FRAME]));
});

test("one missing frame is made up within two seconds", () => {
  const timing = new TrackTiming(audioTrack, null);
  const placed = Array.from({ length: 200 }, (_, frame) =>
    timing.advance(((frame < 50 ? frame : frame + 1) * FRAME) / 48, 0),
  );
  expect(worstDistance(placed, (frame) => (frame + 1) * FRAME, 150)).toBeLessThan(FRAME);
});

test("a gap of more than three frames is a gap at once", () => {
  const timing = new TrackTiming(audioTrack, null);
  timing.advance(0, 0);
  expect(timing.advance(500, 0)).toBe(24_000);
  expect(timing.advance(521, 0)).toBe(24_000 + FRAME);
});

test("a clock set back by more than three frames holds the sound until it is made up, never backwards", () => {
  const timing = new TrackTiming(audioTrack, null);
  timing.advance(1000, 0);
  expect(timing.advance(800, 0)).toBe(48_001);
  expect(timing.advance(821, 0)).toBe(48_002);
});

/** Frames of 20 ms, after a first one at 0. */
function countFrom(): TrackTiming {
  const timing = new TrackTiming(aacAt(48_000, 960), null);
  timing.advance(0, 0);
  return timing;
}

/** How far the frames of `countFrom` are from their number when the clock says each of them `aheadMs` late. */
function departures(timing: TrackTiming, frames: number, aheadMs: number): number[] {
  return Array.from({ length: frames }, (_, index) => {
    const frame = index + 1;
    return timing.advance(frame * 20 + aheadMs, 0) - frame * 960;
  });
}

test("three frames off the clock are counted on, a millisecond more is a gap", () => {
  expect(countFrom().advance(20 + 60, 0)).toBe(960);
  expect(countFrom().advance(20 + 61, 0)).toBe(81 * 48);
});

test("two frames off the clock are made up at the tenth, by what the average is then", () => {
  const nine = Array.from({ length: 9 }, () => 0);
  const eleven = Array.from({ length: 11 }, () => 522);
  expect(departures(countFrom(), 20, 40)).toEqual([...nine, ...eleven]);
  expect(departures(countFrom(), 20, -40)).toEqual([...nine, ...eleven.map((ticks) => -ticks)]);
});

test("after a gap, and after time began again, the average begins with nothing", () => {
  const gap = countFrom();
  departures(gap, 9, 40);
  expect(gap.advance(1000, 0)).toBe(48_000);
  expect(gap.advance(1020 + 40, 0)).toBe(48_960);
  const late = Array.from({ length: 9 }, (_, index) => gap.advance(1040 + index * 20 + 40, 0));
  expect(late.slice(0, 8)).toEqual(Array.from({ length: 8 }, (_, index) => 49_920 + index * 960));
  expect(late[8]).toBe(49_920 + 8 * 960 + 522);

  const anew = countFrom();
  departures(anew, 9, 40);
  anew.reset();
  expect(anew.advance(0, 0)).toBe(0);
  expect(departures(anew, 20, 40)).toEqual(departures(countFrom(), 20, 40));
});

test("where time begins again a frame is where the clock says, not where the count was going", () => {
  const timing = countFrom();
  timing.reset();
  expect(timing.advance(19, 0)).toBe(19 * 48);
});

test("a unit before zero keeps its time", () => {
  expect(new TrackTiming(videoTrack, null).advance(-16, 0)).toBe(-1440);
  const anew = new TrackTiming(videoTrack, null);
  anew.advance(0, 0);
  anew.reset();
  expect(anew.advance(-16, 0)).toBe(-1440);
});

test("what is between two ticks is at the nearer one", () => {
  const timing = new TrackTiming(videoTrack, null);
  expect(timing.advance(0.7, 0)).toBe(63); // 62.99999999999999
  expect(timing.advance(2.006, 0)).toBe(181); // 180.54
  const sound = countFrom();
  expect(sound.advance(1000.7 / 48, 0)).toBe(960);
  expect(sound.advance(500.0146, 0)).toBe(24_001); // 24 000.7008
});

test("a picture shown before it is decoded sets all that follow back by the most that was seen", () => {
  const timing = new TrackTiming(videoTrack, null);
  expect(timing.isEven).toBe(true);
  expect(timing.advance(1000, -0.7)).toBe(90_000 - 63);
  expect(timing.isEven).toBe(false);
  expect(timing.advance(1040, -40)).toBe(90_000);
  expect(timing.advance(1080, -20)).toBe(93_600);
  expect(timing.advance(1120, 80)).toBe(97_200);
});

test("a composition time of one tick is one already", () => {
  const timing = new TrackTiming(videoTrack, null);
  timing.advance(1000, -1 / 90);
  expect(timing.isEven).toBe(false);
});

test("in another timescale a track goes on after its last unit, rounded up to a tick", () => {
  const before = new TrackTiming(aacAt(48_000), null);
  before.advance(1000, 0);
  const after = new TrackTiming(aacAt(24_000), before);
  expect(after.advance(1000, 0)).toBe(24_001);
});

test("in another timescale pictures stay set back by as much time, rounded up to a tick", () => {
  const before = new TrackTiming(videoTrack, null);
  before.advance(1000, -1); // 90 ticks of 90 000, 1.001 of 1001
  const after = new TrackTiming({ ...videoTrack, timescale: 1001 }, before);
  expect(after.isEven).toBe(false);
  expect(after.advance(2000, 0)).toBe(2002 - 2);
});

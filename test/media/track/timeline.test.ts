import { expect, test } from "bun:test";
import { RTMP_CLOCK } from "#media/flv/rtmp-clock.ts";
import { type PlacedUnit, Timeline } from "#media/track/timeline.ts";
import type { Track } from "#media/track/track.ts";
import { seededRandom } from "#test/support/damage.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

const HOUR_MS = 3_600_000;

/** A timeline and what came out of it. */
class Run {
  readonly timeline = new Timeline();
  readonly placed: PlacedUnit[] = [];

  constructor(...tracks: readonly Track[]) {
    for (const track of tracks) this.timeline.addTrack(track);
  }

  video(...timestampsMs: readonly number[]): this {
    for (const timestampMs of timestampsMs) this.place(videoTrack.id, timestampMs);
    return this;
  }

  audio(...timestampsMs: readonly number[]): this {
    for (const timestampMs of timestampsMs) this.place(audioTrack.id, timestampMs);
    return this;
  }

  place(trackId: number, timestampMs: number, compositionTimeMs = 0): PlacedUnit {
    const data = new Uint8Array(1);
    const timing = { clock: RTMP_CLOCK, sentDts: timestampMs % 2 ** 32, compositionTime: compositionTimeMs };
    const encoded = { trackId, ...timing, isSync: true, data };
    const placed = this.timeline.place(encoded);
    this.placed.push(placed);
    return placed;
  }

  of(track: Track): PlacedUnit[] {
    return this.placed.filter(({ unit }) => unit.trackId === track.id);
  }

  /** Decoding times of the pictures, milliseconds. */
  get videoMs(): number[] {
    return this.of(videoTrack).map(({ unit }) => unit.dts / 90);
  }

  get epochs(): number[] {
    return this.placed.map(({ epoch }) => epoch);
  }
}

/** What every timeline keeps, whatever it is given. */
function expectOrder(run: Run, ...tracks: readonly Track[]): void {
  for (const track of tracks) {
    let before: PlacedUnit | null = null;
    for (const placed of run.of(track)) {
      expect(Number.isSafeInteger(placed.unit.dts) && Number.isSafeInteger(placed.unit.pts)).toBe(true);
      expect(placed.unit.pts).toBeGreaterThanOrEqual(placed.unit.dts);
      if (before?.epoch === placed.epoch) expect(placed.unit.dts).toBeGreaterThan(before.unit.dts);
      before = placed;
    }
  }
}

/** Timestamps `stepMs` apart. */
function steady(fromMs: number, count: number, stepMs = 40): number[] {
  return Array.from({ length: count }, (_, index) => fromMs + index * stepMs);
}

test("honest pictures keep the encoder's time, 90 ticks a millisecond", () => {
  const run = new Run(videoTrack).video(1000, 1033, 1067, 1100);
  expect(run.placed.map(({ unit }) => unit.dts)).toEqual([90_000, 92_970, 96_030, 99_000]);
  expect(run.timeline.repairs).toBe(0);
});

test("presentation follows decoding by the composition time", () => {
  const run = new Run(videoTrack);
  expect(run.place(1, 1000, 80).unit).toMatchObject({ dts: 90_000, pts: 97_200 });
  expect(run.place(1, 1040, 0).unit).toMatchObject({ dts: 93_600, pts: 93_600 });
  expect(run.timeline.repairs).toBe(0);
});

test("where composition times are negative, all is shown when it is meant to be, and decoded that much earlier (T3)", () => {
  const run = new Run(videoTrack);
  for (let frame = 0; frame < 12; frame += 4) {
    for (const [index, compositionTimeMs] of [0, 80, -40, -40].entries())
      run.place(1, 1000 + 40 * (frame + index), compositionTimeMs);
  }
  const units = run.placed.map(({ unit }) => unit);
  expect(units.slice(4).map(({ dts }) => dts / 90)).toEqual(steady(1120, 8));
  expect(units.slice(4).map(({ pts }) => pts / 90)).toEqual([1160, 1280, 1200, 1240, 1320, 1440, 1360, 1400]);
  expect(run.timeline.repairs).toBe(0);
});

for (const compositionTimeMs of [8_388_607, -8_388_608, -1001]) {
  test(`a composition time of ${compositionTimeMs} ms is left out and counted`, () => {
    const run = new Run(videoTrack);
    expect(run.place(1, 1000, compositionTimeMs)).toMatchObject({
      unit: { dts: 90_000, pts: 90_000 },
      repaired: true,
    });
  });
}

test("a unit of a track never added is our own mistake", () => {
  expect(() => new Run(videoTrack).audio(0)).toThrow("unit of track 2, which was never added");
});

for (const [name, wrapMs, bits] of [
  ["2^31, as OBS and FFmpeg do", 2 ** 31, 31],
  ["2^32, as the specification has it", 2 ** 32, 32],
] as const) {
  test(`time goes on where the clock starts over at ${name}`, () => {
    const run = new Run(videoTrack, audioTrack);
    for (let index = 0; index < 500; index += 1) {
      run.video((wrapMs - 10_000 + index * 40) % wrapMs);
      run.audio((wrapMs - 10_000 + index * 40) % wrapMs, (wrapMs - 10_000 + index * 40 + 21) % wrapMs);
    }
    expect(run.timeline.repairs).toBe(0);
    expect(run.videoMs).toEqual(steady(2 ** bits - 10_000, 500));
    expect(new Set(run.epochs)).toEqual(new Set([0]));
  });
}

test("time goes on past 2^31 where the clock keeps 32 bits", () => {
  const run = new Run(videoTrack).video(...steady(2 ** 31 - 200, 10));
  expect(run.videoMs).toEqual(steady(2 ** 31 - 200, 10));
});

test("nothing happens where timestamps begin to be extended", () => {
  const run = new Run(videoTrack).video(...steady(0xffffff - 80, 5));
  expect(run.videoMs).toEqual(steady(0xffffff - 80, 5));
});

test("equal and slightly backward times are moved by one tick and counted", () => {
  const run = new Run(videoTrack).video(1000, 1000, 980, 1040, 1080);
  expect(run.placed.map(({ unit }) => unit.dts)).toEqual([90_000, 90_001, 90_002, 93_600, 97_200]);
  expect(run.placed.map(({ repaired }) => repaired)).toEqual([false, true, true, false, false]);
  expect(run.timeline.repairs).toBe(2);
});

test("a clock set back by half a second is made up, tick by tick, in one epoch", () => {
  const run = new Run(videoTrack).video(...steady(1000, 25), ...steady(1500, 25));
  expect(run.timeline.repairs).toBe(12);
  expect(run.videoMs.slice(-12)).toEqual(steady(2020, 12));
  expect(new Set(run.epochs)).toEqual(new Set([0]));
});

test("a picture keeps its presentation time where its decoding time is moved", () => {
  const run = new Run(videoTrack).video(1000);
  expect(run.place(1, 1000, 40).unit).toMatchObject({ dts: 90_001, pts: 93_600 });
});

for (const [name, timestampMs] of [
  ["hours ahead", 5 * HOUR_MS],
  ["hours back", 0],
  ["at 0x7fffffff", 0x7fffffff],
] as const) {
  test(`one outlier ${name} is put where its track was going`, () => {
    const beforeMs = 2 * HOUR_MS;
    const run = new Run(videoTrack).video(beforeMs, beforeMs + 40, timestampMs, beforeMs + 120);
    expect(run.videoMs).toEqual(steady(beforeMs, 4));
    expect(run.placed.map(({ repaired }) => repaired)).toEqual([false, false, true, false]);
    expect(new Set(run.epochs)).toEqual(new Set([0]));
  });
}

test("two outliers in a row are put where their track was going", () => {
  const run = new Run(videoTrack).video(0, 40, 9 * HOUR_MS, 9 * HOUR_MS + 40, 160);
  expect(run.videoMs).toEqual(steady(0, 5));
  expect(run.timeline.repairs).toBe(2);
});

for (const [name, toMs] of [
  ["ahead", 5 * HOUR_MS],
  ["back to zero", 0],
] as const) {
  test(`three in a row that jumped ${name} are a new epoch, which begins at the third's own time`, () => {
    const run = new Run(videoTrack).video(...steady(HOUR_MS, 3), ...steady(toMs, 4));
    expect(run.epochs).toEqual([0, 0, 0, 0, 0, 1, 1]);
    expect(run.videoMs).toEqual([...steady(HOUR_MS, 5), toMs + 80, toMs + 120]);
    expect(run.timeline.repairs).toBe(2);
  });
}

test("outliers that do not go on from one another are no clock: no epoch, time goes on", () => {
  const run = new Run(videoTrack).video(0, 40, ...[9, 5, 7, 3, 8].map((hours) => hours * HOUR_MS), 280);
  expect(run.videoMs).toEqual(steady(0, 8));
  expect(new Set(run.epochs)).toEqual(new Set([0]));
});

test("a gap of less than ten seconds is honest", () => {
  const run = new Run(videoTrack).video(0, 40, 10_040, 10_080);
  expect(run.videoMs).toEqual([0, 40, 10_040, 10_080]);
  expect(run.timeline.repairs).toBe(0);
});

test("an encoder that paused for half a minute begins a new epoch", () => {
  const run = new Run(videoTrack, audioTrack).video(0, 40).audio(0, 21);
  run.video(30_000).audio(30_000).video(30_040).audio(30_021, 30_043).video(30_080);
  expect(run.epochs).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
  expect(run.videoMs.at(-1)).toBe(30_080);
});

test("a track that was silent for long comes back in the same epoch where the other one went on", () => {
  const run = new Run(videoTrack, audioTrack)
    .audio(0, 21)
    .video(...steady(0, 500))
    .audio(19_980, 20_001);
  expect(run.timeline.repairs).toBe(0);
  expect(run.of(audioTrack).map(({ unit }) => unit.dts)).toEqual([0, 1024, 959_040, 960_064]);
});

test("both tracks land in the new epoch, and a straggler of the old clock does not leave it", () => {
  const run = new Run(videoTrack, audioTrack).video(...steady(HOUR_MS, 3)).audio(HOUR_MS, HOUR_MS + 21);
  run
    .video(0, 40, 80)
    .audio(HOUR_MS + 42)
    .audio(85, 107)
    .video(120);
  expect(run.epochs.slice(-5)).toEqual([1, 1, 1, 1, 1]);
  expect(run.videoMs.at(-1)).toBe(120);
  const straggler = run.of(audioTrack)[2];
  expect(straggler).toMatchObject({ repaired: true, unit: { dts: 80 * 48 } });
  expect(Math.abs((run.of(audioTrack).at(-1)?.unit.dts ?? 0) - 107 * 48)).toBeLessThanOrEqual(1024);
  expectOrder(run, videoTrack, audioTrack);
});

test("a track on a clock of its own is set to the other's, without an epoch", () => {
  const run = new Run(videoTrack, audioTrack);
  for (let index = 0; index < 500; index += 1) {
    run.video(5 * HOUR_MS + index * 40);
    run.audio(index * 40, index * 40 + 21);
  }
  expect(new Set(run.epochs)).toEqual(new Set([0]));
  expect(run.timeline.repairs).toBeLessThanOrEqual(3);
  const audioMs = run.of(audioTrack).map(({ unit }) => unit.dts / 48);
  expect(Math.abs((audioMs.at(-1) ?? 0) - (5 * HOUR_MS + 499 * 40 + 21))).toBeLessThan(100);
  expectOrder(run, videoTrack, audioTrack);
});

test("one of a track's times that is nine seconds ahead does not part it from the other track for good", () => {
  const run = new Run(videoTrack, audioTrack);
  for (let index = 0; index < 100; index += 1) {
    const ms = index * 64; // three frames of sound
    run.audio(ms, index === 50 ? ms + 9000 : ms + 21, ms + 43).video(ms + 43);
  }
  const [sound, picture] = run.placed.slice(-2);
  expect([picture?.epoch, sound?.epoch]).toEqual([1, 1]);
  expect(Math.abs((picture?.unit.dts ?? 0) / 90 - (sound?.unit.dts ?? 0) / 48)).toBeLessThan(22);
});

test("sound that was silent for a minute and comes back on another clock is put beside the pictures", () => {
  const run = new Run(videoTrack, audioTrack).audio(0, 21);
  for (const ms of steady(0, 1500)) run.video(ms);
  for (let index = 0; index < 50; index += 1) {
    run.audio(9 * HOUR_MS + index * 40).video(60_000 + index * 40);
  }
  const [sound, picture] = run.placed.slice(-2);
  expect(Math.abs((picture?.unit.dts ?? 0) / 90 - (sound?.unit.dts ?? 0) / 48)).toBeLessThan(150);
  expect(new Set(run.epochs)).toEqual(new Set([0]));
});

test("a new clock is known by its progress also where frames share a timestamp", () => {
  const run = new Run(audioTrack)
    .audio(0, 21, 43)
    .audio(HOUR_MS, HOUR_MS, HOUR_MS + 43, HOUR_MS + 43, HOUR_MS + 85);
  expect(run.epochs).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
});

test("a clock that stands still does not stop the pictures", () => {
  const run = new Run(videoTrack).video(...Array.from({ length: 300 }, () => 5000));
  const seconds = run.videoMs.slice(121).map((ms, index, all) => ms - (all[index - 1] ?? ms - 1000 / 30));
  for (const step of seconds) expect(step).toBeCloseTo(1000 / 30, 0);
  expectOrder(run, videoTrack);
});

test("a clock that runs backwards does not stop the pictures either", () => {
  const run = new Run(videoTrack).video(...steady(HOUR_MS, 300, -40));
  expect((run.videoMs.at(-1) ?? 0) - HOUR_MS).toBeGreaterThan(8000);
  expect(new Set(run.epochs)).toEqual(new Set([0]));
  expectOrder(run, videoTrack);
});

test("whatever the clock does, each track's time rises and presentation follows decoding", () => {
  const random = seededRandom(3);
  const run = new Run(videoTrack, audioTrack);
  let clockMs = 4_294_900_000;
  for (let index = 0; index < 20_000; index += 1) {
    const luck = random();
    if (luck < 0.01) clockMs = Math.floor(random() * 2 ** 32);
    else if (luck < 0.05) clockMs -= Math.floor(random() * 3000);
    else clockMs += Math.floor(random() * 60);
    const timestampMs = luck > 0.97 ? Math.floor(random() * 2 ** 32) : (clockMs + 2 ** 32) % 2 ** 32;
    run.place(random() < 0.4 ? 1 : 2, timestampMs, Math.floor((random() - 0.5) * 400));
  }
  expectOrder(run, videoTrack, audioTrack);
  expect(run.timeline.repairs).toBe(run.placed.filter(({ repaired }) => repaired).length);
});

test("a track whose configuration changed goes on in time, in the ticks of its new rate", () => {
  const run = new Run(audioTrack).audio(1000, 1021);
  run.timeline.addTrack(audioAt(24_000));
  run.audio(1043);
  expect(run.placed.map(({ unit }) => unit.dts)).toEqual([48_000, 49_024, 1043 * 24]);
});

function audioAt(sampleRate: number): Track {
  const configuration = audioTrack.configuration;
  return { ...audioTrack, timescale: sampleRate, configuration: { ...configuration, sampleRate } };
}

test("units of another clock come out as those of milliseconds do", () => {
  const mpeg = { timescale: 90_000, wrapBits: [33] } as const;
  const timeline = new Timeline();
  timeline.addTrack(videoTrack);
  const unit = { trackId: videoTrack.id, clock: mpeg, isSync: true, data: new Uint8Array(1) };
  const placed = [0, 3600, 7200].map((ticks) =>
    timeline.place({ ...unit, sentDts: (2 ** 33 - 3600 + ticks) % 2 ** 33, compositionTime: 1800 }),
  );
  const start = 2 ** 33 - 3600;
  expect(placed.map(({ unit: { dts, pts } }) => [dts - start, pts - dts])).toEqual([
    [0, 1800],
    [3600, 1800],
    [7200, 1800],
  ]);
  expect(timeline.repairs).toBe(0);
});

/** Whether each unit's time was changed. */
function repairsOf(run: Run, track: Track): boolean[] {
  return run.of(track).map(({ repaired }) => repaired);
}

test("ten seconds ahead of everything so far is honest, a millisecond more is a jump", () => {
  expect(repairsOf(new Run(videoTrack).video(0, 10_000), videoTrack)).toEqual([false, false]);
  expect(repairsOf(new Run(videoTrack).video(0, 10_001), videoTrack)).toEqual([false, true]);
});

test("a second back is jitter and moved by a tick, a millisecond more is a jump and put where its track was going", () => {
  expect(new Run(videoTrack).video(10_000, 10_040, 9040).videoMs[2]).toBeCloseTo(10_040 + 1 / 90, 6);
  expect(new Run(videoTrack).video(10_000, 10_040, 9039).videoMs[2]).toBe(10_080);
});

test("a track may begin fifteen seconds behind the other one, further behind it is a jump", () => {
  const run = (audioMs: number) => new Run(videoTrack, audioTrack).video(60_000).audio(audioMs);
  expect(repairsOf(run(45_000), audioTrack)).toEqual([false]);
  expect(repairsOf(run(44_999), audioTrack)).toEqual([true]);
});

test("a jumped unit of a track left more than fifteen seconds behind is put beside the other track", () => {
  const soundMs = (pictureMs: number) => {
    const run = new Run(videoTrack, audioTrack)
      .audio(0, 20)
      .video(0, 5000, 10_000, pictureMs)
      .audio(9 * HOUR_MS);
    return (run.of(audioTrack).at(-1)?.unit.dts ?? 0) / 48;
  };
  expect(Math.abs(soundMs(15_020) - 40)).toBeLessThan(22);
  expect(soundMs(15_021)).toBe(15_021);
});

test("the furthest track decides what is a jump, whichever was last", () => {
  const run = new Run(videoTrack, audioTrack).audio(0, 9000).video(0).audio(10_500);
  expect(run.timeline.repairs).toBe(0);
});

test("a new clock within fifteen seconds of the other track's is that of both, further away it is its own", () => {
  const epochOf = (soundMs: number) => {
    const run = new Run(videoTrack, audioTrack).video(60_000).audio(60_000);
    run
      .audio(soundMs - 42, soundMs - 21)
      .video(60_040)
      .audio(soundMs);
    return run.placed.at(-1)?.epoch;
  };
  expect(epochOf(45_040)).toBe(1);
  expect(epochOf(45_039)).toBe(0);
});

test("a track that is alone on a clock but was not heard since is not waited for", () => {
  const run = new Run(videoTrack, audioTrack).video(60_000, 60_040).audio(60_000);
  run.audio(5 * HOUR_MS, 5 * HOUR_MS + 21, 5 * HOUR_MS + 43);
  expect(run.placed.at(-1)?.epoch).toBe(1);
});

test("a clock stands still for 120 units, and then the pictures go on without it", () => {
  const stopped = Array.from({ length: 121 }, () => 5000);
  const dts = new Run(videoTrack).video(...stopped, 5000, 5000).placed.map(({ unit }) => unit.dts);
  expect(dts.slice(0, 121)).toEqual(Array.from({ length: 121 }, (_, index) => 450_000 + index));
  expect(dts.slice(121)).toEqual([453_000, 456_000]);
});

test("a clock that goes on now and then does not stand still", () => {
  const stopped = (ms: number) => Array.from({ length: 121 }, () => ms);
  const run = new Run(videoTrack).video(...stopped(5000), ...stopped(5040));
  expect(run.videoMs.at(-1)).toBeCloseTo(5040 + 120 / 90, 6);
});

test("how long a clock stood still before an epoch does not count in it", () => {
  const run = new Run(videoTrack, audioTrack).video(...Array.from({ length: 121 }, () => HOUR_MS));
  run
    .audio(HOUR_MS)
    .audio(0, 21, 43)
    .video(HOUR_MS)
    .video(...Array.from({ length: 120 }, () => 43));
  const pictures = run.of(videoTrack).slice(-121);
  expect(new Set(pictures.map(({ epoch }) => epoch))).toEqual(new Set([1]));
  expect(pictures.at(-1)?.unit.dts).toBe(43 * 90 + 120);
});

test("a clock that stands still beside the other one has not stood still before it began", () => {
  const run = new Run(videoTrack, audioTrack).audio(60_000).video(0);
  run.video(...Array.from({ length: 120 }, () => 60_000));
  expect(run.of(videoTrack).at(-1)?.unit.dts).toBe(60_000 * 90 + 120);
});

for (const [compositionTimeMs, isTaken] of [
  [10_000, true],
  [10_001, false],
  [-1000, true],
  [-1001, false],
] as const) {
  test(`a composition time of ${compositionTimeMs} ms is ${isTaken ? "taken" : "left out"}`, () => {
    const { unit, repaired } = new Run(videoTrack).place(1, 20_000, compositionTimeMs);
    expect(repaired).toBe(!isTaken);
    const isLate = isTaken && compositionTimeMs > 0;
    expect(unit.pts - unit.dts).toBe(isLate ? 900_000 : 0);
  });
}

test("a step of a second is a guess of the next one, a longer one is a gap", () => {
  expect(new Run(videoTrack).video(0, 1000, 9 * HOUR_MS).videoMs[2]).toBe(2000);
  expect(new Run(videoTrack).video(0, 40, 1041, 9 * HOUR_MS).videoMs[3]).toBe(1081);
});

test("outliers of one clock that come one by one are no clock", () => {
  const far = steady(9 * HOUR_MS, 10, 80);
  const run = new Run(videoTrack);
  for (const [index, ms] of far.entries()) run.video(index * 80, ms);
  expect(new Set(run.epochs)).toEqual(new Set([0]));
  expect(run.videoMs.filter((_, index) => index % 2 === 0)).toEqual(steady(0, 10, 80));
});

test("a clock that starts over each minute goes on for hours", () => {
  const clock = { timescale: 1000, wrapBits: [16] } as const;
  const timeline = new Timeline();
  timeline.addTrack(videoTrack);
  const unit = { trackId: videoTrack.id, clock, compositionTime: 0, isSync: true, data: new Uint8Array(1) };
  for (let ms = 0; ms < 3 * HOUR_MS; ms += 1000) {
    expect(timeline.place({ ...unit, sentDts: ms % 2 ** 16 }).unit.dts).toBe(ms * 90);
  }
  expect(timeline.repairs).toBe(0);
});

test("an epoch begins with what was sent, however often the clock had started over", () => {
  const run = new Run(videoTrack).video(2 ** 31 - 40, 0, 40, ...steady(5 * HOUR_MS, 5));
  expect(run.videoMs.slice(-3)).toEqual(steady(5 * HOUR_MS + 80, 3));
  expect(run.epochs.slice(-3)).toEqual([1, 1, 1]);
  expect(run.timeline.repairs).toBe(2);
});

test("in a new epoch a track that had a clock of its own is on the common one again", () => {
  const run = new Run(videoTrack, audioTrack)
    .video(5 * HOUR_MS)
    .audio(0, 21)
    .video(5 * HOUR_MS + 40)
    .audio(43);
  expect(run.timeline.repairs).toBe(3);
  run.video(0, 40, 80).audio(80, 101);
  expect(repairsOf(run, audioTrack).slice(-2)).toEqual([false, false]);
  expect((run.of(audioTrack).at(-2)?.unit.dts ?? 0) / 48).toBe(80);
});

test("jumps before an epoch are no part of a clock after it", () => {
  const run = new Run(videoTrack, audioTrack).video(HOUR_MS).audio(HOUR_MS);
  run
    .video(0, 40)
    .audio(9 * HOUR_MS, 9 * HOUR_MS + 21)
    .video(80);
  run.audio(9 * HOUR_MS + 43, 9 * HOUR_MS + 64);
  expect(repairsOf(run, audioTrack)).toEqual([false, true, true, true, true]);
  expect(run.placed.at(-1)?.epoch).toBe(1);
});

test("a track whose configuration changed does not go back to a time it already had", () => {
  const run = new Run(videoTrack).video(1000);
  run.timeline.addTrack(videoTrack);
  run.video(1000);
  expect(run.placed.map(({ unit }) => unit.dts)).toEqual([90_000, 90_001]);
});

test("sound without a composition time is presented when it is decoded, wherever the clock's milliseconds are", () => {
  const run = new Run(audioTrack).audio(
    ...Array.from({ length: 100 }, (_, index) => Math.ceil((index * 64) / 3)),
  );
  for (const { unit } of run.placed) expect(unit.pts).toBe(unit.dts);
});

test("ticks of the encoder's clock come out as they were sent", () => {
  const clock = { timescale: 90_000, wrapBits: [33] } as const;
  const timeline = new Timeline();
  timeline.addTrack(videoTrack);
  const unit = { trackId: videoTrack.id, clock, isSync: true, data: new Uint8Array(1) };
  for (let ticks = 0; ticks < 100_000; ticks += 13) {
    const placed = timeline.place({ ...unit, sentDts: ticks, compositionTime: ticks % 90 }).unit;
    expect([placed.dts, placed.pts]).toEqual([ticks, ticks + (ticks % 90)]);
  }
});

test("what a unit is beside its time stays with it, also where that is repaired or jumps; units without have none", () => {
  const timeline = new Timeline();
  timeline.addTrack(videoTrack);
  const data = new Uint8Array(1);
  const at = (sentDts: number) =>
    ({ trackId: 1, clock: RTMP_CLOCK, sentDts, compositionTime: 0, isSync: false, data }) as const;
  const hints = { isRecoveryPoint: true, isOpenGop: true, isFiller: true } as const;
  const [first, ...later] = [1000, 1000, 900_000, 900_040, 900_080].map((ms) =>
    timeline.place({ ...at(ms), hints }),
  );
  expect(first?.unit).toEqual({ trackId: 1, dts: 90_000, pts: 90_000, isSync: false, data, hints });
  expect(later.map(({ unit }) => unit.hints)).toEqual([hints, hints, hints, hints]);
  expect(later.map(({ repaired, epoch }) => [repaired, epoch])).toEqual([
    [true, 0],
    [true, 0],
    [true, 0],
    [false, 1],
  ]);
  const plain = timeline.place(at(900_120)).unit;
  expect(plain).toStrictEqual({ trackId: 1, dts: 81_010_800, pts: 81_010_800, isSync: false, data });
});

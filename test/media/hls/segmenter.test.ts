import { describe, expect, test } from "bun:test";
import { readFragment } from "#media/fmp4/fragment-reader.ts";
import type { Cut, Part, Segment } from "#media/hls/segment.ts";
import { Segmenter, type SegmenterOptions } from "#media/hls/segmenter.ts";
import type { EncoderPace } from "#media/track/encoder-pace.ts";
import type { AccessUnit, Track, UnitHints } from "#media/track/track.ts";
import { audioUnits, interleaved, secondsOf, videoUnit, videoUnits } from "#test/support/programme-units.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

const START_MS = Date.UTC(2026, 0, 1);
const BOTH = [videoTrack, audioTrack];

function cutAll(
  units: Iterable<AccessUnit>,
  { tracks = BOTH, ...options }: Partial<SegmenterOptions> & { tracks?: readonly Track[] } = {},
): Cut[] {
  const segmenter = new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.2, ...options });
  const cuts = [...segmenter.setTracks(tracks, false)];
  const encoder = new PushedEncoder();
  segmenter.follow(encoder);
  for (const unit of units) {
    encoder.sends(unit);
    cuts.push(...segmenter.push(unit, START_MS + secondsOf(unit) * 1000));
  }
  cuts.push(...segmenter.end());
  return cuts;
}

/** Knows its key frame interval from the second key frame on, as one does whose units are measured as they come. */
class PushedEncoder implements EncoderPace {
  keyFrameIntervalSeconds: number | null = null;
  readonly areJoinPointsMissing = false;
  readonly frameRate = null;
  #lastKeyFrameSeconds: number | null = null;

  sends(unit: AccessUnit): void {
    if (unit.trackId !== videoTrack.id || !unit.isSync) return;
    const seconds = secondsOf(unit);
    if (this.#lastKeyFrameSeconds !== null)
      this.keyFrameIntervalSeconds = seconds - this.#lastKeyFrameSeconds;
    this.#lastKeyFrameSeconds = seconds;
  }
}

function segmentsOf(cuts: readonly Cut[]): Segment[] {
  return cuts.flatMap((cut) => (cut.type === "segment" ? [cut.segment] : []));
}

function partsOf(cuts: readonly Cut[]): Part[] {
  return cuts.flatMap((cut) => (cut.type === "part" ? [cut.part] : []));
}

/** For each track, the times between samples that follow one another in different fragments. */
function seams(cuts: readonly Cut[]): Map<number, number[]> {
  const ends = new Map<number, number>();
  const differences = new Map<number, number[]>();
  for (const { bytes } of partsOf(cuts)) {
    for (const { trackId, baseMediaDecodeTime, durationTicks } of readFragment(bytes)?.runs ?? []) {
      const end = ends.get(trackId);
      if (end !== undefined)
        differences.set(trackId, [...(differences.get(trackId) ?? []), baseMediaDecodeTime - end]);
      ends.set(trackId, baseMediaDecodeTime + durationTicks);
    }
  }
  return differences;
}

test("cuts segments at key frames and parts at the part target", () => {
  const cuts = cutAll(interleaved(videoUnits({ seconds: 6 }), audioUnits({ seconds: 6 })));
  expect(
    segmentsOf(cuts).map(({ msn, durationSeconds, independent, partCount }) => [
      msn,
      durationSeconds,
      independent,
      partCount,
    ]),
  ).toEqual([
    [0, 2, true, 10],
    [1, 2, true, 10],
    [2, 2, true, 10],
  ]);
  for (const part of partsOf(cuts)) expect(part.durationSeconds).toBeCloseTo(0.2, 6);
});

test("a segment is announced before its parts, and its facts follow them", () => {
  const cuts = cutAll(videoUnits({ seconds: 2 }), { tracks: [videoTrack], partTargetSeconds: 1 });
  expect(cuts.map(({ type }) => type)).toEqual([
    "initialization",
    "segment-start",
    "part",
    "part",
    "segment",
  ]);
});

test("fragments join without a gap or an overlap in either track", () => {
  const cuts = cutAll(interleaved(videoUnits({ seconds: 10 }), audioUnits({ seconds: 10 })));
  for (const differences of seams(cuts).values())
    expect(differences.every((difference) => difference === 0)).toBe(true);
});

test("nothing that was pushed since the first key frame is lost", () => {
  const units = interleaved(videoUnits({ seconds: 5 }), audioUnits({ seconds: 5 }));
  const samples = partsOf(cutAll(units)).flatMap(({ bytes }) => readFragment(bytes)?.runs ?? []);
  const counts = [1, 2].map((trackId) =>
    samples.filter((run) => run.trackId === trackId).reduce((sum, run) => sum + run.samples.length, 0),
  );
  expect(counts).toEqual([
    units.filter(({ trackId }) => trackId === 1).length,
    units.filter(({ trackId }) => trackId === 2).length,
  ]);
});

test.each([
  [23.976, 0.209],
  [24, 0.209],
  [25, 0.2],
  [29.97, 0.201],
  [30, 0.2],
  [50, 0.2],
  [59.94, 0.201],
  [60, 0.2],
  [5, 0.2],
  [1, 1],
])(
  "at %d pictures a second the part target is %d s, and each part is filled by whole ones (P1)",
  (framesPerSecond, target) => {
    const units = videoUnits({ seconds: 20, framesPerSecond, gopFrames: Math.ceil(framesPerSecond * 2) });
    const cuts = cutAll(units, { tracks: [videoTrack] });
    const targets = cuts.flatMap((cut) => (cut.type === "segment" ? [cut.partTargetSeconds] : []));
    expect(new Set(targets)).toEqual(new Set([target]));
    const counts = segmentsOf(cuts).map(({ msn }) => partsOf(cuts).filter((part) => part.msn === msn));
    for (const parts of counts) {
      for (const { durationSeconds } of parts.slice(0, -1)) {
        expect(durationSeconds).toBeLessThanOrEqual(target + 1e-7);
        expect(durationSeconds).toBeGreaterThanOrEqual(target * 0.98);
      }
    }
  },
);

test("sound alone fills parts as well: nine frames of AAC at 48 kHz", () => {
  const cuts = cutAll(audioUnits({ seconds: 6 }), { tracks: [audioTrack] });
  const targets = cuts.flatMap((cut) => (cut.type === "segment" ? [cut.partTargetSeconds] : []));
  expect(new Set(targets)).toEqual(new Set([0.192]));
  expect(partsOf(cuts).every(({ independent }) => independent)).toBe(true);
});

describe("where frames do not fill the target", () => {
  const resume = {
    ...{ nextMsn: 1, nextInitializationId: 0, renditionNames: [] },
    ...{ targetDurationSeconds: 2, partTargetSeconds: 0.2 },
  };
  const durationsOf = (cuts: readonly Cut[]): [string, number][] =>
    cuts.flatMap((cut) => {
      if (cut.type === "part") return [["part", Math.round(cut.part.durationSeconds * 1000)]];
      return cut.type === "gap" ? [["gap", Math.round(cut.gap.durationSeconds * 1000)]] : [];
    });

  test("a part ends where it must, with the frames that begin in it", () => {
    const times = [0, 0.04, 0.08, 0.12, 0.25, 0.29, 0.33, 0.37, 0.41];
    const cuts = cutAll(
      times.map((time, index) => videoUnit(time, index === 0)),
      { tracks: [videoTrack], resume },
    );
    expect(durationsOf(cuts)).toEqual([
      ["part", 200],
      ["part", 170],
      ["part", 80],
    ]);
    const samples = partsOf(cuts).map(({ bytes }) => readFragment(bytes)?.runs[0]?.samples.length);
    expect(samples).toEqual([4, 3, 2]);
  });

  test("the last part of a segment gets a frame, too", () => {
    const pictures = [0, 0.067, 0.134, 0.201].map((time) => videoUnit(time, time === 0));
    const cuts = cutAll(pictures.slice(0, 3), { tracks: [videoTrack], resume });
    expect(durationsOf(cuts)).toEqual([
      ["part", 170],
      ["part", 31],
    ]);
    const samples = partsOf(cuts).map(({ bytes }) => readFragment(bytes)?.runs[0]?.samples.length);
    expect(samples).toEqual([2, 1]);
  });

  test("what a long frame reaches over is sound alone, and a gap where there is none", () => {
    const pictures = [0, 1, 2].map((time) => videoUnit(time, true));
    expect(durationsOf(cutAll(pictures.slice(0, 2), { tracks: [videoTrack], resume }))).toEqual([
      ...[["part", 200], ...Array.from({ length: 4 }, () => ["gap", 200])],
      ...[["part", 200], ...Array.from({ length: 4 }, () => ["gap", 200])],
    ] as never);
    const withSound = cutAll(interleaved(pictures, audioUnits({ seconds: 2.2 })), { resume });
    expect(durationsOf(withSound).slice(0, 5)).toEqual(Array.from({ length: 5 }, () => ["part", 200]));
    expect(
      partsOf(withSound)
        .map(({ independent }) => independent)
        .slice(0, 5),
    ).toEqual([true, false, false, false, false]);
  });
});

test("a long group of pictures is cut without a key frame, and said not to be independent", () => {
  const cuts = cutAll(videoUnits({ seconds: 30, gopFrames: 10_000 }), { tracks: [videoTrack] });
  const segments = segmentsOf(cuts);
  expect(segments.map(({ independent }) => independent)).toEqual([true, false, false]);
  const targets = cuts.flatMap((cut) => (cut.type === "segment" ? [cut.targetDurationSeconds] : []));
  expect(new Set(targets)).toEqual(new Set([10]));
});

test("EXTINF never rounds above the target duration, whatever the distance of key frames", () => {
  let frame = 0;
  const units: AccessUnit[] = [];
  for (const gop of [50, 50, 300, 20, 70, 110, 10, 10, 400, 50, 55]) {
    for (let index = 0; index < gop; index += 1, frame += 1) units.push(videoUnit(frame / 25, index === 0));
  }
  for (const cut of cutAll(units, { tracks: [videoTrack] })) {
    if (cut.type !== "segment") continue;
    expect(Math.round(cut.segment.durationSeconds)).toBeLessThanOrEqual(cut.targetDurationSeconds);
  }
});

test("audio alone is cut by time, each part independent", () => {
  const cuts = cutAll(audioUnits({ seconds: 9 }), { tracks: [audioTrack] });
  const durations = segmentsOf(cuts).map(({ durationSeconds }) => durationSeconds);
  expect(durations.length).toBe(5);
  for (const duration of durations.slice(0, -1)) expect(Math.abs(duration - 2)).toBeLessThan(0.02);
  expect(partsOf(cuts).every(({ independent }) => independent)).toBe(true);
});

test("sound before the first key frame is left out", () => {
  const units = interleaved(audioUnits({ seconds: 2 }), videoUnits({ fromSeconds: 1, seconds: 1 }));
  const [first] = partsOf(cutAll(units)).map(({ bytes }) => readFragment(bytes));
  const audioRun = first?.runs.find(({ trackId }) => trackId === 2);
  expect((audioRun?.baseMediaDecodeTime ?? 0) / audioTrack.timescale).toBeGreaterThanOrEqual(0.98);
});

test("a picture that stands still does not hold up the sound", () => {
  const units = interleaved(videoUnits({ seconds: 4 }), audioUnits({ seconds: 20 }));
  const cuts = cutAll(units);
  const total = segmentsOf(cuts).reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
  expect(total).toBeGreaterThan(19.5);
  for (const cut of cuts) {
    if (cut.type === "segment")
      expect(Math.round(cut.segment.durationSeconds)).toBeLessThanOrEqual(cut.targetDurationSeconds);
  }
});

for (const aheadSeconds of [1, 2, 5, 9]) {
  test(`sound that is ${aheadSeconds} s ahead of its picture for good changes no segment`, () => {
    const cuts = cutAll(soundAhead(aheadSeconds, videoUnits({ seconds: 12 }), audioUnits({ seconds: 12 })));
    expect(
      segmentsOf(cuts).map(({ durationSeconds, independent }) => [durationSeconds, independent]),
    ).toEqual(Array.from({ length: 6 }, () => [2, true]));
  });
}

test("a gap of seconds in both tracks is no picture that stands still: EXTINF stays within the target duration", () => {
  const later = [videoUnits({ fromSeconds: 9, seconds: 4 }), audioUnits({ fromSeconds: 8.97, seconds: 4 })];
  const units = interleaved(videoUnits({ seconds: 4 }), audioUnits({ seconds: 4 }), ...later);
  const cuts = cutAll(units);
  expect(segmentsOf(cuts).map(({ discontinuity, independent }) => [discontinuity, independent])).toEqual([
    [false, true],
    [false, true],
    [true, true],
    [false, true],
  ]);
  expectKeptPromises(cuts);
});

test("a camera that is gone while its sound is far ahead, and comes back, breaks no promise", () => {
  const sound = [...soundAhead(6, audioUnits({ seconds: 20 }))];
  const isAway = (seconds: number): boolean => seconds >= 5 && seconds < 11;
  const pictures = [...videoUnits({ seconds: 20 })].filter((unit) => !isAway(secondsOf(unit)));
  const cuts = cutAll(arrivingTogether(pictures, sound, 6));
  expectKeptPromises(cuts);
  expect(segmentsOf(cuts).length).toBeLessThan(15);
});

test("a slide show, one picture in five seconds, keeps to the target duration and begins segments with its pictures", () => {
  const slides = videoUnits({ seconds: 30, framesPerSecond: 0.2, gopFrames: 1 });
  const cuts = cutAll(interleaved(slides, audioUnits({ seconds: 30 })));
  expectKeptPromises(cuts);
  const segments = segmentsOf(cuts);
  const total = segments.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
  expect(Math.abs(total - 30)).toBeLessThan(0.1);
  expect(segments.some(({ discontinuity }) => discontinuity)).toBe(false);
  expect(segments.filter(({ independent }) => independent).length).toBe(6);
});

test("pictures that come slowly and then not at all keep to the target duration", () => {
  for (const lastSlide of [1.7, 1.9, 2.1, 3.3]) {
    const slides = [4, 4.9, 4 + lastSlide].map((seconds) => videoUnit(seconds, seconds === 4));
    const pictures = interleaved(videoUnits({ seconds: 4 }), slides);
    expectKeptPromises(cutAll(interleaved(pictures, audioUnits({ seconds: 16 }))));
  }
});

test("sound alone is not cut by the key frames of the pictures that went before it", () => {
  const segmenter = new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.2 });
  const cuts: Cut[] = [...segmenter.setTracks(BOTH, false)];
  segmenter.follow({ keyFrameIntervalSeconds: 2, areJoinPointsMissing: false, frameRate: 25 });
  for (const unit of interleaved(videoUnits({ seconds: 4 }), audioUnits({ seconds: 4 })))
    cuts.push(...segmenter.push(unit, START_MS));
  cuts.push(...segmenter.setTracks([audioTrack], true));
  for (const unit of audioUnits({ fromSeconds: 4, seconds: 8 })) cuts.push(...segmenter.push(unit, START_MS));
  for (const { durationSeconds } of segmentsOf(cuts).slice(2))
    expect(Math.abs(durationSeconds - 2)).toBeLessThan(0.02);
});

test("a segment has the frame rate that its encoder is known to have when it ends", () => {
  const segmenter = new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.2 });
  const encoder = {
    keyFrameIntervalSeconds: 1,
    areJoinPointsMissing: false,
    frameRate: null as number | null,
  };
  const cuts: Cut[] = [...segmenter.setTracks([videoTrack], false)];
  segmenter.follow(encoder);
  for (const unit of videoUnits({ seconds: 3 })) cuts.push(...segmenter.push(unit, START_MS));
  encoder.frameRate = 25;
  for (const unit of videoUnits({ fromSeconds: 3, seconds: 3, gopFrames: 25 }))
    cuts.push(...segmenter.push(unit, START_MS));
  cuts.push(...segmenter.end()); // The encoder is gone: the next one is not known yet.
  for (const unit of videoUnits({ fromSeconds: 6, seconds: 2 })) cuts.push(...segmenter.push(unit, START_MS));
  cuts.push(...segmenter.end());
  expect(segmentsOf(cuts).map(({ frameRate }) => frameRate)).toEqual([null, 25, 25, null]);
});

test("where the date jumped the next segment has it, back or forth, and nothing but a discontinuity shows it", () => {
  for (const byMs of [3_600_000, -3_600_000]) {
    const segmenter = new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.2 });
    const cuts: Cut[] = [...segmenter.setTracks([videoTrack], false)];
    let dateMs = START_MS;
    for (const unit of videoUnits({ seconds: 8 })) {
      if (secondsOf(unit) === 3) {
        dateMs += byMs;
        segmenter.dateJumped();
      }
      cuts.push(...segmenter.push(unit, dateMs + secondsOf(unit) * 1000));
    }
    cuts.push(...segmenter.end());
    const segments = segmentsOf(cuts);
    expect(segments.map(({ programDateTimeMs }) => programDateTimeMs - START_MS)).toEqual([
      0,
      2000,
      4000 + byMs,
      6000 + byMs,
    ]);
    expect(segments.map(({ discontinuity }) => discontinuity)).toEqual([false, false, true, false]);
    expect(segments.map(({ durationSeconds }) => durationSeconds)).toEqual([2, 2, 2, 2]);
    expect(cuts.filter(({ type }) => type === "initialization")).toHaveLength(1);
  }
});

/** RFC 8216 §4.3.3.1. */
function expectKeptPromises(cuts: readonly Cut[]): void {
  for (const cut of cuts) {
    if (cut.type !== "segment") continue;
    expect(cut.segment.durationSeconds).toBeGreaterThan(0);
    expect(Math.round(cut.segment.durationSeconds)).toBeLessThanOrEqual(cut.targetDurationSeconds);
  }
}

/** The tracks arrive together; the sound's times are ahead. */
function soundAhead(aheadSeconds: number, ...sources: readonly Iterable<AccessUnit>[]): AccessUnit[] {
  const ticks = aheadSeconds * audioTrack.timescale;
  return interleaved(...sources).map((unit) =>
    unit.trackId === audioTrack.id ? { ...unit, dts: unit.dts + ticks, pts: unit.pts + ticks } : unit,
  );
}

function arrivingTogether(
  pictures: readonly AccessUnit[],
  sound: readonly AccessUnit[],
  aheadSeconds: number,
): AccessUnit[] {
  const arrival = (unit: AccessUnit): number =>
    unit.trackId === audioTrack.id ? secondsOf(unit) - aheadSeconds : secondsOf(unit);
  return [...pictures, ...sound].sort((a, b) => arrival(a) - arrival(b) || a.trackId - b.trackId);
}

test("frames further apart than a segment may be long begin a discontinuity", () => {
  const cuts = cutAll(
    [videoUnit(0, true), videoUnit(1, false), videoUnit(2, true), videoUnit(9, false), videoUnit(10, true)],
    {
      tracks: [videoTrack],
    },
  );
  const starts = cuts.flatMap((cut) => (cut.type === "segment-start" ? [cut.start] : []));
  expect(starts.map(({ discontinuity, independent }) => [discontinuity, independent])).toEqual([
    [false, true],
    [false, true],
    [true, false],
    [false, true],
  ]);
  for (const cut of cuts) {
    if (cut.type === "segment")
      expect(Math.round(cut.segment.durationSeconds)).toBeLessThanOrEqual(cut.targetDurationSeconds);
  }
});

test("new tracks close the segment and begin a new initialization", () => {
  const segmenter = new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.2 });
  const cuts: Cut[] = [...segmenter.setTracks([videoTrack], false)];
  for (const unit of videoUnits({ seconds: 1 })) cuts.push(...segmenter.push(unit, START_MS));
  cuts.push(...segmenter.setTracks(BOTH, true));
  for (const unit of videoUnits({ fromSeconds: 1, seconds: 1 }))
    cuts.push(...segmenter.push(unit, START_MS + 1000));
  cuts.push(...segmenter.end());
  expect(
    segmentsOf(cuts).map(({ msn, initializationId, discontinuity }) => [
      msn,
      initializationId,
      discontinuity,
    ]),
  ).toEqual([
    [0, 0, false],
    [1, 1, true],
  ]);
});

test("goes on where another segmenter ended: numbers rise, the target duration stays", () => {
  const resume = {
    nextMsn: 7,
    nextInitializationId: 3,
    targetDurationSeconds: 6,
    renditionNames: ["v0-720"],
  };
  const cuts = cutAll(videoUnits({ seconds: 4 }), { tracks: [videoTrack], resume });
  expect(segmentsOf(cuts).map(({ msn, initializationId }) => [msn, initializationId])).toEqual([
    [7, 3],
    [8, 3],
  ]);
  expect(cuts.flatMap((cut) => (cut.type === "segment" ? [cut.targetDurationSeconds] : []))).toEqual([6, 6]);
  expect(new Set(cuts.map(({ rendition }) => rendition))).toEqual(new Set(["v0-720"]));
});

test("a rendition keeps its name when its tracks change", () => {
  const segmenter = new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0 });
  const cuts = [...segmenter.setTracks([videoTrack], false), ...segmenter.setTracks([audioTrack], true)];
  expect(cuts.map(({ rendition }) => rendition)).toEqual(["v0-360", "v0-360"]);
});

test("a part target of zero makes each segment one part", () => {
  const cuts = cutAll(videoUnits({ seconds: 6 }), { tracks: [videoTrack], partTargetSeconds: 0 });
  expect(segmentsOf(cuts).map(({ partCount }) => partCount)).toEqual([1, 1, 1]);
});

describe("where decoding cannot begin and be right at once", () => {
  const MISSING: EncoderPace = { keyFrameIntervalSeconds: null, areJoinPointsMissing: true, frameRate: 25 };
  const REGULAR: EncoderPace = { ...MISSING, areJoinPointsMissing: false };

  /** Pictures alone, 25 a second, of an encoder of which this is known. */
  function cutPictures(units: Iterable<AccessUnit>, encoder: EncoderPace | null): Cut[] {
    const segmenter = new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.4 });
    const cuts: Cut[] = [...segmenter.setTracks([videoTrack], false)];
    if (encoder !== null) segmenter.follow(encoder);
    for (const unit of units) cuts.push(...segmenter.push(unit, START_MS + secondsOf(unit) * 1000));
    return [...cuts, ...segmenter.end()];
  }

  /** One key frame, and pictures that are something else every so many seconds. */
  function* hinted(seconds: number, everySeconds: number, hints: UnitHints): Generator<AccessUnit> {
    for (const unit of videoUnits({ seconds, gopFrames: 10_000 })) {
      const isHinted = !unit.isSync && (unit.dts / videoTrack.timescale) % everySeconds === 0;
      yield isHinted ? { ...unit, hints } : unit;
    }
  }

  function lengths(cuts: readonly Cut[]): [number, boolean][] {
    return segmentsOf(cuts).map(({ durationSeconds, independent }) => [durationSeconds, independent]);
  }

  for (const hints of [{ isRecoveryPoint: true }, { isOpenGop: true }] as const) {
    test(`segments end at ${Object.keys(hints)} all the same, and those that begin there are not independent`, () => {
      const cuts = cutPictures(hinted(6, 2, hints), REGULAR);
      expect(lengths(cuts)).toEqual([
        [2, true],
        [2, false],
        [2, false],
      ]);
      expect(partsOf(cuts).map(({ independent }) => independent)).toEqual([true, ...Array(14).fill(false)]);
    });

    test(`segments do not end at ${Object.keys(hints)} before their time`, () => {
      expect(lengths(cutPictures(hinted(6, 1, hints), REGULAR))).toEqual([
        [2, true],
        [2, false],
        [2, false],
      ]);
    });
  }

  test("segments do not end at any other picture but the last that may be in them", () => {
    const cuts = cutPictures(hinted(12, 2, { isFiller: true }), REGULAR);
    expect(lengths(cuts)).toEqual([
      [10, true],
      [2, false],
    ]);
  });

  test("segments end by time, at any picture, where the encoder sends none to join with", () => {
    expect(lengths(cutPictures(hinted(6, 1.48, { isRecoveryPoint: true }), MISSING))).toEqual([
      [2, true],
      [2, false],
      [2, false],
    ]);
  });

  test("they end no earlier than that, however far apart its key frames were while there were any", () => {
    for (const keyFrameIntervalSeconds of [1, 2, 5]) {
      const encoder = { ...MISSING, keyFrameIntervalSeconds };
      const segments = lengths(cutPictures(hinted(6, 2, { isRecoveryPoint: true }), encoder));
      expect(segments.map(([seconds]) => seconds)).toEqual([2, 2, 2]);
    }
  });

  test("the first one begins with a recovery point of an encoder that sends nothing better, and of no other", () => {
    for (const [encoder, hints, startSeconds] of [
      [MISSING, { isRecoveryPoint: true }, 2],
      [MISSING, { isOpenGop: true }, null],
      [MISSING, { isFiller: true }, null],
      [REGULAR, { isRecoveryPoint: true }, null],
      [null, { isRecoveryPoint: true }, null],
    ] as const) {
      const units = [...hinted(4, 2, hints)].slice(1); // without the key frame
      const cuts = cutPictures(units, encoder);
      const starts = cuts.flatMap((cut) => (cut.type === "segment-start" ? [cut.start] : []));
      const expected = { independent: false, programDateTimeMs: START_MS + (startSeconds ?? 0) * 1000 };
      expect(starts).toMatchObject(startSeconds === null ? [] : [expected]);
      expect(partsOf(cuts).some(({ independent }) => independent)).toBe(false);
    }
  });

  test("no segment ends early with a picture that shows the last one on, be it a key frame", () => {
    const slides = { keyFrameIntervalSeconds: 5, areJoinPointsMissing: false, frameRate: 2 };
    const pictures = [...videoUnits({ seconds: 6, framesPerSecond: 2, gopFrames: 1 })];
    const shownOn = pictures.map((unit): AccessUnit => ({ ...unit, hints: { isFiller: true } }));
    expect(lengths(cutPictures(shownOn, slides)).map(([seconds]) => seconds)).toEqual([2, 2, 2]);
    expect(lengths(cutPictures(pictures, slides)).map(([seconds]) => seconds)).toEqual(Array(12).fill(0.5));
  });
});

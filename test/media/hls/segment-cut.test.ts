import { describe, expect, test } from "bun:test";
import { concat } from "#media/bytes/concat.ts";
import { encodeFragment } from "#media/fmp4/fmp4-muxer.ts";
import { type FragmentSample, readFragment } from "#media/fmp4/fragment-reader.ts";
import { CuttableSegment, type SegmentCut } from "#media/hls/segment-cut.ts";
import type { AccessUnit } from "#media/track/track.ts";

const TRACKS = [
  { trackId: 1, kind: "video", timescale: 90_000 },
  { trackId: 2, kind: "audio", timescale: 48_000 },
] as const;

/** 25 pictures a second. */
const FRAME = 3600;

/** The second key frame. */
const KEY = 28;

/** A frame of sound, and what times are rounded by. */
const HEARD = 1024 / 48_000 + 1e-9;

/** In which order four pictures come: the last one is decoded first, as that of a group with B-frames. */
const SHOWN_AS = { straight: [0, 1, 2, 3], reordered: [0, 3, 1, 2] } as const;

interface Made {
  readonly bytes: Uint8Array;
  readonly fragments: readonly Uint8Array[];
}

/** Two seconds, key frames at 0 and at 1.12 s, in parts of `partFrames`; each picture says in a byte which one it is. */
function made({
  partFrames = 7,
  order = "straight",
  hasSound = true,
}: {
  partFrames?: number;
  order?: keyof typeof SHOWN_AS;
  hasSound?: boolean;
} = {}): Made {
  const places = SHOWN_AS[order];
  const delay = order === "straight" ? 0 : FRAME * 2;
  const pictures = Array.from({ length: 50 }, (_, index): AccessUnit => {
    const isSync = index === 0 || index === KEY;
    // Groups of three behind each key frame.
    const within = index < KEY ? index : index - KEY;
    const group = within === 0 ? 0 : Math.floor((within - 1) / 3) * 3;
    const shown = within === 0 ? 0 : group + (places[((within - 1) % 3) + 1] ?? 0);
    const number = (index < KEY ? 0 : KEY) + shown;
    const dts = 900_000 + index * FRAME;
    const data = Uint8Array.of(number, index);
    return { trackId: 1, dts, pts: 900_000 + number * FRAME + delay, isSync, data };
  });
  const fragments: Uint8Array[] = [];
  for (let at = 0; at < 50; at += partFrames) {
    const samples = pictures.slice(at, at + partFrames);
    const endDts = 900_000 + Math.min(50, at + partFrames) * FRAME;
    const sounds = hasSound ? soundsBetween(samples[0]?.dts ?? 0, endDts) : [];
    fragments.push(
      encodeFragment(1024 + at, [
        { trackId: 1, kind: "video", samples, endDts },
        ...(sounds.length === 0
          ? []
          : [
              {
                trackId: 2,
                kind: "audio" as const,
                samples: sounds,
                endDts: (sounds.at(-1)?.dts ?? 0) + 1024,
              },
            ]),
      ]),
    );
  }
  return { bytes: concat(fragments), fragments };
}

function soundsBetween(startDts: number, endDts: number): AccessUnit[] {
  const first = Math.ceil((startDts / 90_000) * (48_000 / 1024));
  const units: AccessUnit[] = [];
  for (let frame = first; (frame * 1024) / 48_000 < endDts / 90_000; frame += 1) {
    const dts = frame * 1024;
    units.push({ trackId: 2, dts, pts: dts, isSync: true, data: Uint8Array.of(7) });
  }
  return units;
}

function cuttable({ bytes }: Made): CuttableSegment {
  return new CuttableSegment(bytes, TRACKS, 2);
}

/** What is left, as its bytes are sent. */
function bytesOf({ pieces }: SegmentCut, { bytes }: Made): Uint8Array {
  return concat(
    pieces.map((piece) => (piece instanceof Uint8Array ? piece : bytes.subarray(piece.start, piece.end))),
  );
}

interface Left extends FragmentSample {
  readonly pts: number;
  readonly data: Uint8Array;
}

function samplesOf(trackId: number, cut: SegmentCut, of: Made): Left[] {
  const bytes = bytesOf(cut, of);
  const found: Left[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const fragment = readFragment(bytes, at);
    if (fragment === null) throw new Error("not whole");
    for (const run of fragment.runs.filter((each) => each.trackId === trackId)) {
      for (const sample of run.samples) {
        const start = at + sample.byteOffset;
        const data = bytes.subarray(start, start + sample.byteLength);
        found.push({ ...sample, pts: sample.dts + sample.compositionTimeOffset, data });
      }
    }
    at += fragment.byteLength;
  }
  return found;
}

/** The pictures that last long enough to be seen, as they are shown. */
function seen(cut: SegmentCut, of: Made): number[] {
  const shown = samplesOf(1, cut, of).sort((a, b) => a.pts - b.pts);
  const ends = shown.map(({ pts }, index) => shown[index + 1]?.pts ?? pts + 1);
  const long = shown.filter(({ pts }, index) => (ends[index] ?? 0) - pts > 90 || index === shown.length - 1);
  return long.map(({ data }) => data[0] ?? 0);
}

function durationOf(samples: readonly FragmentSample[]): number {
  return samples.reduce((sum, { durationTicks }) => sum + durationTicks, 0);
}

describe("a beginning", () => {
  test("is the last key frame at or before what is asked for", () => {
    const segment = cuttable(made());
    expect([0, 1.1194, 1.12, 1.9].map((seconds) => segment.joinPoint(seconds))).toEqual([0, 0, 1.12, 1.12]);
    expect(segment.joinPoint(-0.001)).toBeNull();
  });

  test("is met where it is not further away than half a millisecond", () => {
    expect(cuttable(made()).joinPoint(1.1196)).toBe(1.12);
  });

  test("is any frame of sound where there are no pictures", () => {
    const sounds = soundsBetween(0, 180_000);
    const bytes = encodeFragment(0, [{ trackId: 2, kind: "audio", samples: sounds, endDts: 96_000 }]);
    const segment = new CuttableSegment(bytes, TRACKS, 2);
    expect(segment.joinPoint(1)).toBeCloseTo((46 * 1024) / 48_000, 6);
    const cut = segment.cut(segment.joinPoint(1) ?? 0, segment.nearestEnd(1.5));
    expect(samplesOf(2, cut, { bytes, fragments: [bytes] })).toHaveLength(70 - 46);
  });
});

describe("an end", () => {
  test("is where the nearest picture begins, or the segment ends", () => {
    const segment = cuttable(made());
    expect([0.41, 0.419, 0.421, 1.99, 5].map((seconds) => segment.nearestEnd(seconds))).toEqual([
      ...[0.4, 0.4, 0.44, 2, 2],
    ]);
  });

  test("leaves at least one picture", () => {
    const segment = cuttable(made());
    expect(segment.endOfPictureAt(1.12)).toBeCloseTo(1.16, 9);
    expect(segment.endOfPictureAt(1.96)).toBe(2);
  });
});

describe("what is left", () => {
  test("is a stretch of the segment where fragments begin and end there", () => {
    const of = made();
    const cut = cuttable(of).cut(1.12, 1.68);
    const lengths = of.fragments.map(({ byteLength }) => byteLength);
    const start = lengths.slice(0, 4).reduce((sum, length) => sum + length, 0);
    const end = lengths.slice(0, 6).reduce((sum, length) => sum + length, 0);
    expect(cut).toEqual({ pieces: [{ start, end }], partCount: 2 });
  });

  test("is all of it where nothing is cut", () => {
    const of = made();
    expect(cuttable(of).cut(0, 2).pieces).toEqual([{ start: 0, end: of.bytes.byteLength }]);
  });

  test("begins within a fragment with a new one, and only with that", () => {
    const of = made({ partFrames: 6 });
    const cut = cuttable(of).cut(1.12, 2);
    expect(cut.pieces.map((piece) => piece instanceof Uint8Array)).toEqual([true, false]);
    expect(cut.partCount).toBe(5);
    expect(seen(cut, of)).toEqual(Array.from({ length: 22 }, (_, index) => KEY + index));
    expect(samplesOf(1, cut, of)[0]).toMatchObject({ isSync: true, dts: 900_000 + KEY * FRAME });
    expect(durationOf(samplesOf(1, cut, of))).toBe(22 * FRAME);
    // Sound of the pictures that are left, and none before.
    const [sound] = samplesOf(2, cut, of);
    expect(Math.abs((sound?.dts ?? 0) / 48_000 - 11.12)).toBeLessThan(HEARD);
  });

  test("ends within a fragment with a new one, and only with that", () => {
    const of = made({ partFrames: 6 });
    const cut = cuttable(of).cut(0, 0.4);
    expect(cut.pieces.map((piece) => piece instanceof Uint8Array)).toEqual([false, true]);
    expect(seen(cut, of)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(durationOf(samplesOf(1, cut, of))).toBe(10 * FRAME);
    const sound = samplesOf(2, cut, of).at(-1);
    expect(Math.abs(((sound?.dts ?? 0) + 512) / 48_000 - 10.4)).toBeLessThan(HEARD);
  });

  test.each([6, 13, 50])("begins and ends within fragments of %p pictures", (partFrames) => {
    const of = made({ partFrames });
    const cut = cuttable(of).cut(1.12, 1.2);
    expect(seen(cut, of)).toEqual([28, 29]);
    expect(cut.partCount).toBe(cut.pieces.length);
    expect(durationOf(samplesOf(1, cut, of))).toBe(2 * FRAME);
  });

  test.each(Array.from({ length: 49 }, (_, index) => index + 1))(
    "shows the first %p pictures of those that are not decoded as they are shown, and lasts as long",
    (count) => {
      for (const partFrames of [1, 5, 7, 50]) {
        const of = made({ partFrames, order: "reordered" });
        const segment = cuttable(of);
        const cut = segment.cut(0, segment.nearestEnd(count / 25));
        const samples = samplesOf(1, cut, of);
        // What is only decoded lasts a tick, behind the end.
        const hidden = samples.filter(({ data }) => (data[0] ?? 0) >= count);
        expect(hidden.length).toBeLessThanOrEqual(2);
        const shown = samples.filter(({ data }) => (data[0] ?? 0) < count);
        expect(shown.map(({ data }) => data[0] ?? 0).sort((a, b) => a - b)).toEqual(
          Array.from({ length: count }, (_, index) => index),
        );
        expect(durationOf(samples)).toBe(count * FRAME);
        const end = 900_000 + 2 * FRAME + count * FRAME;
        for (const { pts, durationTicks } of hidden) {
          expect(pts - end).toBeWithin(0, 3);
          expect(durationTicks).toBe(1);
        }
        for (const { durationTicks } of shown) expect(durationTicks).toBeWithin(FRAME - 2, FRAME + 1);
        for (const { data, pts } of shown) expect(pts).toBe(900_000 + 2 * FRAME + (data[0] ?? 0) * FRAME);
        const times = samples.map(({ dts }) => dts);
        expect(times.every((dts, index) => index === 0 || dts > (times[index - 1] ?? 0))).toBe(true);
        expect(samples.every(({ pts, dts, durationTicks }) => pts >= dts && durationTicks > 0)).toBe(true);
        expect(new Set(samples.map(({ pts }) => pts)).size).toBe(samples.length);
      }
    },
  );
});

test("bytes that are not whole fragments, and fragments of other tracks, are refused", () => {
  const { bytes } = made();
  expect(() => new CuttableSegment(bytes.subarray(0, -1), TRACKS, 2)).toThrow("is not whole");
  expect(() => new CuttableSegment(bytes, [], 2)).toThrow("without samples of its tracks");
});

import { describe, expect, test } from "bun:test";
import { encodeFragment, encodeInitialization } from "#media/fmp4/fmp4-muxer.ts";
import { readFragment } from "#media/fmp4/fragment-reader.ts";
import { readInitialization } from "#media/mp4/initialization-reader.ts";
import { Movie } from "#media/mp4/movie.ts";
import { chunkOffsets } from "#media/mp4/movie-boxes.ts";
import type { SampleTable } from "#media/mp4/sample-table.ts";
import type { AccessUnit, AudioTrack, Track, VideoTrack } from "#media/track/track.ts";
import { readMovie } from "#test/support/movie-reader.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

/** Ticks of a picture and of a sound. */
const PICTURE = 3600;
const SOUND = 1024;

/** A record with one sequence and one picture parameter set, each of one byte beside its type. */
function sized(width: number, mark: number): VideoTrack {
  const record = Uint8Array.of(1, 0x42, 0xc0, 0x1e, 0xff, 0xe1, 0, 2, 0x67, mark, 1, 0, 2, 0x68, mark);
  return { ...videoTrack, configuration: { ...videoTrack.configuration, width, record } };
}

const SMALL = sized(640, 1);
const LARGE = sized(1280, 2);
const SMALL_SETS = Uint8Array.of(0, 0, 0, 2, 0x67, 1, 0, 0, 0, 2, 0x68, 1);
const LARGE_SETS = Uint8Array.of(0, 0, 0, 2, 0x67, 2, 0, 0, 0, 2, 0x68, 2);

/** A file of fragments as it is recorded, and the movie that is made of it. */
class Recorded {
  #file = new Uint8Array();
  readonly #segments: { initializationId: number; discontinuity: boolean; offset: number; end: number }[] =
    [];
  readonly #initializations = new Map<number, ReturnType<typeof readInitialization>>();
  #tracks: readonly Track[] = [];

  initialize(...tracks: readonly Track[]): this {
    const bytes = encodeInitialization(tracks);
    this.#initializations.set(this.#initializations.size, readInitialization(bytes));
    this.#tracks = tracks;
    this.#append(bytes);
    return this;
  }

  /** One fragment, which is a segment. Units of each track follow each other; the last ones last as long as is usual. */
  segment(units: readonly AccessUnit[], { discontinuity = false } = {}): this {
    const runs = this.#tracks.flatMap(({ id, kind }, index) => {
      const samples = units.filter(({ trackId }) => trackId === id);
      const last = samples.at(-1);
      if (last === undefined) return [];
      const endDts = last.dts + (kind === "video" ? PICTURE : SOUND);
      return [{ trackId: index + 1, kind, samples, endDts }];
    });
    const offset = this.#file.byteLength;
    this.#append(encodeFragment(1, runs));
    const initializationId = this.#initializations.size - 1;
    this.#segments.push({ initializationId, discontinuity, offset, end: this.#file.byteLength });
    return this;
  }

  movie(): Blob {
    const stored = new Map<SampleTable, Uint8Array[]>();
    const movie = new Movie(this.#initializations, (table, bytes) =>
      stored.set(table, [...(stored.get(table) ?? []), bytes]),
    );
    for (const segment of this.#segments) {
      movie.beginSegment(segment);
      const fragment = readFragment(this.#file, segment.offset);
      if (fragment !== null) movie.add(fragment, segment.offset);
    }
    const offset = this.#segments[0]?.offset ?? 0;
    const body = this.#file.slice(offset);
    const parts = movie.end({ offset, byteLength: body.byteLength });
    const header = parts.map((part) => {
      if (part instanceof Uint8Array) return part;
      const bytes = Buffer.concat(stored.get(part.table) ?? []);
      return part.chunks === null ? bytes : chunkOffsets(bytes, part.chunks);
    });
    const { parameterSets } = movie;
    for (const [at, description] of placesIn(stored, parameterSets?.places)) {
      body.set(parameterSets?.sets[description] ?? [], at - offset);
    }
    return new Blob([Buffer.concat([...header, body])]);
  }

  #append(bytes: Uint8Array): void {
    this.#file = Buffer.concat([this.#file, bytes]);
  }
}

function* placesIn(
  stored: ReadonlyMap<SampleTable, readonly Uint8Array[]>,
  places: SampleTable | undefined,
): Generator<readonly [at: number, description: number]> {
  const bytes = places === undefined ? Buffer.alloc(0) : Buffer.concat(stored.get(places) ?? []);
  for (let at = 0; at < bytes.byteLength; at += 12) {
    yield [Number(bytes.readBigUInt64BE(at)), bytes.readUInt32BE(at + 8)];
  }
}

function pictures(fromSeconds: number, count: number, { track = SMALL, reorder = 0 } = {}): AccessUnit[] {
  return Array.from({ length: count }, (_, index) => {
    const dts = fromSeconds * track.timescale + index * PICTURE;
    const data = Uint8Array.of(track.configuration.width / 10, index, 0, 0);
    return { trackId: track.id, dts, pts: dts + reorder, isSync: index === 0, data };
  });
}

function sounds(fromSeconds: number, count: number, track: AudioTrack = audioTrack): AccessUnit[] {
  return Array.from({ length: count }, (_, index) => {
    const dts = Math.round(fromSeconds * track.timescale) + index * SOUND;
    return { trackId: track.id, dts, pts: dts, isSync: true, data: Uint8Array.of(0xa0, index) };
  });
}

function secondsOf(samples: readonly { readonly seconds: number }[]): number[] {
  return samples.map(({ seconds }) => Math.round(seconds * 10_000) / 10_000);
}

describe("a movie", () => {
  test("has every sample at its time, and its bytes", async () => {
    const recorded = new Recorded().initialize(SMALL, audioTrack);
    recorded
      .segment([...pictures(0, 3), ...sounds(0, 5)])
      .segment([...pictures(0.12, 3), ...sounds((5 * SOUND) / 48_000, 5)]);
    const { video, audio, durationSeconds } = await readMovie(recorded.movie());
    expect(secondsOf(video)).toEqual([0, 0.04, 0.08, 0.12, 0.16, 0.2]);
    expect(video.map(({ isKey }) => isKey)).toEqual([true, false, false, true, false, false]);
    expect(video.map(({ data }) => [...data])).toEqual([0, 1, 2, 0, 1, 2].map((index) => [64, index, 0, 0]));
    expect(audio.map(({ seconds }) => Math.round(seconds * 48_000))).toEqual(
      Array.from({ length: 10 }, (_, index) => index * SOUND),
    );
    expect(audio.map(({ data }) => data[1])).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
    expect(durationSeconds).toBeCloseTo(0.24, 4);
  });

  test("begins with what is shown first, whatever decoding waits for", async () => {
    const recorded = new Recorded().initialize(SMALL, audioTrack);
    recorded.segment([...pictures(5, 3, { reorder: 2 * PICTURE }), ...sounds(5.03, 4)]);
    const { video, audio } = await readMovie(recorded.movie());
    expect(secondsOf(audio)[0]).toBe(0);
    expect(secondsOf(video)).toEqual([0.05, 0.09, 0.13]);
  });

  test("has sound that comes late where it comes", async () => {
    const recorded = new Recorded().initialize(SMALL).segment(pictures(0, 25));
    recorded
      .initialize(SMALL, audioTrack)
      .segment([...pictures(1, 25), ...sounds(1, 47)], { discontinuity: true });
    const { video, audio } = await readMovie(recorded.movie());
    expect([video.length, audio.length]).toEqual([50, 47]);
    expect([secondsOf(audio)[0], secondsOf(video)[25]]).toEqual([1, 1]);
  });

  test.each([
    ["of sound alone", [audioTrack], sounds(0, 4), { video: 0, audio: 4 }],
    ["of pictures alone", [SMALL], pictures(0, 4), { video: 4, audio: 0 }],
  ])("%s has one track", async (_, tracks, units, counts) => {
    const { video, audio } = await readMovie(
      new Recorded()
        .initialize(...tracks)
        .segment(units)
        .movie(),
    );
    expect({ video: video.length, audio: audio.length }).toEqual(counts);
  });

  test("lets the last picture before a hole last until the next one", async () => {
    const recorded = new Recorded().initialize(SMALL).segment(pictures(0, 2)).segment(pictures(3, 2));
    expect(secondsOf((await readMovie(recorded.movie())).video)).toEqual([0, 0.04, 3, 3.04]);
  });

  test.each([
    [10.5, 0.08 + 0],
    [0.581, 0.08 + 0],
    [0.579, 0.579],
    [0, 0.08 + 0],
  ])("goes on after a discontinuity whose time is %d at %d", async (fromSeconds, shownAt) => {
    const later = { discontinuity: true };
    const recorded = new Recorded()
      .initialize(SMALL)
      .segment(pictures(1, 2))
      .segment(pictures(1 + fromSeconds, 1), later);
    const { video } = await readMovie(recorded.movie());
    if (fromSeconds > 0) expect(secondsOf(video).at(-1)).toBeCloseTo(shownAt, 3);
    else expect(video[2]?.seconds).toBeGreaterThan(0.04);
  });

  test("keeps the times of sound whose rate changes", async () => {
    const slow: AudioTrack = {
      ...audioTrack,
      timescale: 44_100,
      configuration: { ...audioTrack.configuration, sampleRate: 44_100, record: Uint8Array.of(0x12, 0x10) },
    };
    const recorded = new Recorded().initialize(audioTrack).segment(sounds(0, 375));
    recorded.initialize(slow).segment(sounds(8, 441, slow), { discontinuity: true });
    const { audio, durationSeconds } = await readMovie(recorded.movie());
    expect(audio[375]?.seconds).toBeCloseTo(8, 9);
    expect(audio[376]?.seconds).toBeCloseTo(8 + SOUND / 44_100, 9);
    expect(durationSeconds).toBeCloseTo(8 + (441 * SOUND) / 44_100, 4);
  });

  test("whose size changes has its parameter sets before each picture to begin with", async () => {
    const recorded = new Recorded()
      .initialize(SMALL, audioTrack)
      .segment([...pictures(0, 2), ...sounds(0, 4)]);
    recorded
      .initialize(LARGE, audioTrack)
      .segment(pictures(0.08, 2, { track: LARGE }), { discontinuity: true });
    recorded.segment([...pictures(0.16, 1, { track: LARGE }), ...pictures(0.2, 1, { track: LARGE })]);
    const { video } = await readMovie(recorded.movie());
    expect(video.map(({ data }) => [...data])).toEqual([
      [...SMALL_SETS, 64, 0, 0, 0],
      [64, 1, 0, 0],
      [...LARGE_SETS, 128, 0, 0, 0],
      [128, 1, 0, 0],
      [...LARGE_SETS, 128, 0, 0, 0],
      [128, 0, 0, 0],
    ]);
    // The last one is within a fragment: nobody is sent there.
    expect(video.map(({ isKey }) => isKey)).toEqual([true, false, true, false, true, false]);
  });

  test("has no room for parameter sets where a fragment begins with sound", async () => {
    const recorded = new Recorded()
      .initialize(audioTrack, SMALL)
      .segment([...pictures(0, 2), ...sounds(0, 4)]);
    recorded.initialize(audioTrack, LARGE);
    recorded.segment([...pictures(0.08, 2, { track: LARGE }), ...sounds(0.1, 2)], { discontinuity: true });
    const { video } = await readMovie(recorded.movie());
    expect(video.map(({ data }) => [...data])).toEqual([
      [64, 0, 0, 0],
      [64, 1, 0, 0],
      [128, 0, 0, 0],
      [128, 1, 0, 0],
    ]);
  });

  test("needs 64 bits where its media does not fit into 32", () => {
    const stored: SampleTable[] = [];
    const movie = new Movie(new Map([[0, readInitialization(encodeInitialization([SMALL]))]]), (table) =>
      stored.push(table),
    );
    movie.beginSegment({ initializationId: 0, discontinuity: false });
    const fragment = readFragment(
      encodeFragment(1, [{ trackId: 1, kind: "video", samples: pictures(0, 1), endDts: PICTURE }]),
    );
    if (fragment !== null) movie.add(fragment, 2 ** 32 + 1000);
    const parts = movie.end({ offset: 1000, byteLength: 2 ** 32 + 100 });
    const header = Buffer.concat(parts.filter((part) => part instanceof Uint8Array));
    expect(header.indexOf("co64")).toBeGreaterThan(0);
    expect(header.subarray(-16).toString("hex")).toBe("000000016d6461740000000100000074");
    const places = parts.find((part) => !(part instanceof Uint8Array) && part.chunks !== null);
    const chunks = places instanceof Uint8Array || places === undefined ? null : places.chunks;
    expect(chunks?.isLong).toBe(true);
    const offsets = chunkOffsets(Buffer.from("0000000100000400", "hex"), { shift: 16, isLong: true });
    expect(Buffer.from(offsets).toString("hex")).toBe("0000000100000410");
  });

  test("does not know a track or an initialization that is not there", () => {
    const movie = new Movie(new Map([[0, readInitialization(encodeInitialization([SMALL]))]]), () => {});
    expect(() => movie.beginSegment({ initializationId: 1, discontinuity: false })).toThrow(
      "no initialization 1",
    );
    movie.beginSegment({ initializationId: 0, discontinuity: false });
    const run = { trackId: 2, kind: "audio", samples: sounds(0, 1), endDts: SOUND } as const;
    const fragment = readFragment(encodeFragment(1, [run]));
    expect(() => fragment !== null && movie.add(fragment, 0)).toThrow("a fragment of track 2");
  });
});

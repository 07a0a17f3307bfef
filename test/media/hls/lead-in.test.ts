import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TagDemuxer } from "#media/flv/tag-demuxer.ts";
import { encodeFragment, encodeInitialization } from "#media/fmp4/fmp4-muxer.ts";
import { type FragmentSample, readFragment } from "#media/fmp4/fragment-reader.ts";
import { encodeLeadIn, leadInMsn } from "#media/hls/lead-in.ts";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import type { Segment } from "#media/hls/segment.ts";
import { Timeline } from "#media/track/timeline.ts";
import type { AccessUnit, Track, VideoTrack } from "#media/track/track.ts";
import { readFlvFile } from "#server/command/demo/flv-file.ts";
import { pushSegment, RENDITION, segment } from "#test/support/listed-segments.ts";
import { areInstalled, run } from "#test/support/program.ts";
import { audioUnits } from "#test/support/programme-units.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

/** A window that lists these segments, none of which decoding can begin with unless it is said. */
function windowOf(
  segments: readonly Partial<Segment>[],
  { targetDurationSeconds = 2, tracks = [videoTrack, audioTrack] as readonly Track[], fromMsn = 10 } = {},
): PlaylistWindow {
  const window = new PlaylistWindow({ isEvent: true });
  const initialization = { id: 0, bytes: new Uint8Array(1), tracks };
  window.push({ type: "initialization", rendition: RENDITION, initialization });
  for (const [index, facts] of segments.entries())
    pushSegment(window, segment(fromMsn + index, { independent: false, ...facts }), targetDurationSeconds);
  return window;
}

function times(count: number, facts: Partial<Segment> = {}): Partial<Segment>[] {
  return Array.from({ length: count }, () => facts);
}

describe("whoever comes now begins with a lead-in", () => {
  test("before the last segment that three target durations are left from", () => {
    expect(leadInMsn(windowOf(times(8)))).toBe(15);
    expect(leadInMsn(windowOf(times(8, { durationSeconds: 2.4 })))).toBe(15);
    expect(leadInMsn(windowOf(times(8, { durationSeconds: 1.99 })))).toBe(14);
    expect(leadInMsn(windowOf(times(8), { targetDurationSeconds: 3 }))).toBe(13);
    expect(leadInMsn(windowOf([...times(7), { durationSeconds: 4 }]))).toBe(16);
  });

  test("before the oldest of the last six where they are too short, and of those there are where they are fewer", () => {
    expect(leadInMsn(windowOf(times(8, { durationSeconds: 0.5 })))).toBe(12);
    expect(leadInMsn(windowOf(times(8, { durationSeconds: 1 })))).toBe(12);
    expect(leadInMsn(windowOf(times(2)))).toBe(10);
    expect(leadInMsn(windowOf(times(1)))).toBe(10);
  });

  test("never before the first segment of all, before which there is no number", () => {
    for (const [count, expected] of [
      [1, null],
      [2, 1],
      [3, 1],
      [4, 1],
      [5, 2],
    ] as const) {
      expect(leadInMsn(windowOf(times(count), { fromMsn: 0 }))).toBe(expected);
    }
    expect(leadInMsn(windowOf([{ independent: true }, ...times(3)], { fromMsn: 0 }))).toBeNull();
  });

  test("only where decoding can begin with none of the last six", () => {
    for (const [newer, expected] of [
      [0, null],
      [5, null],
      [6, 15],
    ] as const) {
      expect(leadInMsn(windowOf([{}, { independent: true }, ...times(newer)]))).toBe(expected);
    }
  });

  test("not without pictures, nor where their kind is not known, nothing is listed or all is over", () => {
    expect(leadInMsn(windowOf(times(8), { tracks: [audioTrack] }))).toBeNull();
    expect(leadInMsn(windowOf([]))).toBeNull();
    const unknown = new PlaylistWindow({ isEvent: false });
    pushSegment(unknown, segment(10, { independent: false }));
    expect(leadInMsn(unknown)).toBeNull();
    const ended = windowOf(times(8));
    ended.end();
    expect(leadInMsn(ended)).toBeNull();
  });
});

const folder = mkdtempSync(join(tmpdir(), "tandem-lead-in-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What x264 makes of a test picture, from a second on. */
interface Encoded {
  readonly track: VideoTrack;
  readonly units: readonly AccessUnit[];
  readonly initialization: Uint8Array;
  readonly segment: Uint8Array;
}

async function encode(name: string, ...options: readonly string[]): Promise<Encoded> {
  const file = join(folder, `${name}.flv`);
  const picture = ["-f", "lavfi", "-i", "testsrc2=size=100x60:rate=25", "-frames:v", "4"];
  const encoder = ["-c:v", "libx264", "-threads", "1", "-bf", "0", "-pix_fmt", "yuv420p", ...options];
  await run(["ffmpeg", "-v", "error", ...picture, ...encoder, file]);
  const demuxer = new TagDemuxer();
  const timeline = new Timeline();
  const units: AccessUnit[] = [];
  let track: Track | null = null;
  const messages = readFlvFile(await Bun.file(file).bytes());
  for (const item of [...messages.flatMap((message) => [...demuxer.push(message)]), ...demuxer.flush()]) {
    if (item.type === "track") {
      track = item.track;
      timeline.addTrack(track);
    } else if (item.type === "unit") {
      const { unit } = timeline.place(item.unit);
      units.push({ ...unit, dts: unit.dts + 90_000, pts: unit.pts + 90_000 });
    }
  }
  if (track === null || track.kind !== "video") throw new Error("no pictures");
  return {
    track,
    units,
    initialization: encodeInitialization([track, audioTrack]),
    segment: fragmentOf(units),
  };
}

function fragmentOf(samples: readonly AccessUnit[], endDts = (samples.at(-1)?.dts ?? 0) + 3600): Uint8Array {
  return encodeFragment(7, [{ trackId: 1, kind: "video", samples, endDts }]);
}

/** Every byte of the pictures that FFmpeg decodes, luma and chroma. */
async function decoded(name: string, ...fragments: readonly Uint8Array[]): Promise<Uint8Array> {
  const [file, pictures] = [join(folder, `${name}.mp4`), join(folder, `${name}.yuv`)];
  await Bun.write(file, new Blob(fragments.map((fragment) => new Uint8Array(fragment))));
  const complaints = await run([
    ...["ffmpeg", "-v", "error", "-xerror", "-i", file, "-fps_mode", "passthrough"],
    ...["-f", "rawvideo", "-pix_fmt", "yuv420p", pictures],
  ]);
  expect(complaints).toBe("");
  return Bun.file(pictures).bytes();
}

const BYTES_OF_A_PICTURE = 100 * 60 * 1.5;

function sampleOf(leadIn: Uint8Array | null): FragmentSample | undefined {
  return leadIn === null ? undefined : readFragment(leadIn)?.runs[0]?.samples[0];
}

describe.skipIf(!areInstalled("ffmpeg"))("a lead-in", () => {
  let cabac: Encoded;
  let cavlc: Encoded;

  beforeAll(async () => {
    cabac = await encode("cabac", "-profile:v", "high", "-coder", "1");
    cavlc = await encode("cavlc", "-profile:v", "baseline");
  });

  test("is a fragment of one key frame that lasts until the segment's first picture, as long as that does", () => {
    const leadIn = encodeLeadIn(cabac.initialization, cabac.segment) ?? new Uint8Array();
    const fragment = readFragment(leadIn);
    expect(fragment?.byteLength).toBe(leadIn.byteLength);
    expect(fragment?.sequenceNumber).toBe(0);
    expect(fragment?.runs).toMatchObject([
      {
        trackId: 1,
        baseMediaDecodeTime: 86_400,
        durationTicks: 3600,
        samples: [{ dts: 86_400, durationTicks: 3600, compositionTimeOffset: 0, isSync: true }],
      },
    ]);
    expect(fragment?.runs[0]?.samples).toHaveLength(1);
  });

  test("is shorter where the segment's first picture comes too soon for one as long, and none where it is the very first", () => {
    const at = (dts: number): Uint8Array =>
      fragmentOf(
        cabac.units
          .slice(0, 2)
          .map((unit, index) => ({ ...unit, dts: dts + index * 3600, pts: dts + index * 3600 })),
      );
    expect(sampleOf(encodeLeadIn(cabac.initialization, at(900)))).toMatchObject({
      dts: 0,
      durationTicks: 900,
    });
    expect(sampleOf(encodeLeadIn(cabac.initialization, at(1)))).toMatchObject({ dts: 0, durationTicks: 1 });
    expect(encodeLeadIn(cabac.initialization, at(0))).toBeNull();
  });

  for (const coding of ["CABAC", "CAVLC"]) {
    test(`is one even grey picture in ${coding}, and decoding goes on with the segment`, async () => {
      const { initialization, segment: following } = coding === "CABAC" ? cabac : cavlc;
      const leadIn = encodeLeadIn(initialization, following);
      if (leadIn === null) throw new Error("no lead-in");
      const alone = await decoded(`${coding}-alone`, initialization, leadIn);
      expect([alone.byteLength, new Set(alone)]).toEqual([BYTES_OF_A_PICTURE, new Set([128])]);
      const both = await decoded(`${coding}-both`, initialization, leadIn, following);
      expect(both.byteLength).toBe(5 * BYTES_OF_A_PICTURE);
      expect(new Set(both.subarray(0, BYTES_OF_A_PICTURE))).toEqual(new Set([128]));
      expect(new Set(both.subarray(BYTES_OF_A_PICTURE)).size).toBeGreaterThan(100);
    });
  }

  test("is made also of a segment whose fragments are several, and whose first begins with sound", () => {
    const samples = [...audioUnits({ fromSeconds: 1, seconds: 0.1 })];
    const sound = { trackId: 2, kind: "audio", samples, endDts: 60_000 } as const;
    const pictures = { trackId: 1, kind: "video", samples: cabac.units, endDts: 104_400 } as const;
    const several = Buffer.concat([encodeFragment(1, [sound, pictures]), encodeFragment(2, [sound])]);
    expect(sampleOf(encodeLeadIn(cabac.initialization, several))?.dts).toBe(86_400);
  });

  test("has lengths of the stream's size; there is none where they cannot say how long it is", async () => {
    const sized = (lengthSize: number): Uint8Array => {
      const record = cavlc.track.configuration.record.with(4, 0xfc | (lengthSize - 1));
      return encodeInitialization([
        { ...cavlc.track, configuration: { ...cavlc.track.configuration, record } },
      ]);
    };
    const [two, four] = [2, 4].map((size) => encodeLeadIn(sized(size), cavlc.segment));
    expect((sampleOf(four ?? null)?.byteLength ?? 0) - (sampleOf(two ?? null)?.byteLength ?? 0)).toBe(2);
    const pictures = await decoded("two", sized(2), two ?? new Uint8Array());
    expect(new Set(pictures)).toEqual(new Set([128]));
    const small = encodeLeadIn(sized(1), cavlc.segment); // 28 macroblocks of a byte
    expect((sampleOf(four ?? null)?.byteLength ?? 0) - (sampleOf(small)?.byteLength ?? 0)).toBe(3);
    const wide = await encode("wide", "-profile:v", "baseline", "-vf", "scale=320:240");
    const record = wide.track.configuration.record.with(4, 0xfc);
    const short = encodeInitialization([
      { ...wide.track, configuration: { ...wide.track.configuration, record } },
    ]);
    expect(encodeLeadIn(short, wide.segment)).toBeNull();
  });

  test("is not to be had of interlaced pictures", async () => {
    const { initialization, segment: following } = await encode(
      "fields",
      "-flags",
      "+ildct+ilme",
      "-x264-params",
      "tff=1",
    );
    expect(encodeLeadIn(initialization, following)).toBeNull();
  });

  test("is not to be had where the segment begins with sound alone, or there is no H.264", () => {
    const samples = [...audioUnits({ fromSeconds: 1, seconds: 0.1 })];
    const sound = encodeFragment(1, [{ trackId: 2, kind: "audio", samples, endDts: 60_000 }]);
    expect(encodeLeadIn(cabac.initialization, sound)).toBeNull();
    expect(encodeLeadIn(encodeInitialization([audioTrack]), cabac.segment)).toBeNull();
  });

  test("is not to be had of what is damaged: no damage is more than that", () => {
    const { initialization, segment: following } = cabac;
    expect(encodeLeadIn(initialization, new Uint8Array())).toBeNull();
    expect(encodeLeadIn(initialization, following.subarray(0, -1))).toBeNull();
    expect(encodeLeadIn(initialization, initialization)).toBeNull(); // no fragment
    expect(encodeLeadIn(new Uint8Array(), following)).toBeNull();
    for (let at = 0; at < initialization.byteLength; at += 1) {
      encodeLeadIn(initialization.with(at, (initialization[at] ?? 0) ^ 0xff), following);
      encodeLeadIn(initialization.subarray(0, at), following);
    }
    for (let at = 0; at < 200; at += 1)
      encodeLeadIn(initialization, following.with(at, (following[at] ?? 0) ^ 0xff));
  });

  test("is not made of our own mistakes: they are thrown", () => {
    const mistake = {
      get byteLength() {
        throw new Error("a mistake");
      },
    } as unknown as Uint8Array;
    expect(() => encodeLeadIn(mistake, cabac.segment)).toThrow("a mistake");
  });
});
